"""Do several lists tell together what few of their pairs would tell wrongly alone?"""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding, facts
from cauce.recipes.join_lists import join_lists

KEY = bytes(range(32))
NUMBERS = 600
POPULATION = invent_population(640, languages=("es", "fr", "ar"), rng=np.random.default_rng(1))


def describe(one):
    return encoding.describe_people(one.given, one.surname, one.born)


def aggregates(people, *, persons):
    hashed = encoding.hash_people(people, key=KEY)
    firsts = np.unique(persons, return_index=True)[1]
    gathered = facts.gather_facts(people.take(firsts), missing=hashed.missing[firsts], rng=np.random.default_rng(2))
    return facts.count_collisions(gathered, tokens=hashed.tokens, persons=persons, missing=hashed.missing[firsts])


def test_persons_entered_twice_leave_the_collisions_of_a_list_as_they_are():
    rng = np.random.default_rng(5)
    population = invent_population(NUMBERS, languages=("es",), rng=rng)
    people = describe(invent_lists(population, [np.arange(NUMBERS)], errors=0, rng=rng)[0])
    doubled = people.take(np.tile(np.arange(NUMBERS), 2))

    once = aggregates(people, persons=np.arange(NUMBERS))
    again = aggregates(doubled, persons=np.tile(np.arange(NUMBERS), 2))

    assert sum(once.collisions.values()) > 20
    assert again.collisions == once.collisions


def encode_all(lists):
    return [
        encoding.encode_people(describe(one), one.record_ids, list_code=code, key=KEY, rng=np.random.default_rng(1))
        for one, code in zip(lists, "abcd", strict=False)
    ]


def true_recall(joined, lists):
    true = sum(np.intersect1d(one.person, other.person).size for one, other in combinations(lists, 2))
    numbers = np.concatenate([one.person for one in lists])
    together = joined.cluster[:, None] == joined.cluster
    return int(np.triu(together & (numbers[:, None] == numbers), 1).sum()) / true


def test_four_small_lists_know_the_recall_of_their_linkage():
    rng = np.random.default_rng(6)
    population = invent_population(2 * NUMBERS, languages=("es", "fr", "ar"), rng=rng)
    members = [rng.permutation(2 * NUMBERS)[:NUMBERS] for _ in range(4)]
    lists = invent_lists(population, members, errors=0.05, rng=rng)

    joined = join_lists(encode_all(lists), rng=np.random.default_rng(7))

    recall = true_recall(joined, lists)
    assert abs(joined.recall.value - recall) <= 0.02
    assert joined.recall.lower <= recall <= joined.recall.upper


def lack(one, name, *, but):
    return replace(one, **{name: [cell if place % but == 0 else "" for place, cell in enumerate(getattr(one, name))]})


@pytest.mark.parametrize("seed", [4, 11, 12])
def test_three_lists_know_their_recall_though_one_has_hardly_any_dates(seed):
    population = invent_population(2 * NUMBERS, languages=("es", "fr"), rng=np.random.default_rng(9))
    members = [np.arange(400), np.arange(200, 600), np.arange(100, 500)]
    first, *others = invent_lists(population, members, errors=0.08, rng=np.random.default_rng(seed))
    lists = [lack(first, "born", but=10), *others]

    joined = join_lists(encode_all(lists), rng=np.random.default_rng(2))

    recall = true_recall(joined, lists)
    assert abs(joined.recall.value - recall) <= 0.05
    assert joined.recall.lower <= recall <= joined.recall.upper


def test_persons_in_both_lists_are_counted_where_nobody_has_a_date():
    population = invent_population(NUMBERS, languages=("es", "fr"), rng=np.random.default_rng(9))
    lists = invent_lists(population, [np.arange(400), np.arange(300, 600)], errors=0.02, rng=np.random.default_rng(3))

    joined = join_lists(encode_all([lack(one, "born", but=1_000_000) for one in lists]), rng=np.random.default_rng(2))

    assert 50 <= np.median(joined.matches) <= 200


@pytest.mark.parametrize("seed", [2, 3])
def test_lists_of_few_names_and_dates_do_not_take_who_is_hidden_for_absent(seed):
    rng = np.random.default_rng(seed)
    given, surnames = ([person[place].split()[0] for person in POPULATION] for place in (1, 2))
    population = [
        (person[0], given[rng.integers(40)], surnames[rng.integers(160)], person[3])
        for person in invent_population(4_800, languages=("es", "fr", "ar"), rng=rng)
    ]
    lists = invent_lists(population, [np.arange(3_000), np.arange(1_800, 4_800)], errors=0.05, rng=rng)
    lists = [replace(one, born=[day if rng.random() < 0.1 else "" for day in one.born]) for one in lists]

    joined = join_lists(encode_all(lists), rng=np.random.default_rng(4))

    assert abs(joined.recall.value - true_recall(joined, lists)) <= 0.05
