"""`cauce agree HUB`: an agreement over the mapped fields, signed today, or its end."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.cli.misuse import Misuse
from cauce.recipes import agree_partner
from cauce.recipes.agree_partner import Agreed, Terms
from cauce.standards.messages import Message

__all__ = ["agree"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_MOST_DAYS = 36_500
_WORDS = {
    "link": Message("to link"),
    "estimate": Message("to estimate"),
    "publish": Message("to publish"),
    "committee": Message("the committee"),
    "public": Message("the public"),
}


@command("agree", help="Write and sign an agreement over the mapped fields, or withdraw it.", needs_today=True)
@click.argument("hub", type=click.Path(path_type=Path))
@click.option("--partner", required=True, help="Code of the partner.")
@click.option("--from", "from_day", type=_DAY, metavar="DATE", help="First day on which it is in force.")
@click.option("--until", "until_day", type=_DAY, metavar="DATE", help="Last day on which it is in force.")
@click.option(
    "--purpose", multiple=True, type=click.Choice(["link", "estimate", "publish"]), help="A use agreed on (all)."
)
@click.option(
    "--recipient", multiple=True, type=click.Choice(["committee", "public"]), help="Who may receive it (both)."
)
@click.option("--retention", type=click.IntRange(1, _MOST_DAYS), help="Days to keep each file's rows (1825).")
@click.option("--linkage", type=click.Choice(["clear", "encoded", "none"]), help="How people may be linked.")
@click.option("--by", help="Who signs for the partner.")
@click.option("--withdraw", is_flag=True, help="End the agreement today.")
def agree(
    door: Door,
    *,
    hub: Path,
    partner: str,
    from_day: datetime | None,
    until_day: datetime | None,
    purpose: tuple[str, ...],
    recipient: tuple[str, ...],
    retention: int | None,
    linkage: str | None,
    by: str | None,
    withdraw: bool,
) -> Answer:
    """Agrees or withdraws, and shows the clauses."""
    if withdraw:
        return _answer(door, agree_partner.withdraw_partner(hub, partner, today=door.today))
    if from_day is None or until_day is None:
        raise Misuse(Message("--from and --until are needed: the first and the last day of the agreement"))
    terms = Terms(from_day.date(), until_day.date(), purpose, recipient, linkage, retention, by)
    return _answer(door, agree_partner.agree_with_partner(hub, partner, terms, today=door.today))


def _answer(door: Door, agreed: Agreed) -> Answer:
    agreement = agreed.agreement
    rows = [
        (clause.number, _said(door, clause.purposes), _said(door, clause.recipients), ", ".join(clause.fields))
        for clause in agreement.clauses
    ]
    headings = [Message("Clause"), Message("Purposes"), Message("Recipients"), Message("Fields")]
    facts = {
        "agreement": agreement.agreement_id,
        "file": str(agreed.path),
        "until": (agreement.withdrawn or agreement.until_date).isoformat(),
        "standing": agreed.standing,
    }
    return Answer(facts, [_outcome(agreed), TextTable(headings, rows)])


def _said(door: Door, words: Sequence[str]) -> str:
    return ", ".join(door.speaker.say(_WORDS[word]) for word in words)


def _outcome(agreed: Agreed) -> Message:
    agreement = agreed.agreement
    told = {
        "agreement": agreement.agreement_id,
        "start": agreement.from_date.isoformat(),
        "until": (agreement.withdrawn or agreement.until_date).isoformat(),
    }
    if not agreed.is_changed:
        return Message("The agreement {agreement} had been ended before, on {until}: nothing was changed", **told)
    if agreed.standing == "withdrawn":
        return Message(
            "The agreement {agreement} ended on {until}: the next run removes the partner's rows and links", **told
        )
    if agreed.standing == "expired":
        return Message(
            "The agreement {agreement} is signed, but its last day, {until}, has passed: nothing may be used", **told
        )
    if agreed.standing == "not_yet":
        return Message(
            "The agreement {agreement} is signed and begins on {start}: until then nothing may be used", **told
        )
    return Message("The agreement {agreement} is signed and in force until {until}", **told)
