"""`cauce agree HUB`: an agreement over the mapped fields, signed today, or its end."""

from datetime import datetime
from pathlib import Path

import click

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.recipes import agree_partner
from cauce.recipes.agree_partner import Agreed, Terms
from cauce.standards.messages import Message

__all__ = ["agree"]

_DAY = click.DateTime(formats=["%Y-%m-%d"])


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
@click.option("--retention", type=click.IntRange(min=1), help="Days to keep each file's rows (1825).")
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
        return _answer(agree_partner.withdraw_partner(hub, partner, today=door.today))
    if from_day is None or until_day is None:
        raise click.UsageError("--from and --until are needed")
    terms = Terms(from_day.date(), until_day.date(), purpose, recipient, linkage, retention, by)
    return _answer(agree_partner.agree_with_partner(hub, partner, terms, today=door.today))


def _answer(agreed: Agreed) -> Answer:
    agreement = agreed.agreement
    rows = [
        (clause.number, ", ".join(clause.purposes), ", ".join(clause.recipients), ", ".join(clause.fields))
        for clause in agreement.clauses
    ]
    headings = [Message("Clause"), Message("Purposes"), Message("Recipients"), Message("Fields")]
    said = Message("The agreement {agreement} is signed and in force until {until}")
    if agreement.withdrawn:
        said = Message("The agreement {agreement} ended on {until}: the next run removes the partner's rows and links")
    day = agreement.withdrawn or agreement.until_date
    said = Message(said.template, agreement=agreement.agreement_id, until=day.isoformat())
    facts = {"agreement": agreement.agreement_id, "file": str(agreed.path), "until": day.isoformat()}
    return Answer(facts, [said, TextTable(headings, rows)])
