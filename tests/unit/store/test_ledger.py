import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import ledger
from cauce.store.ledger_balance import Spent

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


@pytest.mark.parametrize(
    ("code", "policy"),
    [
        ("store.over_release", replace(POLICY, epsilon_release=0.5)),
        ("store.over_year", replace(POLICY, epsilon_year=0.5)),
        ("store.over_total", replace(POLICY, epsilon_total=0.5)),
        ("store.over_purpose", replace(POLICY, purposes={"tables": 0.5})),
    ],
)
def test_reserve_keeps_every_budget_to_the_millionth(path, code, policy):
    assert refusal_of(path, charge(epsilon=0.500001), policy) == code
    assert ledger.reserve(path, charge(epsilon=0.5), policy=policy).is_new


@pytest.mark.parametrize(
    ("code", "lowered"),
    [
        ("store.over_year", {"epsilon_year": 0.25}),
        ("store.over_total", {"epsilon_total": 0.25}),
        ("store.over_purpose", {"purposes": {"tables": 0.25}}),
    ],
)
def test_reserve_tells_what_is_left_and_nothing_where_a_lowered_budget_is_overspent(path, code, lowered):
    ledger.reserve(path, charge(epsilon=0.75), policy=POLICY)
    wider = replace(POLICY, **{name: {"tables": 1.0} if name == "purposes" else 1.0 for name in lowered})

    with pytest.raises(Refusal) as short:
        ledger.reserve(path, charge("r2", epsilon=0.5), policy=wider)
    with pytest.raises(Refusal) as overspent:
        ledger.reserve(path, charge("r2", epsilon=0.5), policy=replace(POLICY, **lowered))

    assert (short.value.code, overspent.value.code) == (code, code)
    assert "epsilon 0.5, and 0.25 is left" in str(short.value.found)
    assert "epsilon 0.5, and 0 is left" in str(overspent.value.found)


def test_whole_budget_is_not_raised_by_a_millionth_either(path):
    ledger.reserve(path, charge(), policy=POLICY)

    assert refusal_of(path, charge("r2"), replace(POLICY, epsilon_total=4.000001)) == "store.raised_budget"


def test_reserve_charges_a_cost_between_two_millionths_as_the_higher(path):
    ledger.reserve(path, charge(epsilon=0.3000001), policy=POLICY)

    balance = ledger.read_balance(path, population="p", policy=POLICY, today=date(2026, 12, 1))
    assert balance.charges == (Spent(date(2026, 11, 22), "tables", 300_001, 1e-6),)
    assert balance.spent == 0.300001


def test_commit_names_the_release_as_it_was_charged_and_costs_nothing(path):
    ledger.commit(path, ledger.reserve(path, charge(fingerprint="f"), policy=POLICY), b"x")

    names = "population, policy, release_id, fingerprint, purpose, day"
    with closing(sqlite3.connect(path)) as connection:
        reserved, kept = (
            connection.execute(f"SELECT {names} FROM entries WHERE kind = '{kind}' AND release_id > ''").fetchall()
            for kind in ("reserve", "commit")
        )
        costs = connection.execute("SELECT epsilon_micro, delta, reserve_id FROM entries WHERE kind = 'commit'")
        assert costs.fetchall() == [(0, 0.0, None), (0, 0.0, 3)]
    assert kept == reserved == [("p", "differential-privacy", "r1", "f", "tables", "2026-11-22")]


def test_contents_are_told_by_population_and_purpose_oldest_first(path):
    for name, population, purpose in [
        ("r1", "p", "ask"),
        ("r2", "q", "ask"),
        ("r3", "p", "tables"),
        ("r4", "p", "ask"),
    ]:
        asked = charge(name, population=population, purpose=purpose, epsilon=0.1)
        ledger.commit(path, ledger.reserve(path, asked, policy=POLICY), name.encode())

    assert ledger.contents_of(path, population="p", purpose="ask") == [b"r1", b"r4"]
    assert ledger.contents_of(path, population="q", purpose="tables") == []


def test_releases_are_named_oldest_first_and_those_that_were_not_finished_too(path):
    for name in ("r2", "r1"):
        ledger.reserve(path, charge(name), policy=POLICY)

    assert ledger.names_of_releases(path) == ["r2", "r1"]
    begun = ledger.committed(path, population="p", fingerprint="r1")
    assert (begun.release_id, begun.content, begun.is_new) == ("r1", None, False)
    assert ledger.committed(path, population="q", fingerprint="r1") is None
    assert ledger.committed(path, population="p", fingerprint="r3") is None


@pytest.mark.parametrize("is_there", [False, True])
def test_a_ledger_that_was_not_begun_knows_of_nothing_and_is_not_written(path, is_there):
    if is_there:
        path.touch()

    assert ledger.read_balance(path, population="p", policy=POLICY, today=date(2026, 1, 1)).left == 4.0
    assert ledger.names_of_releases(path) == [] == ledger.contents_of(path, population="p", purpose="tables")
    assert ledger.committed(path, population="p", fingerprint="r1") is None
    assert ledger.verify_chain(path) == ""
    ledger.require_policy(path, population="p", policy=POLICY)
    assert path.exists() == is_there and (not is_there or path.stat().st_size == 0)


def test_verify_chain_tells_another_hash_after_every_entry(path):
    hashes = []
    for name in ("r1", "r2"):
        ledger.commit(path, ledger.reserve(path, charge(name), policy=POLICY), b"x")
        hashes.append(ledger.verify_chain(path))

    assert len(set(hashes)) == 2 and all(len(one) == 64 for one in hashes)


@pytest.mark.parametrize(("kept", "place"), [("entry_hash", 3), ("day", 2)])
def test_a_broken_ledger_tells_from_which_entry_on(path, kept, place):
    ledger.commit(path, ledger.reserve(path, charge(), policy=POLICY), b"x")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_changed")
        connection.execute(f"UPDATE entries SET {kept} = '2020-01-01' WHERE entry_id = {place}")
        connection.commit()

    with pytest.raises(Refusal) as refused:
        ledger.verify_chain(path)

    assert f"ledger.sqlite does not match its own hashes from entry {place} on" in str(refused.value.found)
