"""What does an agreement's file say, and what is refused in it?"""

from datetime import date

import pytest

from cauce.agree import agreements
from cauce.standards.errors import Refusal

HEAD = {
    "id": "A-1",
    "partner": "ong",
    "from": date(2026, 1, 1),
    "until": date(2026, 12, 31),
    "legal_basis": "consent",
    "linkage": "none",
    "retention_days": 30,
}


def test_agreement_survives_its_file():
    read = agreements.read_agreement({"agreement": HEAD, "clause": []}, file="a.toml")

    assert agreements.read_agreement(agreements.as_toml(read), file="a.toml") == read


def test_agreement_refuses_all_that_is_wrong_at_once():
    wrong = HEAD | {"legal_basis": "habit", "linkage": "maybe", "colour": "red"}

    with pytest.raises(ExceptionGroup) as group:
        agreements.read_agreement({"agreement": wrong, "clause": [{"purposes": ["sell"]}]}, file="a.toml")

    codes = sorted(refusal.code for refusal in group.value.exceptions)
    assert codes == ["store.bad_setting"] * 3 + ["store.unknown_key"]


def test_agreement_refuses_an_absent_date():
    head = {key: value for key, value in HEAD.items() if key != "until"}

    with pytest.raises(Refusal) as refusal:
        agreements.read_agreement({"agreement": head}, file="a.toml")

    assert refusal.value.code == "agree.missing_key"


def test_agreement_refuses_an_end_before_its_beginning():
    with pytest.raises(Refusal) as refusal:
        agreements.read_agreement({"agreement": HEAD | {"until": date(2025, 1, 1)}}, file="a.toml")

    assert refusal.value.code == "agree.dates_reversed"


def test_terms_asked_the_wrong_way_round_are_refused_without_naming_a_file():
    with pytest.raises(Refusal) as refusal:
        agreements.draft_agreement(
            "ong",
            fields=["prs_Gender"],
            identifying=[],
            from_date=date(2026, 1, 2),
            until_date=date(2026, 1, 1),
            purposes=["publish"],
            recipients=["public"],
            linkage="none",
            retention_days=30,
            signed=date(2026, 1, 1),
            signed_by=None,
        )

    assert refusal.value.code == "agree.reversed_terms"
    assert ".toml" not in str(refusal.value)
