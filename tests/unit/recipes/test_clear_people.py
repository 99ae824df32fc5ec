from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pyarrow as pa
import pytest

from cauce.estimate import linkage_error
from cauce.protect import noise
from cauce.recipes import clear_people as gate
from cauce.recipes.clear_hidden_total import clear_hidden_total
from cauce.standards.errors import Refusal
from cauce.standards.invariants import Invariant
from cauce.standards.policy import Policy
from cauce.standards.progress import silent
from cauce.store import ledger

DOMAIN = {"sex": ("F", "M"), "age": tuple(str(band) for band in range(4)), "means": ("a", "b", "c", "d", "e")}
TABLES = [("sex",), ("sex", "age"), ("means",)]
TODAY = date(2026, 11, 22)
POLICY = Policy()


def some_people(rng, number=900):
    return ibis.memtable(
        pa.table(
            {
                "lists": ([["casa"], ["casa", "policia"], ["policia"]] * number)[:number],
                "sex": rng.choice(["F", "M"], number, p=[0.7, 0.3]),
                "age": rng.choice(DOMAIN["age"], number),
                "means": pa.array([list(rng.choice(DOMAIN["means"], rng.integers(0, 4))) for _ in range(number)]),
            }
        )
    )


def some_captures(rng, people=6_000):
    lists = (rng.random((people, 3)) < [0.3, 0.25, 0.2]).astype(int)
    counts = np.bincount(lists @ [1, 2, 4], minlength=8)[1:]
    histories = {name: (np.arange(1, 8) >> place) & 1 for place, name in enumerate("ABC")}
    return pa.table(histories | {"count": counts})


def cleared(tmp_path, people, **changes):
    asked = {
        "tables": TABLES,
        "domain": DOMAIN,
        "policy": POLICY,
        "ledger_path": tmp_path / "ledger.sqlite",
        "population": "p",
        "release_id": "2026-11-22.1",
        "fingerprint": "f",
        "captures": None,
        "estimate": False,
        "today": TODAY,
        "progress": silent,
    }
    return gate.clear_people(people, **(asked | changes))


def test_clear_people_releases_each_table_and_the_number_of_people(tmp_path):
    release = cleared(tmp_path, some_people(np.random.default_rng(1)))

    assert [table.by for table in release.tables] == [(), *TABLES]
    assert release.tables[1].observations["sex"].to_pylist() == ["F", "M", "_U"]
    assert (release.epsilon, release.delta, release.epsilon_left) == (1.0, 1e-6, 3.0)


def test_clear_people_gives_the_same_figures_and_spends_nothing_when_nothing_is_new(tmp_path):
    people = some_people(np.random.default_rng(1))
    captures = some_captures(np.random.default_rng(2))

    first = cleared(tmp_path, people, captures=captures, estimate=True)
    second = cleared(tmp_path, people, captures=captures, estimate=True)

    assert [table.observations for table in first.tables] == [table.observations for table in second.tables]
    assert first.estimate == second.estimate
    assert ledger.read_balance(tmp_path / "ledger.sqlite", population="p", policy=POLICY, today=TODAY).spent == 1.0


def test_clear_people_draws_and_pays_anew_for_other_inputs(tmp_path):
    people = some_people(np.random.default_rng(1))

    first = cleared(tmp_path, people)
    second = cleared(tmp_path, people, fingerprint="g")

    assert first.tables[2].observations != second.tables[2].observations
    assert second.epsilon_left == 2.0


def test_clear_people_releases_the_hidden_total_from_noised_captures(tmp_path):
    captures = some_captures(np.random.default_rng(2))

    release = cleared(tmp_path, some_people(np.random.default_rng(1)), captures=captures, estimate=True)

    hidden = release.estimate
    assert (hidden.status, hidden.manner) == ("estimated", "noised")
    assert hidden.epsilon > 0.0
    assert 3_000 < hidden.lower < hidden.total < hidden.upper < 20_000


def test_clear_people_rounds_a_hidden_total_declared_outside_epsilon(tmp_path):
    captures = some_captures(np.random.default_rng(2))
    policy = Policy(estimates="declared")

    release = cleared(tmp_path, some_people(np.random.default_rng(1)), captures=captures, estimate=True, policy=policy)

    hidden = release.estimate
    assert (hidden.manner, hidden.epsilon) == ("declared", 0.0)
    assert all(figure % 50 == 0 for figure in (hidden.total, hidden.lower, hidden.upper))
    assert all(method["total"] % 10 == 0 for method in hidden.methods if method["total"] is not None)


def test_clear_people_refuses_a_column_without_public_codes_before_it_spends(tmp_path):
    people = some_people(np.random.default_rng(1)).mutate(story=ibis.literal("free text"))

    with pytest.raises(ExceptionGroup) as refused:
        cleared(tmp_path, people, tables=[("story",), ("nothing",)])

    assert {refusal.code for refusal in refused.value.exceptions} == {"protect.no_domain", "protect.unknown_column"}
    assert not (tmp_path / "ledger.sqlite").exists()


