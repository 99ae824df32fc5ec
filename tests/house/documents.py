"""How is a page of the documentation run? Its blocks, one after another, in one empty folder."""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.source import ROOT

__all__ = ["Block", "blocks_of", "documents", "run_console", "run_python"]

_FENCE = re.compile(r"^```(?P<words>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_PRELUDE = """
set -o pipefail
make() { if [ "$*" = test ]; then command make -C "$CAUCE_ROOT" -n test >/dev/null; else
  command make --no-print-directory -C "$CAUCE_ROOT" -o .venv/bin/.run -o .venv/bin/.test -o .venv/bin/.bench "$@" DIR="$PWD/demo" </dev/null; fi; }
"""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: the words after its fence, its text, the line where it begins.

    A `console` block may say `figures-vary`: its numbers are those of one real run, and every run draws anew.
    """

    words: str
    text: str
    line: int

    @property
    def kind(self) -> str:
        return self.words.partition(" ")[0]

    @property
    def varies(self) -> bool:
        return "figures-vary" in self.words


def documents() -> list[Path]:
    """Every page: README and its neighbours, and all of docs/."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks_of(path: Path) -> Iterator[Block]:
    """The fenced blocks of a page, from first to last."""
    text = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        yield Block(match["words"].strip(), match["text"], text.count("\n", 0, match.start()) + 2)


def run_console(block: Block, folder: Path) -> list[str]:
    """What went otherwise than the block says: `$ ` begins a command, the lines below are its output.

    A command ends with exit code 0 unless it says `# exit N`. Output stands for itself; `...` stands for anything.
    A command without output below it may print what it likes.
    """
    return [
        fault
        for command, wanted in _commands(block.text)
        for fault in _run_one(command, wanted, folder, varies=block.varies)
    ]


def run_python(block: Block, folder: Path, earlier: str) -> list[str]:
    """What went otherwise than a Python block says, after the page's earlier blocks."""
    if block.text.lstrip().startswith(">>>"):
        program = f"{earlier}\nimport doctest\nR=doctest.DocTestRunner(optionflags={_FLAGS})\n"
        program += f"R.run(doctest.DocTestParser().get_doctest({block.text!r}, globals(), 'page', None, 0))\n"
        program += "import sys; sys.exit(R.failures)"
    else:
        program = f"{earlier}\n{block.text}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    return [] if done.returncode == 0 else [done.stdout[-2000:] + done.stderr[-2000:]]


def _commands(text: str) -> Iterator[tuple[str, str]]:
    command, output = "", ""
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line[2:], ""
        elif command.endswith("\\"):
            command += "\n" + line.removeprefix("> ")
        else:
            output += line + "\n"
    if command:
        yield command, output


def _run_one(command: str, wanted: str, folder: Path, *, varies: bool) -> Iterator[str]:
    code = re.search(r"# exit (\d+)$", command)
    settings = os.environ | {
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CAUCE_ROOT": str(ROOT),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
    }
    done = subprocess.run(
        ["bash", "-c", _PRELUDE + command],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != (int(code[1]) if code else 0):
        yield f"$ {command}\nexit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    elif wanted.strip() and not _agrees(wanted, done.stdout, varies=varies):
        yield f"$ {command}\nwanted:\n{wanted}\nfound:\n{done.stdout}{done.stderr}"


def _agrees(wanted: str, found: str, *, varies: bool) -> bool:
    if varies:
        wanted, found = (re.sub(r"\d[\d,.]*", "0", text).replace("missed", "covered") for text in (wanted, found))
    return doctest.OutputChecker().check_output(wanted, found, _FLAGS)
