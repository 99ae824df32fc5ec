"""`cauce review HUB`: the doubtful pairs of the last run, without a name, and what persons decided of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cauce.cli.door import DONE, FINDINGS, Answer, Door, TextTable, command
from cauce.recipes import review_links
from cauce.recipes.review_links import Reviewed
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["review"]

_SHOWN = 200
_WORDS = {
    "same": Message("same"),
    "alike": Message("alike"),
    "other": Message("other"),
    "missing": Message("missing"),
}
_HEADINGS = (
    Message("Record"),
    Message("Record"),
    Message("Probability"),
    Message("Given name"),
    Message("Surname"),
    Message("Birth date"),
)


@command("review", help="Show doubtful pairs without names, or take down what was decided of them.", needs_today=True)
@click.argument("hub", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A CSV to write, with an empty column `decision`."
)
@click.option(
    "--decisions", type=click.Path(path_type=Path, dir_okay=False), help="That CSV with `same` or `different` in it."
)
@click.option("--by", help="Who decided, with --decisions.")
def review(door: Door, *, hub: Path, out: Path | None, decisions: Path | None, by: str | None) -> Answer:
    """Shows the doubts, or takes decisions down."""
    if (decisions is None) != (by is None) or (decisions and out):
        raise Refusal(
            "review.needs_name",
            found="--decisions was given without --by, or with --out",
            wanted="--decisions FILE --by NAME, or --out FILE",
            remedy="Say with --by who decided; write the doubts that are left in a call of its own",
        )
    if decisions is not None and by is not None:
        return _taken(review_links.decide_pairs(hub, decisions, by=by, today=door.today))
    return _shown(review_links.review_hub(hub, out=out), out=out)


def _taken(done: Reviewed) -> Answer:
    facts: dict[str, object] = {"taken": done.taken, "decisions": done.decided, "open": len(done.open)}
    said = Message("{taken} decisions were taken down; {decisions} stand; {open} pairs are still doubtful", **facts)
    next_step = Message("The next `cauce run` keeps to them") if done.taken else Message("Nothing changes")
    return Answer(facts, [said, next_step])


def _shown(found: Reviewed, *, out: Path | None) -> Answer:
    counts: dict[str, object] = {"count": len(found.open), "decisions": found.decided}
    lines: list[Message | TextTable | str] = [
        Message("{count} pairs of records are doubtful; {decisions} decisions stand", **counts)
    ]
    if found.open:
        lines.append(TextTable(_HEADINGS, [*map(_row, found.open[:_SHOWN])]))
    if within := sum(map(_is_within, found.open)):
        lines.append(Message("{count} of them are within one list, whose partner is named once", count=within))
    if len(found.open) > _SHOWN:
        more = len(found.open) - _SHOWN
        lines.append(Message("{count} more: use --json or --out FILE to see all of them", count=more))
    if out is not None:
        lines.append(Message("Write `same` or `different` into {file}; give it back with --decisions", file=out.name))
    facts = {"doubts": [dict(row) for row in found.open], "decisions": found.decided}
    return Answer(facts, lines, FINDINGS if found.open else DONE)


def _row(row: Mapping[str, Any]) -> list[object]:
    words = (_WORDS[row[name]] for name in ("given_name", "surname", "birth_date"))
    other = row["record_id_b"] if _is_within(row) else f"{row['list_b']} {row['record_id_b']}"
    return [f"{row['list_a']} {row['record_id_a']}", other, row["probability"], *words]


def _is_within(row: Mapping[str, Any]) -> bool:
    return bool(row["list_a"] == row["list_b"])
