"""Are the people behind released records found by the record that is most like them?"""

import numpy as np
import pytest
from tests import attacked_gate
from tests.shared_data import shared_data

from cauce.protect.attacks import membership

BENCHMARK = "cases/release_benchmark.csv.gz"


def test_members_are_not_found_by_the_closest_invented_record():
    rng = np.random.default_rng(1)
    released, members, others = attacked_gate.split_alike(
        attacked_gate.made_people(rng, number=4_000), rng, targets=1_500
    )

    guess = membership.guess_members(members, others, records=attacked_gate.records_of(released, epsilon=4.0))

    assert guess.lower < 0.52
    assert guess.auc < 0.55


def test_members_are_found_where_their_own_rows_are_released():
    rng = np.random.default_rng(1)
    released, members, others = attacked_gate.split_alike(
        attacked_gate.made_people(rng, number=4_000), rng, targets=1_500
    )

    guess = membership.guess_members(members, others, records=released)

    assert guess.lower > 0.6


def test_members_are_found_where_a_few_of_their_rows_stray_into_the_records():
    rng = np.random.default_rng(1)
    released, members, others = attacked_gate.split_alike(
        attacked_gate.made_people(rng, number=4_000), rng, targets=1_500
    )
    records = attacked_gate.records_of(released, epsilon=4.0)

    guess = membership.guess_members(members, others, records=np.vstack([records, released[:500]]))

    assert guess.lower > 0.5


def test_guess_members_of_people_drawn_alike_covers_a_coin():
    rng, covered = np.random.default_rng(2), 0
    for _ in range(100):
        people = attacked_gate.made_people(rng, number=400)
        guess = membership.guess_members(
            people[:150], people[150:300], records=attacked_gate.made_people(rng, number=200), confidence=0.95
        )
        covered += guess.lower <= 0.5 <= guess.upper

    assert covered >= 88


@pytest.mark.slow
def test_members_of_the_release_benchmark_are_not_found_and_would_be_in_its_own_rows():
    rng = np.random.default_rng(1)
    released, members, others = attacked_gate.split_alike(
        attacked_gate.real_people(shared_data(BENCHMARK)), rng, targets=4_000
    )

    ours = membership.guess_members(members, others, records=attacked_gate.records_of(released, epsilon=4.0))
    verbatim = membership.guess_members(members, others, records=released)

    assert ours.auc < 0.53
    assert verbatim.lower > 0.6
