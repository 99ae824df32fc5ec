"""How does something new begin? Writes the file, its test and its page, all three failing until they are filled in.

`make new KIND=source NAME=my_series`. The templates stand in `house/templates/KIND/`; a file's path is its first line.
"""

import argparse
import re
import sys
from pathlib import Path

__all__ = ["KINDS", "begin"]

_ROOT = Path(__file__).resolve().parents[1]
_TEMPLATES = Path(__file__).resolve().parent / "templates"
_NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_SAYS_NOTHING = re.compile(r"^(utils?|helpers?|common|misc|core|base|managers?|.*_v\d+|.*_new)$")
KINDS = tuple(sorted(folder.name for folder in _TEMPLATES.iterdir() if folder.is_dir()))


def begin(kind: str, name: str, *, root: Path) -> list[Path]:
    """Writes the files of one kind under a root and tells which; refuses to write over any.

    In
        kind   one of KINDS
        name   words in lower case joined by underscores, saying what it does
        root   folder of the repository
    Out
        the files written
    """
    if kind not in KINDS:
        raise SystemExit(f"KIND is one of: {', '.join(KINDS)}. For example: make new KIND=source NAME=un_stocks")
    if not _NAME.match(name) or _SAYS_NOTHING.match(name):
        raise SystemExit("NAME says what it does, in lower case: make new KIND=source NAME=un_stocks")
    planned = dict(_filled(template, name) for template in sorted((_TEMPLATES / kind).iterdir()))
    there = [place for place in planned if (root / place).exists()]
    if there:
        raise SystemExit(f"Nothing was written: {', '.join(there)} exists already")
    for place, text in planned.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, encoding="utf-8")
    return [root / place for place in planned]


def _filled(template: Path, name: str) -> tuple[str, str]:
    words = name.replace("_", " ")
    text = template.read_text(encoding="utf-8")
    for mark, value in (("@NAME@", name), ("@NAME-WITH-DASHES@", name.replace("_", "-")), ("@WORDS@", words)):
        text = text.replace(mark, value)
    place, _, rest = text.partition("\n")
    return place.strip(), rest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make new")
    parser.add_argument("--kind", required=True)
    parser.add_argument("--name", required=True)
    asked = parser.parse_args()
    for written in begin(asked.kind, asked.name, root=_ROOT):
        print(f"Begun: {written.relative_to(_ROOT)}")
    print(
        "Each fails until it is filled in: `make lint`, `make test` and `make house` say what is left.", file=sys.stderr
    )
