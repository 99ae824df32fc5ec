"""Do names tell who is who alike, whichever lists and records know the place and the sex?"""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding, facts, namesakes
from cauce.link.chance import expect_within
from cauce.link.lattice import FAMILY_INDEX
from cauce.link.levels import LEVELS, MISSING_DATE, PARTS, Cell
from cauce.link.matched import Matched
from cauce.link.meetings import CellCount
from cauce.link.name_forms import NAME_FORMS, Known, decode_name_form, know_otherwise
from cauce.recipes.join_lists import join_lists

KEY = bytes(range(32))
PEOPLE, SHARED = 900, 600


def mask_of(*families):
    return sum(1 << FAMILY_INDEX[f"name.{family}"] for family in families)


def test_a_name_shows_by_its_place_whether_others_bear_it_or_not():
    assert decode_name_form(mask_of("all", "all_place", "all_sex", "first")) == "all_place"
    assert decode_name_form(mask_of("all_place", "all_sex")) == "common_place"
    assert decode_name_form(mask_of("all_key", "first")) == "first"
    assert decode_name_form(mask_of("all_key", "all_key_place", "first")) == "all_key_place"
    assert decode_name_form(1 << FAMILY_INDEX["full.given"]) is None


SHARES = st.floats(0.05, 0.95)


@given(same=st.tuples(SHARES, SHARES), learnt=st.tuples(SHARES, SHARES), known=st.tuples(SHARES, SHARES))
def test_how_matches_show_is_the_same_again_once_as_many_know_their_place_again(same, learnt, known):
    learnt, known = Known(*learnt), Known(*known)
    every = know_otherwise({"all": 0.6, "all_key": 0.1}, learnt=Known(), known=Known(1.0, 1.0), matches=1e12)
    shares = every | {"common_place": 0.1 * same[0], "common_sex": 0.02 * same[1]}
    first = know_otherwise(shares, learnt=Known(1.0, 1.0), known=learnt, matches=1e12)

    second = know_otherwise(first, learnt=learnt, known=known, matches=1e12)
    again = know_otherwise(second, learnt=known, known=learnt, matches=1e12)

    assert set(again) <= set(NAME_FORMS)
    assert again == pytest.approx(first, abs=1e-9)


def test_where_nobody_knows_a_place_matches_show_by_name_and_sex_alone():
    shares = know_otherwise({"all_place": 0.4, "all": 0.2}, learnt=Known(0.8), known=Known(0.0, 1.0), matches=100)

    assert shares["all_place"] == 0
    assert shares["all_sex"] + shares["all"] == pytest.approx(0.6)


def test_where_half_as_many_know_a_place_half_as_many_show_by_it_and_those_of_common_names_too():
    shares = {"all_place": 0.4, "all": 0.2, "common_place": 0.1, "common_key_place": 0.02, "all_key_place": 0.05}

    halved = know_otherwise(shares, learnt=Known(0.8), known=Known(0.4), matches=1e12)

    assert [halved[form] / shares[form] for form in shares if form != "all"] == pytest.approx([0.5] * 4)
    assert sum(halved[form] for form in ("all_place", "all_sex", "all")) == pytest.approx(0.6)


def test_matches_that_know_a_place_more_often_than_strangers_are_believed_where_nothing_differs():
    shares = {"all_place": 0.59, "all_sex": 0.0, "all": 0.01, "common_place": 0.1}
    known = Known(0.3, 0.0)

    told = know_otherwise(shares, learnt=known, known=known, matches=300)

    assert {form: told[form] for form in shares} == pytest.approx(shares, abs=1e-3)


def test_a_place_known_of_hardly_any_match_tells_little_of_those_where_most_know_it():
    shares = {"all_place": 0.0, "all": 0.6, "common_place": 0.005}

    told = know_otherwise(shares, learnt=Known(0.01), known=Known(0.8), matches=200)

    assert told["all_place"] > 0.3
    assert told["common_place"] < 0.1


