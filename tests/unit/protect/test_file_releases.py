import math
import re
from dataclasses import replace
from itertools import combinations

import ibis
import numpy as np
import pytest

from cauce.protect import budget, file_releases, measured, rows

DOMAIN = {"area": ["A", "B", "C", "D"], "age": ["0", "1", "2", ""], "debt": ["1"]}
EPSILON, DELTA = 2.0, 1e-6


@pytest.fixture(scope="module")
def counted():
    rng = np.random.default_rng(1)
    area = rng.choice(DOMAIN["area"], 1_200, p=[0.6, 0.3, 0.095, 0.005])
    age = np.where(area == "A", "0", rng.choice(["0", "1", "2"], 1_200)).astype(object)
    age[rng.random(1_200) < 0.1] = None
    debt = np.where(rng.random(1_200) < 0.3, "1", None)
    people = {"area": area.tolist(), "age": age.tolist(), "debt": debt.tolist()}
    return measured.count_table(ibis.memtable(people, schema=dict.fromkeys(people, "string")), domain=DOMAIN)


@pytest.fixture(scope="module")
def known(counted):
    return measured.measure_table(counted, rho=budget.rho_of(EPSILON, delta=DELTA))


def release(known, profile):
    return file_releases.clear_file(known, epsilon=EPSILON, delta=DELTA, profile=profile, rng=np.random.default_rng(2))


@pytest.fixture(scope="module", params=["careful", "accurate"])
def cleared(request, known):
    return release(known, request.param)


def figures_of(cleared, by):
    table = next(table for table in cleared.tables if table.by == by)
    return {tuple(row[name] for name in by): row for row in table.observations.to_pylist()}


def test_clear_file_holds_a_table_of_no_one_and_two_columns_whose_epsilons_add_up(cleared):
    names = tuple(DOMAIN)

    assert [table.by for table in cleared.tables] == [(), *((name,) for name in names), *combinations(names, 2)]
    assert sum(table.epsilon for table in cleared.tables) == pytest.approx(EPSILON)
    assert (cleared.epsilon, cleared.delta, cleared.policy) == (EPSILON, DELTA, "differential-privacy")


def test_clear_file_tells_how_many_figures_of_each_table_it_withheld(cleared):
    for table in cleared.tables:
        withheld = table.observations["obs_status"].to_pylist().count("Q")
        told = [int(re.search(r"\d+", str(note)).group()) for note in table.notes]
        assert told == ([withheld] if withheld else [])


def test_clear_file_withholds_figures_under_three_times_their_noise_in_the_careful_profile_alone(known):
    accurate, careful = (release(known, profile) for profile in ("accurate", "careful"))

    assert all("Q" not in table.observations["obs_status"].to_pylist() for table in accurate.tables)
    assert careful.tables[0].observations["obs_status"].to_pylist() == ["A"]
    for table in careful.tables[1:4]:
        for row, figure in zip(table.observations.to_pylist(), figures_of(accurate, table.by).values(), strict=True):
            # A figure is told in whole persons: within one of the limit it may be on either side.
            if abs(figure["obs_value"] - 3.0 * table.sigma) > 1.0:
                assert row["obs_status"] == ("A" if figure["obs_value"] > 3.0 * table.sigma else "Q")
    assert any("Q" in table.observations["obs_status"].to_pylist() for table in careful.tables[4:])


def test_clear_file_gives_figures_whose_noise_explains_their_distance_from_the_counts(counted, cleared):
    for table in cleared.tables:
        exact = counted.counts[table.by]
        codes = [[*next(one.codes for one in counted.declared if one.name == name)] for name in table.by]
        for place, row in figures_of(cleared, table.by).items():
            at = tuple(known.index(code) for known, code in zip(codes, place, strict=True))
            if row["obs_status"] == "A":
                assert abs(row["obs_value"] - exact[at]) < 5.0 * table.sigma + 1.0


