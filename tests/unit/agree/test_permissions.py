"""May a field be used so, today? The examples of an agreement with two clauses."""

from dataclasses import replace
from datetime import date

import pytest

from cauce.agree import agreements, permissions
from cauce.standards.errors import Refusal

DAY = date(2026, 11, 22)
SIGNED = agreements.draft_agreement(
    "ong",
    fields=["prs_Gender", "prs_FirstName"],
    identifying=["prs_FirstName"],
    from_date=date(2026, 1, 1),
    until_date=date(2026, 12, 31),
    purposes=["link", "estimate", "publish"],
    recipients=["committee", "public"],
    linkage="clear",
    retention_days=100,
    signed=date(2026, 1, 1),
    signed_by=None,
)


@pytest.mark.parametrize(
    ("agreement", "day", "code"),
    [
        (replace(SIGNED, signed=None), DAY, "agree.unsigned"),
        (SIGNED, date(2025, 12, 31), "agree.unsigned"),
        (replace(SIGNED, signed=date(2025, 1, 1)), date(2025, 12, 31), "agree.not_yet"),
        (SIGNED, date(2027, 1, 1), "agree.expired"),
        (replace(SIGNED, withdrawn=DAY), DAY, "agree.withdrawn"),
    ],
)
def test_agreement_is_refused_outside_its_days(agreement, day, code):
    with pytest.raises(Refusal) as refusal:
        permissions.refuse_unless_in_force(agreement, today=day)

    assert refusal.value.code == code
    assert SIGNED.agreement_id in str(refusal.value.found)


def test_agreement_is_in_force_on_its_first_and_last_day():
    refused = []
    for day in (date(2026, 1, 1), date(2026, 12, 31)):
        try:
            permissions.refuse_unless_in_force(SIGNED, today=day)
        except Refusal as refusal:
            refused.append(refusal.code)

    assert refused == []


def test_names_are_never_agreed_for_publication():
    refusals = permissions.uncovered_uses(SIGNED, ["prs_FirstName"], purpose="publish", recipient="public")

    assert [refusal.code for refusal in refusals] == ["agree.uncovered"]
    assert "Clause 3.1" in str(refusals[0].found)


def test_a_field_in_no_clause_is_refused_for_every_use():
    refusals = permissions.uncovered_uses(SIGNED, ["vic_TypeOfExploitation"], purpose="link", recipient="committee")

    assert "No clause" in str(refusals[0].found)


def test_rows_end_with_the_days_of_retention_or_with_the_withdrawal():
    assert not permissions.is_ended(SIGNED, received=date(2026, 8, 14), today=DAY)
    assert permissions.is_ended(SIGNED, received=date(2026, 8, 13), today=DAY)
    assert permissions.is_ended(replace(SIGNED, withdrawn=DAY), received=DAY, today=DAY)
