"""Do the intervals hold what the few pairs that met leave open?"""

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding, quality
from cauce.recipes.join_lists import join_lists

KEY = bytes(range(32))
PEOPLE, BOTH = 2_000, 100


def test_interval_of_recall_reaches_two_deviations_of_the_draws_either_way():
    matches = 100 * np.exp(np.random.default_rng(1).normal(0, 0.1, 4_000))

    _, recall = quality.rate_linkage(np.ones(60), matches=matches, total=100.0)

    assert recall.lower == pytest.approx(0.6 * np.exp(-0.196), rel=0.01)
    assert recall.upper == pytest.approx(0.6 * np.exp(0.196), rel=0.01)


@pytest.mark.parametrize("seed", [1, 3])
def test_recall_of_few_matches_among_many_people_lies_in_its_interval(seed):
    rng = np.random.default_rng(seed)
    total = 2 * PEOPLE - BOTH
    population = invent_population(total, languages=("es", "fr", "pt", "ar"), rng=rng)
    members = [np.arange(PEOPLE), np.arange(PEOPLE - BOTH, total)]
    lists = invent_lists(population, members, errors=0.04, rng=rng)
    place = rng.integers(0, 60, total).astype(str)
    encoded = [
        encoding.encode_people(
            encoding.describe_people(one.given, one.surname, [None] * PEOPLE, place=place[one.person].tolist()),
            one.record_ids,
            list_code=code,
            key=KEY,
            rng=np.random.default_rng(1),
        )
        for one, code in zip(lists, "ab", strict=True)
    ]

    joined = join_lists(encoded, rng=np.random.default_rng(2))

    here, there = (joined.cluster[one.persons + start] for one, start in zip(encoded, joined.starts, strict=False))
    person_of = dict(zip(here.tolist(), lists[0].person.tolist(), strict=True))
    recall = sum(person_of.get(c) == p for c, p in zip(there.tolist(), lists[1].person.tolist(), strict=True)) / BOTH
    assert recall > 0.5
    assert joined.recall.lower <= recall <= joined.recall.upper
