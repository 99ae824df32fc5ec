"""Do links keep to what persons decided, whatever their probability and through whomever records meet?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.link.assignment import Pairs, weigh_rivals
from cauce.link.clusters import Links, join_clusters
from cauce.link.decisions import settle_decisions, settle_pairs
from cauce.link.duplicates import number_persons

NONE = np.zeros((0, 2), dtype=np.int64)


def links_of(*pairs):
    first, second, chance = zip(*pairs, strict=True)
    return Links(np.array(first), np.array(second), np.array(chance, dtype=float))


def test_join_clusters_cuts_the_weakest_link_when_a_third_record_joins_two_kept_apart():
    links = links_of((0, 1, 0.99), (1, 2, 0.97))
    decided = settle_decisions(NONE, np.array([[0, 2]]), records=3)

    clusters = join_clusters(links, lists=np.array([0, 1, 2]), decided=decided)

    assert clusters.tolist() == [0, 0, 2]


def test_join_clusters_keeps_apart_whoever_joined_one_of_two_kept_apart():
    links = links_of((0, 1, 0.99), (2, 3, 0.98), (1, 3, 0.97))
    decided = settle_decisions(NONE, np.array([[0, 2]]), records=4)

    clusters = join_clusters(links, lists=np.arange(4), decided=decided)

    assert clusters.tolist() == [0, 0, 2, 2]


def test_join_clusters_joins_records_decided_to_be_one_person_without_any_link():
    decided = settle_decisions(np.array([[0, 2], [2, 3]]), NONE, records=4)

    clusters = join_clusters(links_of((1, 2, 0.5)), records=4, decided=decided)

    assert clusters.tolist() == [0, 0, 0, 0]


def test_join_clusters_leaves_out_a_second_record_of_a_list_beside_a_decided_one():
    decided = settle_decisions(np.array([[0, 2]]), NONE, records=3)

    clusters = join_clusters(links_of((1, 2, 0.999)), lists=np.array([0, 0, 1]), decided=decided)

    assert clusters.tolist() == [0, 1, 0]


def test_settle_pairs_frees_the_rival_of_a_pair_that_is_ruled_out():
    met = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([0.9, 0.9]))
    decided = settle_decisions(NONE, np.array([[0, 1]]), records=3)

    settled = weigh_rivals(settle_pairs(met, decided.at(np.array([0])), decided.at(np.array([1, 2]))))

    assert settled.right.tolist() == [1] and settled.probability[0] == pytest.approx(0.9)


def test_settle_pairs_makes_a_decided_pair_sure_and_its_rivals_hopeless():
    met = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([0.9, 0.2]))
    decided = settle_decisions(np.array([[0, 2]]), NONE, records=3)

    settled = weigh_rivals(settle_pairs(met, decided.at(np.array([0])), decided.at(np.array([1, 2]))))

    chances = dict(zip(settled.right.tolist(), settled.probability.tolist(), strict=True))
    assert chances[1] > 0.999999 and chances[0] < 1e-6


def test_unite_carries_what_is_decided_of_a_record_to_those_of_the_same_person():
    decided = settle_decisions(np.array([[0, 2]]), np.array([[1, 3]]), records=4)

    united = decided.unite(np.array([0, 1]), np.array([0, 0]))

    assert united.group[0] == united.group[1] == united.group[2]
    assert united.apart.tolist() == [sorted([united.group[0], united.group[3]])]


def test_number_persons_splits_repeats_that_are_decided_to_be_two_persons():
    decided = settle_decisions(NONE, np.array([[0, 1]]), records=3)

    persons = number_persons(links_of((0, 1, 0.999), (1, 2, 0.998)), records=3, decided=decided)

    assert persons.tolist() == [0, 1, 1]


def test_number_persons_joins_repeats_of_which_hardly_one_is_surer_than_the_precision_wanted():
    likely = [(2 * pair, 2 * pair + 1, 0.985) for pair in range(40)]

    persons = number_persons(links_of(*likely, (80, 81, 0.999), (82, 83, 0.6)), records=84)

    assert persons.max() + 1 == 84 - 41


def test_number_persons_leaves_likely_repeats_alone_where_they_add_little():
    sure = [(2 * pair, 2 * pair + 1, 0.9999) for pair in range(40)]
    likely = [(80 + 2 * pair, 81 + 2 * pair, 0.93) for pair in range(4)]

    persons = number_persons(links_of(*sure, *likely), records=88)

    assert persons.max() + 1 == 88 - 40


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=12)


@given(same=PAIRS, different=PAIRS, linked=PAIRS)
def test_join_clusters_breaks_no_decision_that_the_others_do_not_contradict(same, different, linked):
    decided = settle_decisions(np.array(same, dtype=int).reshape(-1, 2), np.array(different, dtype=int), records=10)
    standing = [pair for pair in different if decided.group[pair[0]] != decided.group[pair[1]]]
    links = links_of(*((*pair, 0.9 - place / 100) for place, pair in enumerate([*linked, (0, 1)])))

    clusters = join_clusters(links, records=10, decided=decided)

    assert all(clusters[one] == clusters[other] for one, other in same)
    assert all(clusters[one] != clusters[other] for one, other in standing)
