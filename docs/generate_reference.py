"""Which commands are there, and which refusals may they give? Writes docs/reference from the code itself.

`make reference` runs it; a test of the house compares what is kept with what it would write.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from house.sentences import ROOT, findings, refusals  # noqa: E402

__all__ = ["pages"]

_NOTE = "<!-- Written by `make reference` from the code; do not edit. -->"


def pages() -> Mapping[str, str]:
    """Every generated page: its path from the root and its text."""
    return {"docs/reference/commands.md": _commands_page(), "docs/reference/refusals.md": _refusals_page()}


def _commands_page() -> str:
    from cauce.cli.main import build

    os.environ["COLUMNS"] = "100"
    parts = [
        "# Commands",
        _NOTE,
        "Every command takes `--json` (one object on stdout, nothing else there), `--lang es|en|fr` and `--help`.\n"
        "Exit codes: 0 done, 1 findings or doubts want a person, 2 refused, 64 wrong usage, 130 interrupted.",
    ]
    for path, command in _walk(build(), path="cauce"):
        shown = command.get_help(click.Context(command, info_name=path, terminal_width=100, max_content_width=100))
        parts.append(f"## {path}\n\n```text\n{shown.strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _walk(command: click.Command, *, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _walk(below, path=f"{path} {name}")


def _refusals_page() -> str:
    parts = [
        "# Refusals and findings",
        _NOTE,
        "A refusal stops the command (exit code 2) and leaves nothing half-written. A finding tells of a place in a\n"
        "partner's file and stops nothing (exit code 1 of `cauce check`). Codes are stable; words in braces are\n"
        "filled with file names, columns, rows and counts, never with a person's value.",
    ]
    codes = {one.code: one for one in refusals()}
    for room in sorted({code.split(".")[0] for code in codes}):
        parts.append(f"## {room}")
        for code in sorted(code for code in codes if code.split(".")[0] == room):
            one = codes[code]
            parts.append(
                f"### `{code}`\n\n- Found: {_plain(one.found)}\n- Wanted: {_plain(one.wanted)}\n"
                f"- Remedy: {_plain(one.remedy)}"
            )
    parts.append("## Findings")
    noted = {one.code: one.message for one in findings()}
    parts.append("\n".join(f"- `{code}`: {_plain(noted[code])}" for code in sorted(noted)) or "None.")
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.replace("<", "&lt;").split())


if __name__ == "__main__":
    for place, text in pages().items():
        (ROOT / place).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / place).write_text(text, encoding="utf-8")
        print(f"Wrote {place}")
