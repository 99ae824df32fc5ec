"""Which pairs of records of one list are doubtful?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.link.clusters import Links
from cauce.link.duplicates import choose_doubtful, number_persons

BAND = (0.05, 0.95)


def links_of(*pairs):
    first, second, chance = zip(*pairs, strict=True)
    return Links(np.array(first), np.array(second), np.array(chance, dtype=float))


def doubtful(links, *, records, band=BAND):
    chosen = choose_doubtful(links, number_persons(links, records=records), band=band)
    return list(zip(chosen.first.tolist(), chosen.second.tolist(), chosen.probability.tolist(), strict=True))


def test_choose_doubtful_leaves_out_what_is_clear_either_way():
    links = links_of((0, 1, 0.999), (2, 3, 0.04), (4, 5, 0.3))

    assert doubtful(links, records=6) == [(4, 5, 0.3)]


def test_choose_doubtful_asks_once_about_two_persons_of_several_records():
    links = links_of((0, 1, 0.999), (2, 3, 0.999), (0, 2, 0.3), (0, 3, 0.5), (1, 2, 0.7), (1, 3, 0.6))

    assert doubtful(links, records=4) == [(1, 2, 0.7)]


def test_choose_doubtful_does_not_ask_about_records_that_surer_links_put_together():
    links = links_of((0, 1, 0.999), (1, 2, 0.998), (0, 2, 0.4))

    assert doubtful(links, records=3) == []


def test_choose_doubtful_asks_about_records_put_together_by_a_doubtful_link():
    links = links_of((0, 1, 0.94), *((place, place + 1, 0.9999) for place in range(2, 42, 2)))

    assert number_persons(links, records=42)[:2].tolist() == [0, 0]
    assert doubtful(links, records=42) == [(0, 1, 0.94)]


def test_choose_doubtful_finds_nothing_where_nothing_met():
    nothing = Links(np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0))

    assert doubtful(nothing, records=3) == []


@pytest.mark.parametrize("least", [0.0, 0.2])
@given(
    chances=st.dictionaries(
        st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda ends: ends[0] < ends[1]),
        st.floats(0.01, 1.0),
        min_size=1,
    )
)
def test_choose_doubtful_asks_at_most_once_about_two_persons_and_only_within_the_band(chances, least):
    links = links_of(*((*ends, chance) for ends, chance in chances.items()))
    persons = number_persons(links, records=7)

    asked = doubtful(links, records=7, band=(least, 0.95))

    between = [tuple(sorted(persons[[one, other]])) for one, other, _ in asked if persons[one] != persons[other]]
    assert len(between) == len(set(between))
    assert all(least <= chance < 0.95 and chance >= chances[one, other] for one, other, chance in asked)