def test_clear_people_refuses_a_delta_that_would_let_a_whole_person_through(tmp_path):
    with pytest.raises(Refusal) as refused:
        cleared(tmp_path, some_people(np.random.default_rng(1)), policy=Policy(delta=0.01))

    assert refused.value.code == "protect.delta_too_large"


def test_clear_people_covers_the_true_number_of_women_in_nearly_every_release(tmp_path):
    people = some_people(np.random.default_rng(1), number=400)
    women = int(people.filter(people["sex"] == "F").count().execute())
    policy = Policy(epsilon_total=100.0, epsilon_year=100.0)

    covered = 0
    for run in range(40):
        release = cleared(tmp_path, people, tables=[("sex",)], policy=policy, fingerprint=str(run))
        cell = release.tables[1].observations.to_pylist()[0]
        covered += cell["lower"] <= women <= cell["upper"]

    assert covered >= 33


def test_clear_people_releases_by_thresholds_without_small_cells(tmp_path):
    rng = np.random.default_rng(1)
    people = some_people(rng, number=120)
    policy = Policy(kind="threshold", threshold=10)

    release = cleared(tmp_path, people, policy=policy, captures=some_captures(rng), estimate=True)

    shown = [value for table in release.tables for value in table.observations["obs_value"].to_pylist()]
    assert all(value is None or value == 0 or value >= 10 for value in shown)
    assert any(value is None for value in shown)
    assert (release.policy, release.epsilon, release.delta) == ("threshold", 0.0, 0.0)
    assert release.estimate.manner == "declared"


def test_clear_people_withholds_what_differs_by_a_few_from_an_earlier_release_by_thresholds(tmp_path):
    people = some_people(np.random.default_rng(1), number=500)
    policy = Policy(kind="threshold", threshold=10)
    tables = [("sex",)]

    first = cleared(tmp_path, people, policy=policy, tables=tables)
    second = cleared(tmp_path, people.limit(497), policy=policy, tables=tables, fingerprint="g")

    assert first.tables[0].observations["obs_value"].to_pylist() == [500]
    assert second.tables[0].observations["obs_value"].to_pylist() == [None]


def test_clear_people_withholds_what_comes_nearly_all_from_one_list_and_rounds_the_rest(tmp_path):
    people = ibis.memtable(
        pa.table({"lists": [["casa"]] * 95 + [["policia"]] * 35, "sex": ["F"] * 95 + ["F"] * 5 + ["M"] * 30})
    )
    rule = Policy(kind="threshold", threshold=10, dominance=0.9, rounding=7)

    release = cleared(tmp_path, people, policy=rule, tables=[("sex",)])
    without = cleared(
        tmp_path, people, policy=replace(rule, dominance=1.0, rounding=1), tables=[("sex",)], population="q"
    )

    figures = [
        (cell["obs_value"], cell["lower"], cell["upper"])
        for table in release.tables
        for cell in table.observations.to_pylist()
    ]
    assert figures == [(133, 130, 136), (None,) * 3, (None,) * 3, (0, 0, 0)]
    assert without.tables[1].observations["obs_value"].to_pylist() == [100, 30, 0]


def test_clear_people_withholds_anew_where_the_rule_of_dominance_was_tightened(tmp_path):
    people = ibis.memtable(pa.table({"lists": [["casa"]] * 95 + [["policia"]] * 35, "sex": ["F"] * 100 + ["M"] * 30}))
    rule = Policy(kind="threshold", threshold=10, dominance=1.0)

    loose = cleared(tmp_path, people, policy=rule, tables=[("sex",)])
    tight = cleared(tmp_path, people, policy=replace(rule, dominance=0.9), tables=[("sex",)])

    assert loose.tables[1].observations["obs_value"].to_pylist() == [100, 30, 0]
    assert tight.tables[1].observations["obs_value"].to_pylist() == [None, None, 0]


def test_clear_people_refuses_thresholds_on_people_released_with_noise(tmp_path):
    people = some_people(np.random.default_rng(1))
    cleared(tmp_path, people)

    with pytest.raises(Refusal) as refused:
        cleared(tmp_path, people, policy=Policy(kind="threshold"), fingerprint="g")

    assert refused.value.code == "store.other_policy"


WIDER = {
    "age@1": ("age", {"0": "young", "1": "young", "2": "old", "3": "old"}),
    "age@2": ("age", dict.fromkeys("0123", "known")),
}
OFFICIAL = Invariant(("sex",), ("F",), 620, "Office", date(2026, 3, 1))


def unbiased(release, *by):
    table = next(table for table in release.tables if table.by == by)
    return dict(
        zip(
            zip(*(table.unbiased[name].to_pylist() for name in by), strict=True),
            table.unbiased["unbiased"].to_pylist(),
            strict=True,
        )
    )


