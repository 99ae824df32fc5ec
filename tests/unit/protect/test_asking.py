from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from cauce.protect import asking, budget
from cauce.protect.asking import PublicFigures, Question

AREAS = tuple(f"A{place}" for place in range(60))
KNOWN = PublicFigures(
    people=3_000.0,
    shares={
        "sex": np.array([0.7, 0.3, 0.0]),
        "age": np.array([0.25, 0.25, 0.25, 0.25]),
        "area": np.array([0.5, 0.2, *([0.3 / 58] * 58)]),
        "means": np.full(10, 0.2),
    },
    domain={
        "sex": ("F", "M", "_U"),
        "age": ("0", "1", "2", "3"),
        "area": AREAS,
        "means": tuple("abcdefghij"),
    },
    repeats=frozenset({"means"}),
    affordable=1.0,
    delta=1e-6,
    profile="careful",
)


def test_costs_of_a_question_rise_from_a_twentieth_to_two():
    costs = asking.costs_of(Question(("sex",)))

    assert (costs[0], costs[-1], asking.most_of(Question(("sex",)))) == (0.05, 2.0, 2.0)
    assert all(low < high <= 2.0 * low for low, high in pairwise(costs))


def test_judge_asks_for_the_least_cost_that_shows_half_of_the_people():
    verdict = asking.judge(Question(("sex",)), KNOWN)

    assert verdict.cost == 0.05
    assert verdict.visible == 1.0


def test_judge_refuses_a_table_finer_than_its_noise():
    verdict = asking.judge(Question(("area", "age", "sex"), (("means", "a"),)), replace(KNOWN, affordable=0.3))

    assert verdict.cost is None
    assert verdict.cells == 60 * 4 * 3


def test_judge_charges_more_where_a_person_may_have_several_values():
    once = replace(KNOWN, repeats=frozenset())

    several, single = (asking.judge(Question(("means", "age")), known).cost for known in (KNOWN, once))

    assert single is not None and (several is None or several > single)


def test_judge_charges_no_more_for_a_condition_on_a_column_of_several_values():
    once = replace(KNOWN, repeats=frozenset())
    question = Question(("age", "sex"), (("means", "a"),))

    several, single = (asking.judge(question, known) for known in (KNOWN, once))

    assert several == single and single.cost is not None


def test_judge_foretells_no_figure_that_the_gate_would_take_for_chance():
    area = np.array([0.016, *[0.984 / 199] * 199])
    many = replace(KNOWN, people=1_000.0, shares={"area": area}, domain={"area": tuple(map(str, range(200)))})
    sigma = budget.sigma_of(budget.rho_of(1.0, delta=1e-6))

    verdict = asking.judge(Question(("area",), epsilon=1.0), many)

    assert 3.0 * sigma < 1_000.0 * area[0] < 4.0 * sigma
    assert verdict.visible == 0.0


@pytest.mark.parametrize("affordable", [0.0, 0.04])
def test_judge_refuses_all_tables_once_the_budget_is_spent(affordable):
    assert asking.judge(Question(("sex",)), replace(KNOWN, affordable=affordable)).cost is None
    assert asking.find_finest(Question(("sex", "age")), replace(KNOWN, affordable=affordable)) is None


def test_judge_holds_to_the_cost_that_was_offered():
    assert asking.judge(Question(("sex",), epsilon=0.3), KNOWN).cost == 0.3
    assert asking.judge(Question(("sex",), epsilon=1.5), KNOWN).cost is None


def test_find_finest_keeps_as_much_of_the_question_as_can_be_shown():
    question = Question(("area", "age"), (("means", "a"), ("sex", "M")))

    finest, verdict = asking.find_finest(question, KNOWN)

    assert set(finest.columns) < {"area", "age", "means", "sex"}
    assert verdict.cost is not None and verdict.visible >= 0.5
    assert asking.judge(finest, KNOWN) == verdict


REGIONS = {area: f"R{place % 6}" for place, area in enumerate(AREAS)}
HALVES = {"0": "young", "1": "young", "2": "old", "3": "old"}
BY_REGION = replace(
    KNOWN,
    domain={**KNOWN.domain, "area@1": tuple(f"R{place}" for place in range(6)), "age@1": ("young", "old")},
    shares={**KNOWN.shares, "area@1": np.array([0.52, 0.22, 0.065, 0.065, 0.065, 0.065]), "age@1": np.full(2, 0.5)},
    wider={"area": {"area@1": REGIONS}, "age": {"age@1": HALVES}},
)


def test_find_finest_widens_the_codes_of_a_column_before_it_drops_the_column():
    question = Question(("area", "age", "sex"))

    without, _ = asking.find_finest(question, replace(KNOWN, people=800.0))
    finest, verdict = asking.find_finest(question, replace(BY_REGION, people=800.0))

    assert set(without.columns) < {"area", "age", "sex"}
    assert len(finest.by) == 3 and set(finest.by) & {"area@1", "age@1"}
    assert verdict.visible >= 0.5


def test_find_finest_widens_the_code_of_a_condition():
    question = Question(("sex",), (("area", "A7"),))

    finest, _ = asking.find_finest(question, BY_REGION)

    assert (finest.by, finest.where) == (("sex",), (("area@1", "R1"),))


def test_find_finest_keeps_who_was_asked_about_before_it_keeps_a_column():
    question = Question(("area", "means"), (("sex", "M"), ("age", "0")))

    finest, _ = asking.find_finest(question, BY_REGION)

    conditions = {name for name, _ in finest.where}
    assert "sex" in conditions and conditions & {"age", "age@1"}


