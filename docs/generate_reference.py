"""Which commands are there, and which refusals may they give? Writes docs/reference from the code itself.

`make reference` runs it; a test of the house compares what is kept with what it would write.
"""

import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from house.sentences import ROOT, findings, refusals  # noqa: E402 - house/ is no package of the path until the line above

__all__ = ["pages"]

_NOTE = "<!-- Written by `make reference` from the code; do not edit. -->"


def pages() -> Mapping[str, str]:
    """Every generated page: its path from the root and its text."""
    return {
        "docs/reference/commands.md": _commands_page(),
        "docs/reference/refusals.md": _refusals_page(),
        "docs/reference/codelists.md": _codelists_page(),
        "docs/reference/fields.md": _fields_page(),
        "docs/reference/settings.md": _settings_page(),
    }


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


def _codelists_page() -> str:
    from cauce.standards import codelists

    parts = [
        "# Codelists",
        _NOTE,
        "Each codelist is a CSV in `src/cauce/standards/codelists/` beside a TOML with its source. The shorter ones\n"
        "are written out here in English and Spanish; every code also has a name in French and Arabic.",
    ]
    for name in codelists.names():
        one = codelists.load(name)
        source = f"{one.source.title}. {one.source.issuer}, {one.source.edition}. Licence: {one.source.licence}."
        parts.append(
            f"## {name}\n\n{_plain(source)} {_plain(one.source.note)}".rstrip() + f"\n\n{len(one.codes)} codes."
        )
        if len(one.codes) <= 31:
            rows = [(f"`{code}`", one.name_of(code, "en"), one.name_of(code, "es")) for code in one.codes]
            parts.append(_markdown(("code", "en", "es"), rows))
    return "\n\n".join(parts) + "\n"


def _fields_page() -> str:
    from cauce.standards import packs

    parts = ["# Fields of the packs", _NOTE]
    for name in packs.names():
        pack = packs.load(name)
        parts.append(f"## {name}\n\nAfter {pack.source.edition} ({pack.source.issuer}, {pack.source.licence}).")
        rows = [
            (f"`{one.name}`", one.kind, one.codelist or "", one.sensitivity, one.labels["en"], one.labels["es"])
            for one in pack.fields.values()
        ]
        parts.append(_markdown(("field", "kind", "codelist", "sensitivity", "en", "es"), rows))
        parts.append(
            "Tables that every release publishes: " + ", ".join(f"`{'+'.join(by)}`" for by in pack.tables) + "."
        )
    return "\n\n".join(parts) + "\n"


def _markdown(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)


def _settings_page() -> str:
    from cauce.agree import agreements
    from cauce.store import hub_settings, mappings

    checked = {
        "hub.toml": hub_settings._HUB_KEYS,
        "agreements/P.toml": agreements._KEYS,
        "mappings/P.toml": mappings._KEYS,
    }
    meanings = tomllib.loads((ROOT / "docs" / "settings_meanings.toml").read_text(encoding="utf-8"))
    parts = [
        "# Settings",
        _NOTE,
        "Every key of a hub's files. A key that is not here is refused, and so is a value of another kind.",
    ]
    for file, sections in checked.items():
        parts.append(f"## {file}")
        for section, known in sections.items():
            rows = [
                f"| `{name}` | {key.wanted.replace('|', 'or')} | {meanings[file][section][name]} |"
                for name, key in known.items()
            ]
            parts.append(f"### [{section}]\n\n| key | value | meaning |\n| --- | --- | --- |\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.replace("<", "&lt;").split())


if __name__ == "__main__":
    for place, text in pages().items():
        (ROOT / place).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / place).write_text(text, encoding="utf-8")
        print(f"Wrote {place}")
