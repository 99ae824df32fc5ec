"""`cauce check HUB`: every finding in the partners' files, at once, and nothing written."""

from pathlib import Path

import click

from cauce.cli.door import DONE, FINDINGS, Answer, Door, TextTable, command
from cauce.recipes import check_hub
from cauce.recipes.check_hub import Checked
from cauce.standards.errors import Finding
from cauce.standards.messages import Message

__all__ = ["check"]

_SHOWN = 200


@command("check", help="Tell every finding in the partners' files; write nothing.", needs_today=True)
@click.argument("hub", type=click.Path(path_type=Path))
@click.option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), help="A CSV to write with every place and reason."
)
def check(door: Door, *, hub: Path, rejects: Path | None) -> Answer:
    """Checks, and shows the findings by file, row and column."""
    checked = check_hub.check_hub(hub, rejects=rejects, today=door.today, speaker=door.speaker, progress=door.progress)
    facts = {
        "findings": [_facts(door, one) for one in checked.findings],
        "read": {"rows": checked.rows_read, "rejected": checked.rows_rejected},
    }
    return Answer(facts, _lines(checked), FINDINGS if checked.findings else DONE)


def _facts(door: Door, one: Finding) -> dict[str, object]:
    return {
        "code": one.code,
        "file": one.file,
        "sheet": one.sheet,
        "row": one.row,
        "column": one.column,
        "message": door.speaker.say(one.message),
    }


def _lines(checked: Checked) -> list[Message | TextTable | str]:
    said = Message(
        "{rows} rows were read; {rejected} would be rejected; {count} findings",
        rows=checked.rows_read,
        rejected=checked.rows_rejected,
        count=len(checked.findings),
    )
    if not checked.findings:
        return [said]
    headings = [Message("File"), Message("Sheet"), Message("Row"), Message("Column"), Message("Finding")]
    rows = [
        (one.file, one.sheet, None if one.row is None else str(one.row), one.column, one.message)
        for one in checked.findings[:_SHOWN]
    ]
    lines: list[Message | TextTable | str] = [said, TextTable(headings, rows)]
    if len(checked.findings) > _SHOWN:
        lines.append(
            Message(
                "{count} more: use --json or --rejects FILE to see all of them", count=len(checked.findings) - _SHOWN
            )
        )
    return lines