def test_find_finest_offers_the_same_table_at_a_cost_that_can_be_paid():
    question = Question(("sex", "age"), epsilon=1.5)

    finest, verdict = asking.find_finest(question, KNOWN)

    assert finest.by == ("sex", "age") and verdict.cost < 1.0


def test_find_finest_gives_what_is_out_already_when_nothing_is_left():
    question = Question(("area", "age", "sex"))
    spent = replace(BY_REGION, affordable=0.0, released=frozenset({frozenset({"age"}), frozenset({"sex", "age@1"})}))

    finest, verdict = asking.find_finest(question, spent)

    assert (finest.by, verdict.cost) == (("age@1", "sex"), 0.0)


def test_find_finest_gives_no_finer_table_than_was_asked():
    question = Question(("area@1", "age"))

    finest, _ = asking.find_finest(question, replace(BY_REGION, people=400.0))

    assert "area" not in finest.columns


def test_judge_answers_the_same_whatever_the_people_are():
    """It is given public figures and nothing else: there is no argument through which a person could speak."""
    names = set(asking.PublicFigures.__dataclass_fields__)

    assert names == {"people", "shares", "domain", "repeats", "affordable", "delta", "profile", "wider", "released"}


def test_judge_takes_a_condition_as_the_table_of_the_people_who_meet_it():
    asked = Question(("age",), (("sex", "M"), ("means", "c")))

    verdict = asking.judge(asked, KNOWN)

    fewer = asking.judge(Question(("age",)), replace(KNOWN, people=3_000.0 * 0.3 * 0.2))
    assert verdict == fewer and verdict.cost is not None


def test_judge_offers_no_table_of_more_than_two_million_cells_whatever_may_be_spent():
    sizes = {"a": 1_000, "b": 2_000, "c": 3, "d": 666_667}
    known = replace(
        KNOWN,
        people=1e12,
        domain={name: tuple(map(str, range(size))) for name, size in sizes.items()},
        shares={name: np.full(size, 1.0 / size) for name, size in sizes.items()},
    )

    assert asking.judge(Question(("a", "b")), known).cost == 0.05
    assert asking.judge(Question(("c", "d")), known) == asking.Verdict(None, 0.0, 2_000_001)


def test_judge_tells_the_share_of_people_who_stand_in_figures_above_their_noise():
    # At the cost of .3 and the careful profile a figure is shown from about 45 persons on: the first three of five.
    known = replace(KNOWN, people=1_000.0, shares={"age": np.array([0.6, 0.2, 0.16, 0.02, 0.02])})

    assert asking.judge(Question(("age",), epsilon=0.3), known).visible == 0.96


def test_judge_pays_with_all_that_is_left_and_not_with_more():
    asked = Question(("sex",), epsilon=0.3)

    assert asking.judge(asked, replace(KNOWN, affordable=0.3)).cost == 0.3
    assert asking.judge(asked, replace(KNOWN, affordable=0.299999)).cost is None


def test_find_finest_finds_nothing_where_not_even_one_column_can_be_shown():
    assert asking.find_finest(Question(("area", "age")), replace(BY_REGION, people=20.0)) is None


@pytest.mark.parametrize(("profile", "sigmas"), [("accurate", 2.0), ("careful", 3.0)])
def test_judge_shows_a_figure_that_stands_just_at_the_limit_of_its_noise(profile, sigmas):
    limit = sigmas * budget.sigma_of(budget.rho_of(1.0, delta=1e-6))
    known = replace(KNOWN, people=limit, shares={"sex": np.ones(1)}, domain={"sex": ("F",)}, profile=profile)
    asked = Question(("sex",), epsilon=1.0)

    assert asking.judge(asked, known) == asking.Verdict(1.0, 1.0, 1)
    assert asking.judge(asked, replace(known, people=limit * (1.0 - 1e-9))) == asking.Verdict(None, 0.0, 1)


@pytest.mark.parametrize(("first", "cost"), [(0.5, 0.3), (0.499, None)])
def test_judge_is_content_with_half_of_the_people_and_not_with_less(first, cost):
    shares = np.array([first, *[(1.0 - first) / 64] * 64])
    known = replace(KNOWN, people=1_024.0, shares={"age": shares}, domain={"age": tuple(map(str, range(65)))})

    assert asking.judge(Question(("age",), epsilon=0.3), known).cost == cost


def test_judge_tells_the_share_of_people_to_a_thousandth_whether_it_is_enough_or_not():
    known = replace(KNOWN, people=1_000.0, domain={"age": tuple(map(str, range(40)))})
    enough = replace(known, shares={"age": np.array([0.9634, *[0.0366 / 39] * 39])})
    little = replace(known, shares={"age": np.array([0.3456, *[0.6544 / 39] * 39])})

    visible = [asking.judge(Question(("age",), epsilon=0.3), one).visible for one in (enough, little)]

    assert visible == [0.963, 0.346]


def test_judge_gives_for_nothing_only_what_is_out_already_as_it_is():
    out = replace(KNOWN, released=frozenset({frozenset({"sex", "age"})}), affordable=0.0)
    paying = replace(out, affordable=1.0)

    assert asking.judge(Question(("age", "sex")), out) == asking.Verdict(0.0, 1.0, 12)
    assert asking.judge(Question(("age", "sex"), epsilon=0.3), paying).cost == 0.3
    assert asking.judge(Question(("age", "sex"), (("means", "a"),)), paying).cost > 0.0
    assert asking.judge(Question(("sex",)), paying).cost == 0.05


def test_judge_offers_nothing_where_there_is_nobody():
    assert asking.judge(Question(("sex",)), replace(KNOWN, people=0.0)) == asking.Verdict(None, 0.0, 3)