def test_the_share_that_knows_a_place_does_not_tell_of_few_undated_whether_they_do():
    names = [f"Ana {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    born = ["1990-02-01"] * 25 + [None]
    people = encoding.describe_people(names, names, born, place=["Lima"] * 13 + [None] * 13)

    gathered = facts.gather_facts(people, missing=np.array([0] * 25 + [MISSING_DATE]), rng=np.random.default_rng(1))

    assert gathered.known[0] == gathered.known[MISSING_DATE] == Known(0.5, 0.0)


def within(*, known, dated, undated):
    """The pairs of strangers expected within a list of 500, of whom these met with one name: two dates, or fewer."""
    counts = {Cell(0, "name", form): pairs for form, pairs in dated.items()}
    counts |= {Cell(MISSING_DATE, "name", form): pairs for form, pairs in undated.items()}
    nothing = dict.fromkeys((*PARTS, *LEVELS, "XX"), 1e-6)
    one = facts.Facts(500, {0: 0.5, MISSING_DATE: 0.5}, nothing, nothing, nothing, nothing, 0.0, known=known)
    expected = expect_within(counts, one, related=0.0)
    return {cell.form: pairs for cell, pairs in expected.items() if cell.missing == MISSING_DATE}


def test_namesakes_without_dates_live_in_one_place_as_often_as_those_with_dates():
    known = {0: Known(1.0), MISSING_DATE: Known(1.0)}

    expected = within(
        known=known,
        dated={"all_place": 2.0, "all": 38.0, "common_place": 6.0},
        undated={"all_place": 90.0, "all": 110.0, "common_place": 50.0},
    )

    # Three pairs of four lack a date: three times as many as have two.
    assert expected["all_place"] == pytest.approx(3 * 40 * 2.5 / 40.5)
    assert expected["all_place"] + expected["all"] == pytest.approx(3 * 40)
    assert expected["common_place"] == pytest.approx(3 * 6)


def test_where_only_undated_people_know_their_place_nobody_is_a_repeat_for_sharing_it():
    known = {0: Known(0.0), MISSING_DATE: Known(1.0)}

    expected = within(known=known, dated={"all": 40.0}, undated={"all_place": 30.0, "all": 60.0, "common_place": 50.0})

    # Of three pairs that lack a date, one knows both places.
    assert expected["all_place"] == pytest.approx(40)
    assert expected["common_place"] == 50


def facts_of(*, known, collisions, borne):
    """The aggregates of a list of 500 persons with dates."""
    met = {Cell(0, "name", form): pairs for form, pairs in collisions.items()}
    nothing = dict.fromkeys((*PARTS, *LEVELS, "XX"), 1e-6)
    return facts.Facts(500, {0: 1.0}, nothing, nothing, nothing, nothing, 0.0, met, borne, {0: known})


def test_strangers_of_two_regions_share_fewer_places_than_those_of_each():
    one = facts_of(known=Known(1.0, 0.0), collisions={"all_place": 50}, borne={})
    met = {Cell(0, "name", "all"): CellCount(100, {}, {})}

    assert namesakes.guess_same((one, one), {}).place == pytest.approx(1.0)
    assert namesakes.guess_same((one, one), met).place == pytest.approx(8 / 108)


def test_strangers_of_a_common_name_meet_in_its_place_less_those_of_a_rare_name():
    borne = {"all": (200, 30, 20), "all_place": (400, 25, 0)}
    one = facts_of(known=Known(1.0, 0.0), collisions={"all_place": 5, "common_place": 20}, borne=borne)
    cell = Cell(0, "name", "common_place")

    pairs = namesakes.count_namesakes(cell, (one, one), matched=Matched(), same=Known())

    # Twice the 25 pairs in one place, less twice the five of rare names, of which threes hide some.
    assert pairs == pytest.approx(2 * 25 - 2 * 5 / (1 + 3 * 20 / 30))


def test_matches_told_by_sex_are_more_where_fewer_places_are_known():
    shares = {"all_place": 0.3, "all_sex": 0.2, "all": 0.1, "common_sex": 0.05}

    told = know_otherwise(shares, learnt=Known(0.8, 0.9), known=Known(0.0, 0.9), matches=1e12)

    assert told["all_sex"] == pytest.approx(0.6 * 0.2 / 0.3)
    assert told["common_sex"] == pytest.approx(0.05 / (1 - 0.3 / 0.6))


def test_the_share_that_knows_a_place_is_of_persons_with_names():
    people = encoding.describe_people(
        ["Ana"] * 20 + [None] * 20, ["Paz"] * 40, ["1990-02-01"] * 40, place=["Lima"] * 20 + [None] * 20
    )

    gathered = facts.gather_facts(people, missing=np.array([0] * 20 + [1] * 20), rng=np.random.default_rng(1))

    assert gathered.known == {0: Known(1.0, 0.0), MISSING_DATE: Known(1.0, 0.0)}


def invent(seed, *, lists=3, dated=0.5):
    """Lists that share some people, half of the records with a date, and the place of each person."""
    rng = np.random.default_rng(seed)
    total = PEOPLE + (PEOPLE - SHARED) * (lists - 1)
    population = invent_population(total, languages=("es", "fr"), rng=rng)
    members = [np.arange(start, start + PEOPLE) for start in range(0, total - PEOPLE + 1, PEOPLE - SHARED)]
    made = invent_lists(population, members, errors=0.04, rng=rng)
    born = [[day if rng.random() < dated else None for day in one.born] for one in made]
    return made, born, rng.integers(1, 60, total).astype(str)


def link(made, born, places):
    """The linkage, and its true precision and recall."""
    lists = [
        encoding.encode_people(
            encoding.describe_people(one.given, one.surname, days, place=living),
            one.record_ids,
            list_code=code,
            key=KEY,
            rng=np.random.default_rng(1),
        )
        for one, days, living, code in zip(made, born, places, "abc", strict=False)
    ]
    joined = join_lists(lists, rng=np.random.default_rng(2))
    clusters = [joined.cluster[one.persons + start] for one, start in zip(lists, joined.starts, strict=False)]
    together, true, wanted = 0, 0, 0
    for (here, ones), (there, others) in combinations(zip(clusters, made, strict=True), 2):
        person_of = dict(zip(here.tolist(), ones.person.tolist(), strict=True))
        pairs = [
            (person_of[c], p) for c, p in zip(there.tolist(), others.person.tolist(), strict=True) if c in person_of
        ]
        together, true = together + len(pairs), true + sum(one == other for one, other in pairs)
        wanted += np.intersect1d(ones.person, others.person).size
    return joined, true / max(together, 1), true / wanted


@pytest.mark.parametrize("seed", [5, 6])
def test_three_lists_of_which_two_know_places_find_no_fewer_and_know_how_many(seed):
    made, born, place = invent(seed)
    living = [place[one.person].tolist() for one in made[:2]]

    _, _, recall_without = link(made, born, [None] * 3)
    joined, precision, recall = link(made, born, [*living, None])

    assert recall > recall_without - 0.01
    assert precision > 0.985
    assert abs(joined.recall.value - recall) <= 0.05
    assert joined.recall.lower <= recall <= joined.recall.upper


@pytest.mark.parametrize("seed", [1, 2])
def test_a_place_that_says_nothing_costs_no_links(seed):
    made, born, _ = invent(seed, lists=2)
    rng = np.random.default_rng(seed)

    _, _, recall_without = link(made, born, [None, None])
    joined, _, recall = link(made, born, [rng.choice(["Norte", "Sur"], PEOPLE).tolist() for _ in made])

    assert recall > recall_without - 0.05
    assert joined.recall.lower <= recall <= joined.recall.upper


def test_a_place_known_only_where_the_date_is_not_is_used_and_the_linkage_knows_how_good_it_is():
    made, born, place = invent(3, lists=2)
    living = [
        [None if day else str(place[p]) for p, day in zip(one.person, days, strict=True)]
        for one, days in zip(made, born, strict=True)
    ]

    _, _, recall_without = link(made, born, [None, None])
    joined, precision, recall = link(made, born, living)

    assert recall > recall_without - 0.01
    assert precision > 0.98
    assert joined.recall.lower <= recall <= joined.recall.upper
