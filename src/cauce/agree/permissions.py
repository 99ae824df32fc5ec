"""May this field, of this partner, be used so, for this reader, today?

Asked wherever a column is read, linked, estimated or released. It answers with the fields, or refuses naming the
agreement and the clause; it never drops a field silently.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal

from cauce.agree.agreements import Agreement, Clause
from cauce.standards.errors import Refusal

__all__ = ["Standing", "clause_for", "is_ended", "refuse_unless_in_force", "standing_of", "uncovered_uses"]

Standing = Literal["unsigned", "withdrawn", "not_yet", "expired", "in_force"]


def standing_of(agreement: Agreement, *, today: date) -> Standing:
    """Where an agreement stands on a day.

    In
        agreement   what the partner agreed to
        today       the day
    Out
        "in_force", or the first of the others that holds

    >>> from cauce.agree import agreements
    >>> signed = agreements.draft_agreement("ong", fields=["prs_Gender"], identifying=[], from_date=date(2026, 1, 1),
    ...     until_date=date(2026, 12, 31), purposes=["publish"], recipients=["public"], linkage="none",
    ...     retention_days=30, signed=date(2026, 1, 1), signed_by=None)
    >>> standing_of(signed, today=date(2026, 5, 1)), standing_of(signed, today=date(2027, 1, 1))
    ('in_force', 'expired')
    """
    if agreement.signed is None or agreement.signed > today:
        return "unsigned"
    if agreement.withdrawn is not None and agreement.withdrawn <= today:
        return "withdrawn"
    if today < agreement.from_date:
        return "not_yet"
    return "expired" if today > agreement.until_date else "in_force"


def refuse_unless_in_force(agreement: Agreement, *, today: date) -> None:
    """Nothing when the agreement is signed and in force today.

    In
        agreement   what the partner agreed to
        today       the day of use
    Refuses
        agree.unsigned     nobody has signed it
        agree.not_yet      it begins later
        agree.expired      its last day has passed
        agree.withdrawn    the partner withdrew it
    """
    named = {"agreement": agreement.agreement_id, "partner": agreement.partner}
    standing = standing_of(agreement, today=today)
    if standing == "unsigned":
        raise Refusal(
            "agree.unsigned",
            found="The agreement {agreement} of {partner} is not signed",
            wanted="a signed agreement before anything of the partner is used",
            remedy="Have it signed: `cauce agree HUB --partner {partner} --from DATE --until DATE`",
            **named,
        )
    if standing == "withdrawn":
        raise Refusal(
            "agree.withdrawn",
            found="The partner {partner} withdrew the agreement {agreement} on {day}",
            wanted="an agreement in force",
            remedy="Agree anew with the partner, or leave its data out",
            day=str(agreement.withdrawn),
            **named,
        )
    if standing == "not_yet":
        raise Refusal(
            "agree.not_yet",
            found="The agreement {agreement} of {partner} begins on {day}",
            wanted="a day on which it is in force",
            remedy="Wait until then, or agree on an earlier date",
            day=agreement.from_date.isoformat(),
            **named,
        )
    if standing == "expired":
        raise Refusal(
            "agree.expired",
            found="The agreement {agreement} of {partner} ended on {day}",
            wanted="an agreement in force",
            remedy="Renew it with `cauce agree`, or end it with `--withdraw` to leave its data out",
            day=agreement.until_date.isoformat(),
            **named,
        )


def is_ended(agreement: Agreement, *, received: date, today: date) -> bool:
    """Claims that rows received on a day must be gone today: withdrawn, or kept for all the days agreed.

    In
        agreement   Agreement
        received    day on which the rows came
        today       the day
    Out
        True where they must be gone

    >>> from datetime import date
    >>> from cauce.agree import agreements
    >>> kept = agreements.draft_agreement("ong", fields=["prs_Gender"], identifying=[], from_date=date(2026, 1, 1),
    ...     until_date=date(2029, 1, 1), purposes=["publish"], recipients=["public"], linkage="none",
    ...     retention_days=30, signed=date(2026, 1, 1), signed_by=None)
    >>> is_ended(kept, received=date(2026, 3, 1), today=date(2026, 3, 31))
    False
    >>> is_ended(kept, received=date(2026, 3, 1), today=date(2026, 4, 1))
    True
    """
    is_withdrawn = agreement.withdrawn is not None and agreement.withdrawn <= today
    return is_withdrawn or today > received + timedelta(days=agreement.retention_days)


def clause_for(agreement: Agreement, field: str, *, purpose: str, recipient: str) -> Clause | None:
    """The first clause that lets a field be used so, for this recipient.

    In
        agreement   Agreement
        field       standard field
        purpose     link, estimate or publish
        recipient   committee or public
    Out
        Clause, or None where no clause does
    """
    fitting = (
        clause
        for clause in agreement.clauses
        if field in clause.fields and purpose in clause.purposes and recipient in clause.recipients
    )
    return next(fitting, None)


def uncovered_uses(agreement: Agreement, fields: Collection[str], *, purpose: str, recipient: str) -> list[Refusal]:
    """A refusal for each field that no clause lets be used so, naming the clause that comes nearest.

    In
        agreement   what the partner agreed to
        fields      standard fields about to be used
        purpose     link, estimate or publish
        recipient   committee or public
    Out
        list of Refusal: `agree.no_clause` or `agree.uncovered`; empty where all are covered
    """
    return [
        _uncovered(agreement, field, purpose=purpose, recipient=recipient)
        for field in fields
        if clause_for(agreement, field, purpose=purpose, recipient=recipient) is None
    ]


def _uncovered(agreement: Agreement, field: str, *, purpose: str, recipient: str) -> Refusal:
    holding = [clause for clause in agreement.clauses if field in clause.fields]
    named = {"agreement": agreement.agreement_id, "field": field, "purpose": purpose, "recipient": recipient}
    if not holding:
        return Refusal(
            "agree.no_clause",
            found="No clause of the agreement {agreement} covers the field {field}",
            wanted="a clause with the purpose {purpose} and the recipient {recipient}",
            remedy="Agree on it with the partner, or take the column out of its mapping",
            **named,
        )
    return Refusal(
        "agree.uncovered",
        found="Clause {clause} of {agreement} covers the field {field}, but not to {purpose} for {recipient}",
        wanted="a clause with the purpose {purpose} and the recipient {recipient}",
        remedy="Agree on it with the partner, or leave the use out",
        clause=", ".join(clause.number for clause in holding),
        **named,
    )
