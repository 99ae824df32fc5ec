"""`cauce add HUB FILE --partner P`: a mapping is proposed, only doubts are asked, answers are kept."""

from pathlib import Path

import click

from cauce.cli.door import DONE, FINDINGS, Answer, Door, TextTable, command
from cauce.recipes import add_file
from cauce.recipes.add_file import Added, Doubt
from cauce.standards import codelists
from cauce.standards.messages import Message

__all__ = ["add"]

_LEAVE = "-"


@command("add", help="Add a partner's file: propose a mapping, ask only about doubts.", needs_today=True)
@click.argument("hub", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partner", required=True, help="Code of the partner.")
@click.option("--yes", is_flag=True, help="Accept what is sure enough; leave the rest unmapped.")
def add(door: Door, *, hub: Path, file: Path, partner: str, yes: bool) -> Answer:
    """Adds a file and shows what its columns mean."""
    asks = door.is_terminal and not yes and not door.is_json
    added = add_file.add_to_hub(
        hub,
        file,
        partner=partner,
        accept=yes,
        answers=(lambda doubt: _ask(door, doubt)) if asks else None,
        today=door.today,
        progress=door.progress,
        speaker=door.speaker,
    )
    return Answer(_facts(door, added), _lines(added), FINDINGS if added.status == "waiting" else DONE)


def _ask(door: Door, doubt: Doubt) -> str | None:
    """Asks one doubt on the terminal; None leaves it open."""
    door.say(doubt.question)
    answers = list(doubt.choices)
    for number, answer in enumerate(answers, start=1):
        meaning = _meaning(door, doubt, answer)
        door.say(f"  {number}. {meaning}" + (f"  ({answer})" if answer and answer != meaning else ""))
    door.say(Message("  {leave}  decide later", leave=_LEAVE))
    numbers = [str(number) for number in range(1, len(answers) + 1)]
    default = numbers[answers.index(doubt.proposed)] if doubt.proposed in answers else _LEAVE
    chosen = click.prompt(
        door.speaker.say(Message("Your choice")), type=click.Choice([*numbers, _LEAVE]), default=default, err=True
    )
    return None if chosen == _LEAVE else answers[int(chosen) - 1]


def _meaning(door: Door, doubt: Doubt, answer: str) -> str:
    """What an answer means: the name of the code in the caller's language, where it is one."""
    if answer and doubt.codelist in codelists.names():
        return codelists.load(doubt.codelist or "").name_of(answer, door.speaker.language)
    return door.speaker.say(doubt.choices[answer])


def _facts(door: Door, added: Added) -> dict[str, object]:
    return {
        "status": added.status,
        "file": str(added.path),
        "rows": added.rows,
        "mapping": [
            {
                "column": one.name,
                "field": one.field,
                "confidence": one.confidence,
                "evidence": one.evidence,
            }
            for one in added.mapping.columns
            if one.field
        ],
        "doubts": [_doubt(door, one.untold) for one in added.doubts],
        "unmapped": list(added.unmapped),
        "difference": None if added.difference is None else vars(added.difference),
        "left_out": [
            {"code": one.code, "row": one.row, "message": door.speaker.say(one.message)} for one in added.findings
        ],
    }


def _doubt(door: Door, doubt: Doubt) -> dict[str, object]:
    return {
        "column": doubt.column,
        "kind": doubt.kind,
        "value": doubt.value,
        "question": door.speaker.say(doubt.question),
        "choices": {answer: _meaning(door, doubt, answer) for answer in doubt.choices},
        "proposed": doubt.proposed,
    }


_SAID = {
    "added": Message("{rows} rows of {file} were added"),
    "same": Message("{file} is here already, with the same content: nothing was added"),
    "corrected": Message("{rows} rows of {file} took the place of the earlier ones"),
    "waiting": Message("{count} doubts want a person: nothing was added; the proposal waits in {file}"),
}


def _lines(added: Added) -> list[Message | TextTable | str]:
    lines: list[Message | TextTable | str] = [
        Message(_SAID[added.status].template, rows=added.rows, file=added.path.name, count=len(added.doubts))
    ]
    if added.difference is not None:
        lines.append(_difference(added))
    mapped = [
        (one.name, one.field, f"{one.confidence:.2f}", one.evidence) for one in added.mapping.columns if one.field
    ]
    headings = [Message("Column"), Message("Field"), Message("Confidence"), Message("Evidence")]
    lines.append(TextTable(headings, mapped))
    if added.unmapped:
        lines.append(Message("Left unmapped, so never read: {columns}", columns=", ".join(added.unmapped)))
    lines += [one.untold.question for one in added.doubts]
    if added.findings:
        lines.append(Message("{count} rows were left out or rejected: see `cauce check`", count=len(added.findings)))
    return lines


def _difference(added: Added) -> Message:
    found = added.difference
    if found is None or found.by == "row":
        told = Message("Against the earlier file, by row: {added} rows came, {removed} went, {changed} changed")
    else:
        told = Message(
            "Against the earlier file, by record number: {added} rows came, {removed} went, {changed} changed"
        )
    counts = (0, 0, 0) if found is None else (found.added, found.removed, found.changed)
    return Message(told.template, added=counts[0], removed=counts[1], changed=counts[2])
