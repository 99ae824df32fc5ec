"""What hub.toml promised stays promised, and what it changed is kept with its day."""

from dataclasses import replace
from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import ledger

DAY = date(2026, 11, 22)
THRESHOLDS = Policy(kind="threshold", threshold=10, dominance=0.85, rounding=5)


def spend(path, name, *, policy, day=DAY):
    epsilon = 0.5 if policy.kind == "differential-privacy" else 0.0
    charge = ledger.Charge(
        population="p", release_id=name, fingerprint=name, purpose="tables", epsilon=epsilon, delta=1e-6, day=day
    )
    return ledger.reserve(path, charge, policy=policy)


@pytest.mark.parametrize("weaker", [{"threshold": 9}, {"dominance": 0.9}, {"rounding": 1}])
def test_rule_of_thresholds_is_not_weakened_after_a_release(tmp_path, weaker):
    path = tmp_path / "ledger.sqlite"
    spend(path, "r1", policy=THRESHOLDS)

    with pytest.raises(Refusal) as refused:
        spend(path, "r2", policy=replace(THRESHOLDS, **weaker))

    assert refused.value.code == "store.weakened_rule"
    with pytest.raises(Refusal):
        ledger.require_policy(path, population="p", policy=replace(THRESHOLDS, **weaker))


def test_rule_of_thresholds_may_become_stricter_and_then_stays_so(tmp_path):
    path = tmp_path / "ledger.sqlite"
    spend(path, "r1", policy=THRESHOLDS)

    spend(path, "r2", policy=replace(THRESHOLDS, threshold=12, dominance=0.8, rounding=10))

    with pytest.raises(Refusal):
        spend(path, "r3", policy=THRESHOLDS)


def test_budget_that_changes_is_kept_with_the_day_of_its_first_charge(tmp_path):
    path, wider = tmp_path / "ledger.sqlite", Policy(epsilon_year=3.0, purposes={"ask": 1.0})
    spend(path, "r1", policy=Policy())
    spend(path, "r2", policy=Policy())
    spend(path, "r3", policy=wider, day=date(2026, 12, 1))

    first, second = ledger.terms_of(path, population="p")

    assert first[0] == "2026-11-22" and second[0] == "2026-12-01"
    assert (first[1]["epsilon_year"], second[1]["epsilon_year"]) == (2.0, 3.0)
    assert (first[1]["purposes"], second[1]["purposes"]) == ({}, {"ask": 1.0})
    assert ledger.verify_chain(path)


def test_charge_that_is_refused_or_known_changes_no_term(tmp_path):
    path = tmp_path / "ledger.sqlite"
    spend(path, "r1", policy=Policy())
    before = ledger.verify_chain(path)

    spend(path, "r1", policy=Policy(epsilon_year=3.0))
    with pytest.raises(Refusal):
        spend(path, "r2", policy=Policy(epsilon_year=0.6))

    assert ledger.verify_chain(path) == before


def test_whole_budget_of_a_ledger_begun_without_one_is_fixed_by_its_next_charge(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite"
    append = ledger._append
    with monkeypatch.context() as older:
        older.setattr(ledger, "_keep_terms", lambda *_, **__: None)
        older.setattr(ledger, "_append", lambda connection, entry: append(connection, _without_total(entry)))
        spend(path, "r1", policy=Policy(epsilon_total=2.0))
    spend(path, "r2", policy=Policy(epsilon_total=2.0))

    for raised in (2.5, 2.000001):
        with pytest.raises(Refusal) as refused:
            spend(path, "r3", policy=Policy(epsilon_total=raised))
        assert refused.value.code == "store.raised_budget"


def _without_total(entry):
    return replace(entry, charge=replace(entry.charge, epsilon=0.0)) if entry.kind == "open" else entry


def test_whole_budget_that_was_lowered_may_be_set_back_to_that_of_the_first_charge(tmp_path):
    path = tmp_path / "ledger.sqlite"
    for name, total in [("r1", 3.0), ("r2", 2.0), ("r3", 3.0)]:
        spend(path, name, policy=Policy(epsilon_total=total))

    told = [terms["epsilon_total"] for _, terms in ledger.terms_of(path, population="p")]
    assert told == [3.0, 2.0, 3.0]
