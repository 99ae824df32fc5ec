"""`cauce ask HUB --by F,F`: one more table through the gate, or the finest safe one instead."""

from collections.abc import Mapping
from pathlib import Path

import click

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.cli.misuse import Misuse
from cauce.cli.noise_seed import refuse_seed
from cauce.recipes import ask as asking
from cauce.recipes import preview_error
from cauce.standards.messages import Message

__all__ = ["ask"]

REFUSED = 2


@command("ask", help="Ask for one more table through the gate, or the finest safe one instead.", needs_today=True)
@click.argument("hub", type=click.Path(path_type=Path))
@refuse_seed
@click.option("--by", default="", metavar="F,F", help="Fields of the table; `age_code@1` is by wider categories.")
@click.option("--where", multiple=True, metavar="F=CODE", help="Only people with this code; may be repeated.")
@click.option(
    "--epsilon", type=click.FloatRange(min=0, min_open=True), help="What may be spent; else the least of use."
)
@click.option(
    "--preview",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Only write a page that shows how far figures move for each epsilon; without --by, those of `cauce run`.",
)
def ask(
    door: Door, *, hub: Path, by: str, where: tuple[str, ...], epsilon: float | None, preview: Path | None
) -> Answer:
    """Asks, and says what was delivered or what would be safe instead."""
    fields = [name.strip() for name in by.split(",") if name.strip()]
    if preview is not None:
        return _previewed(preview_error.preview_error(hub, by=fields, out=preview, today=door.today))
    if not fields:
        raise click.MissingParameter(param=click.Option(["--by"]))
    found = asking.ask(
        hub, by=fields, where=_conditions(where), epsilon=epsilon, today=door.today, progress=door.progress
    )
    facts: dict[str, object] = {
        "delivered": found.delivered,
        "table": str(found.path) if found.path else None,
        "cost": found.cost,
        "reason": door.speaker.say(found.reason),
        "finest": _finest(found),
    }
    return Answer(facts, _lines(door, hub, found), exit_code=0 if found.delivered else REFUSED)


def _previewed(found: preview_error.Previewed) -> Answer:
    facts: dict[str, object] = {
        "preview": str(found.path),
        "chosen": found.chosen,
        "errors": [{name: round(value, 3) for name, value in vars(one).items()} for one in found.errors],
    }
    headings = [
        Message("Epsilon"),
        Message("A figure moves by about"),
        Message("19 times of 20 within"),
        Message("Smallest figure shown"),
    ]
    rows = [(one.epsilon, *(_persons(each) for each in (one.moved, one.half, one.least))) for one in found.errors]
    said = Message(
        "With epsilon {epsilon}, that of hub.toml, a figure moves by about {moved}",
        epsilon=found.chosen,
        moved=_persons(found.at_chosen.moved),
    )
    spent = Message("This comes from the noise alone: no person was counted and nothing was spent")
    return Answer(facts, [said, TextTable(headings, rows), spent, Message("Open {site}", site=str(found.path))])


def _persons(figure: float) -> float:
    return round(figure) if figure >= 10 else round(figure, 1)


def _conditions(where: tuple[str, ...]) -> Mapping[str, str]:
    pairs = [condition.partition("=") for condition in where]
    if any(not sign for _, sign, _ in pairs):
        raise Misuse(Message("--where takes FIELD=CODE, as in `--where prs_Gender=Feminine`"))
    return {name.strip(): code.strip() for name, _, code in pairs}


def _finest(found: asking.Asked) -> dict[str, object] | None:
    if found.finest is None:
        return None
    return {"by": list(found.finest.by), "where": dict(found.finest.where), "cost": found.finest_cost}


def _lines(door: Door, hub: Path, found: asking.Asked) -> list[Message | str]:
    if found.delivered:
        return [
            Message("Delivered. {reason}", reason=found.reason),
            Message("It cost epsilon {cost}", cost=found.cost),
            str(found.path),
        ]
    lines: list[Message | str] = [Message("Refused. {reason}", reason=found.reason)]
    if found.finest is None:
        return [*lines, Message("No coarser table of these fields can be afforded now either")]
    table = asking.describe(found.hub, found.finest, door.speaker)
    if not found.finest_cost:
        lines.append(Message("The finest table that is safe is out already and costs nothing: {table}", table=table))
    else:
        lines.append(
            Message(
                "The finest table that is safe and can be paid costs epsilon {cost}: {table}",
                cost=found.finest_cost,
                table=table,
            )
        )
    return [*lines, Message("Ask for it so: {command}", command=f"cauce ask {hub} {asking.typed(found.finest)}")]
