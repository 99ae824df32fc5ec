import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import ledger

POLICY = Policy(epsilon_total=4.0, epsilon_year=2.0, epsilon_release=1.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite"


def charge(name="r1", **changes):
    plain = ledger.Charge(
        population="p",
        release_id=name,
        fingerprint=name,
        purpose="tables",
        epsilon=1.0,
        delta=1e-6,
        day=date(2026, 11, 22),
    )
    return replace(plain, **changes)


def refusal_of(path, asked, policy=POLICY):
    with pytest.raises(Refusal) as refused:
        ledger.reserve(path, asked, policy=policy)
    return refused.value.code


def test_reserve_charges_before_anything_is_drawn(path):
    ledger.reserve(path, charge(), policy=POLICY)

    balance = ledger.read_balance(path, population="p", policy=POLICY, today=date(2026, 12, 1))
    assert (balance.spent, balance.left, balance.left_year, balance.affordable) == (1.0, 3.0, 1.0, 1.0)


def test_reserve_charges_the_same_release_once(path):
    first = ledger.reserve(path, charge(), policy=POLICY)

    second = ledger.reserve(path, charge(), policy=POLICY)

    assert (first.entry_id, first.is_new) == (second.entry_id, True)
    assert second.is_new is False
    assert ledger.read_balance(path, population="p", policy=POLICY, today=date(2026, 1, 1)).spent == 1.0


def test_whole_budget_is_fixed_by_the_first_release_and_can_only_be_lowered(path):
    ledger.reserve(path, charge(), policy=POLICY)
    raised = replace(POLICY, epsilon_total=400.0)

    assert refusal_of(path, charge("r2"), policy=raised) == "store.raised_budget"
    with pytest.raises(Refusal) as refused:
        ledger.require_policy(path, population="p", policy=raised)
    assert refused.value.code == "store.raised_budget"
    assert ledger.read_balance(path, population="p", policy=raised, today=date(2026, 11, 22)).left == 3.0
    assert ledger.reserve(path, charge("r2"), policy=replace(POLICY, epsilon_total=3.0)).is_new


def test_reserve_refuses_more_than_a_release_a_year_and_all_may_spend(path):
    assert refusal_of(path, charge(epsilon=1.1)) == "store.over_release"
    for name in ("r1", "r2"):
        ledger.reserve(path, charge(name), policy=POLICY)
    assert refusal_of(path, charge("r3")) == "store.over_year"
    for name in ("r4", "r5"):
        ledger.reserve(path, charge(name, day=date(2027, 1, 2)), policy=POLICY)
    assert refusal_of(path, charge("r6", day=date(2028, 1, 2))) == "store.over_total"


def test_reserve_spends_the_budget_to_its_last_tenth(path):
    policy = Policy(epsilon_total=1.0, epsilon_year=1.0, epsilon_release=1.0)

    for place in range(10):
        ledger.reserve(path, charge(f"r{place}", epsilon=0.1), policy=policy)

    assert refusal_of(path, charge("last", epsilon=0.1), policy) == "store.over_year"


def test_reserve_refuses_what_its_purpose_may_not_spend_and_lets_the_others_spend(path):
    policy = replace(POLICY, purposes={"ask": 0.5})
    ledger.reserve(path, charge("r1", purpose="ask", epsilon=0.4), policy=policy)

    assert refusal_of(path, charge("r2", purpose="ask", epsilon=0.2), policy) == "store.over_purpose"
    assert ledger.reserve(path, charge("r3", purpose="tables", epsilon=0.2), policy=policy).is_new

    balance = ledger.read_balance(path, population="p", policy=policy, today=date(2026, 12, 1))
    assert (balance.affordable_for("ask"), balance.affordable_for("tables")) == (0.1, 1.4)


def test_reserve_refuses_thresholds_after_differential_privacy_on_the_same_people(path):
    ledger.reserve(path, charge(), policy=POLICY)

    assert refusal_of(path, charge("r2"), replace(POLICY, kind="threshold")) == "store.other_policy"
    assert ledger.reserve(path, charge("r2", population="q", epsilon=0.0), policy=replace(POLICY, kind="threshold"))


def test_commit_keeps_the_first_draw_for_ever(path):
    reservation = ledger.reserve(path, charge(), policy=POLICY)

    first = ledger.commit(path, reservation, b"drawn first")
    second = ledger.commit(path, reservation, b"drawn second")

    assert first == second == b"drawn first"
    assert ledger.reserve(path, charge(), policy=POLICY).content == b"drawn first"
    assert ledger.committed(path, population="p", fingerprint="r1").content == b"drawn first"


def test_the_ledger_refuses_every_change_of_what_was_written(path):
    reservation = ledger.reserve(path, charge(), policy=POLICY)
    ledger.commit(path, reservation, b"x")
    connection = sqlite3.connect(path)

    for statement in (
        "UPDATE entries SET epsilon_micro = 0",
        "DELETE FROM entries",
        "UPDATE contents SET content = x'00'",
        "DELETE FROM contents",
        "INSERT INTO entries SELECT 9, kind, 'z', policy, release_id, fingerprint, purpose, 0, 0, day, reserve_id, '', "
        "'forged', 'new' FROM entries WHERE entry_id = 1",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE entries SET epsilon_micro = 0 WHERE kind = 'reserve'",
        "UPDATE entries SET day = '2020-01-01' WHERE kind = 'reserve'",
        "DELETE FROM entries WHERE entry_id = 2",
        "UPDATE contents SET content = x'00'",
        "DELETE FROM contents",
    ],
)
def test_verify_chain_notices_an_edit_behind_the_triggers(path, tampering):
    ledger.commit(path, ledger.reserve(path, charge(), policy=POLICY), b"x")
    connection = sqlite3.connect(path)
    for table in ("entries", "contents"):
        for name in ("changed", "deleted"):
            connection.execute(f"DROP TRIGGER {table}_are_never_{name}")
    connection.execute(tampering)
    connection.commit()
    connection.close()

    with pytest.raises(Refusal) as refused:
        ledger.verify_chain(path)

    assert refused.value.code == "store.broken_ledger"
    assert refusal_of(path, charge("r2")) == "store.broken_ledger"


def test_two_requests_of_0_6_on_1_0_have_exactly_one_winner(tmp_path):
    policy = Policy(epsilon_total=1.0, epsilon_year=1.0, epsilon_release=1.0)

    def ask(path, name):
        try:
            return ledger.reserve(path, charge(name, epsilon=0.6), policy=policy).is_new
        except Refusal:
            return False

    with ThreadPoolExecutor(2) as pool:
        for attempt in range(20):
            path = tmp_path / f"{attempt}.sqlite"
            answers = list(pool.map(lambda name, path=path: ask(path, name), ["one", "two"]))
            assert sorted(answers) == [False, True]


def test_a_ledger_is_readable_by_its_owner_alone(path):
    ledger.reserve(path, charge(), policy=POLICY)

    assert path.stat().st_mode & 0o077 == 0