def test_clear_file_invents_as_many_rows_as_there_seem_to_be_people_and_foretells_their_error(cleared):
    total = cleared.tables[0].observations["obs_value"][0].as_py()
    error = cleared.records.expected_error

    assert cleared.records.columns == tuple(DOMAIN)
    assert cleared.records.rows.num_rows == total
    assert 0.0 < error["pairs"] < 0.2 and error["rows"] < 0.02
    sigmas = [table.sigma for table in cleared.tables if len(table.by) == 2]
    assert error["cell"] == pytest.approx(math.sqrt(2.0 / math.pi) * np.mean(sigmas))


def test_clear_file_invents_rows_that_differ_from_its_pairs_by_no_more_than_it_foretells(cleared):
    rows = cleared.records.rows.to_pylist()

    for table in cleared.tables[4:]:
        figures = figures_of(cleared, table.by)
        shown = {place: row["obs_value"] for place, row in figures.items() if row["obs_status"] == "A"}
        made = dict.fromkeys(figures, 0)
        for row in rows:
            made[tuple(row[name] or "_U" for name in table.by)] += 1
        gap = sum(abs(made[place] - value) for place, value in shown.items()) / 2 / len(rows)
        assert gap < cleared.records.expected_error["pairs"] + 0.02


def test_clear_file_of_one_column_foretells_the_error_of_its_figures():
    people = ibis.memtable({"sex": ["F"] * 300 + ["M"] * 200}, schema={"sex": "string"})
    counted = measured.count_table(people, domain={"sex": ["F", "M"]})

    cleared = release(measured.measure_table(counted, rho=0.1), "careful")

    error = cleared.records.expected_error
    assert error["pairs"] == 0.0
    assert error["cell"] == pytest.approx(math.sqrt(2.0 / math.pi) * cleared.tables[1].sigma)


def test_error_by_epsilon_falls_as_the_noise_that_an_epsilon_buys():
    moved = file_releases.error_by_epsilon(10.0, epsilon=1.0, delta=DELTA)

    for epsilon, error in moved.items():
        bought, now = (budget.sigma_of(budget.rho_of(one, delta=DELTA)) for one in (epsilon, 1.0))
        assert error == pytest.approx(10.0 * bought / now)


@pytest.mark.parametrize(("poor", "draws"), [(0, 1), (1, 2), (2, 2)])
def test_clear_file_draws_rows_a_second_time_where_the_first_miss_the_tables(known, monkeypatch, poor, draws):
    draw_rows, drawn = rows.draw_rows, []

    def draw(*args, **kwargs):
        drawn.append(draw_rows(*args, **kwargs))
        return np.zeros_like(drawn[-1]) if len(drawn) <= poor else drawn[-1]

    monkeypatch.setattr(rows, "draw_rows", draw)
    error = release(known, "accurate").records.expected_error["rows"]

    assert len(drawn) == draws
    assert (error > 0.1) == (poor == 2)


def test_clear_file_foretells_the_share_of_people_that_the_noise_of_the_figures_shown_moves(cleared):
    shares = [
        0.5 * math.sqrt(2.0 / math.pi) * table.sigma * table.observations["obs_status"].to_pylist().count("A")
        for table in cleared.tables
        if len(table.by) == 2
    ]

    assert cleared.records.expected_error["pairs"] == pytest.approx(np.mean(shares) / cleared.records.rows.num_rows)
    assert cleared.epsilon_left == 0.0


def test_clear_file_never_foretells_more_than_everybody_misplaced(known):
    queries = [replace(query, sigma=10_000.0 * query.sigma) for query in known.queries]

    cleared = release(replace(known, queries=queries), "accurate")

    assert cleared.records.expected_error["pairs"] == 1.0


@pytest.mark.parametrize(
    ("noise", "gap", "draws"), [(0.49, 1.0, 1), (0.51, 1.0, 2), (0.0, 0.0014, 1), (0.0, 0.0016, 2)]
)
def test_clear_file_is_content_with_rows_that_miss_by_half_the_noise_or_next_to_nothing(
    counted, known, monkeypatch, noise, gap, draws
):
    told = known if noise else measured.measure_table(counted, rho=1e8)
    missed = noise * release(told, "accurate").records.expected_error["pairs"] or gap
    drawn = []
    monkeypatch.setattr(rows, "misfit", lambda places, *_: drawn.append(places) or missed)

    error = release(told, "accurate").records.expected_error["rows"]

    assert (len(drawn), error) == (draws, missed)