def test_clear_people_releases_parents_that_are_the_sums_of_their_children(tmp_path):
    release = cleared(tmp_path, some_people(np.random.default_rng(1)), wider=WIDER)

    assert [table.by for table in release.tables] == [
        (), ("sex",), ("sex", "age"), ("sex", "age@1"), ("sex", "age@2"), ("means",),
    ]  # fmt: skip
    bands, halves, known = (unbiased(release, "sex", name) for name in ("age", "age@1", "age@2"))
    assert halves["F", "young"] == pytest.approx(bands["F", "0"] + bands["F", "1"], abs=0.01)
    assert known["M", "known"] == pytest.approx(halves["M", "young"] + halves["M", "old"], abs=0.01)
    assert known["M", "_U"] == bands["M", "_U"]


def test_clear_people_measures_a_parent_better_than_the_sum_of_its_children(tmp_path):
    release = cleared(tmp_path, some_people(np.random.default_rng(1)), wider=WIDER)

    sigmas = {table.by: table.unbiased["sigma"].to_pylist()[0] for table in release.tables}

    assert sigmas["sex", "age@1"] < 2**0.5 * sigmas["sex", "age"]


def test_clear_people_agrees_with_a_figure_published_elsewhere_and_says_so(tmp_path):
    release = cleared(tmp_path, some_people(np.random.default_rng(1)), wider=WIDER, invariants=[OFFICIAL])

    women = release.tables[1].observations.to_pylist()[0]
    assert (women["obs_value"], women["lower"], women["upper"], women["obs_status"]) == (620, 620, 620, "A")
    assert sum(figure for codes, figure in unbiased(release, "sex", "age").items() if codes[0] == "F") == pytest.approx(
        620, abs=0.01
    )
    assert release.epsilon == 1.0
    assert any("published by Office on 2026-03-01" in str(note) for note in release.tables[2].notes)
    assert not any("published by" in str(note) for note in release.tables[0].notes)


def test_clear_people_leaves_its_figures_where_a_published_one_is_out_of_reach(tmp_path):
    far = replace(OFFICIAL, value=40)

    release = cleared(tmp_path, some_people(np.random.default_rng(1)), invariants=[far])

    assert release.tables[1].observations["lower"].to_pylist()[0] > 500
    assert any("do not count the same people" in str(note) for note in release.tables[1].notes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"invariants": [replace(OFFICIAL, codes=("X",))]}, "protect.no_such_figure"),
        ({"invariants": [replace(OFFICIAL, by=("means",), codes=("a",))]}, "protect.no_such_figure"),
        ({"wider": {"means@1": ("means", {"a": "b"})}}, "protect.level_of_several"),
        ({"wider": WIDER | {"age@2": ("age", {"0": "x", "1": "y", "2": "x", "3": "x"})}}, "protect.crossing_levels"),
        ({"wider": WIDER, "policy": Policy(kind="threshold")}, "protect.needs_noise"),
        ({"policy": Policy(kind="threshold", records=True)}, "protect.needs_noise"),
    ],
)
def test_clear_people_refuses_levels_and_figures_that_cannot_hold(tmp_path, changes, code):
    with pytest.raises((Refusal, ExceptionGroup)) as refused:
        cleared(tmp_path, some_people(np.random.default_rng(1)), **changes)

    found = refused.value.exceptions[0] if isinstance(refused.value, ExceptionGroup) else refused.value
    assert found.code == code
    assert not (tmp_path / "ledger.sqlite").exists()


def test_clear_people_invents_records_only_where_asked_and_spends_nothing_on_them(tmp_path):
    people = some_people(np.random.default_rng(1))

    release = cleared(tmp_path, people, policy=Policy(records=True))

    (number,) = (table.observations["obs_value"][0].as_py() for table in release.tables if not table.by)
    assert release.records.rows.num_rows == number
    assert set(release.records.columns) == {"sex", "age", "means"}
    assert release.epsilon_left == POLICY.epsilon_total - POLICY.epsilon_release
    assert cleared(tmp_path, people, fingerprint="g").records is None


def test_clear_people_invents_records_from_tables_that_are_released_by_levels_too(tmp_path):
    release = cleared(tmp_path, some_people(np.random.default_rng(1)), wider=WIDER, policy=Policy(records=True))

    assert set(release.records.columns) == {"sex", "age", "means"}
    assert all("@" not in name for name in release.records.distances)


def test_hidden_total_says_that_the_linkage_is_too_poor_where_nobody_is_found_in_two_lists():
    captures = pa.table({"a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 0, 1], "count": [350, 350, 350]})
    noised = noise.Noised(np.array([350, 350, 0, 350, 0, 0, 0]), sigma=3.0, rho=0.1)
    poor = linkage_error.LinkageError(precision=(1.0, 0.5, 1.0), recall=(0.0, 0.0, 1.0))

    told = clear_hidden_total(captures, noised=noised, linkage=poor, observed=1050, epsilon=0.5)

    assert told.status == "not_estimable" and "too poor" in str(told.reason)
