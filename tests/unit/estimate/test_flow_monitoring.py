"""Do interviews at monitored points stand for crossings, and persons be counted once?"""

import numpy as np
import pytest

from cauce.estimate.flow_monitoring import share_weights, weigh_crossings
from cauce.standards.errors import Refusal


def test_crossings_of_a_shift_add_up_to_its_counted_flow_times_the_shifts():
    weights = weigh_crossings([60] * 3, interviewed=[3] * 3, shifts_total=[40] * 3, shifts_drawn=[8] * 3)

    assert weights.sum() == 60 * 40 / 8


def test_persons_who_pass_every_point_are_counted_once():
    at_each_of_two_points = np.array([100.0, 100.0])

    assert share_weights(at_each_of_two_points, [2, 2]).sum() == 100


@pytest.mark.parametrize(
    ("counted", "interviewed", "there_were", "drawn"), [(5, 6, 10, 2), (5, 0, 10, 2), (5, 5, 1, 2), (5, 5, 1, 0)]
)
def test_crossings_refuse_counts_that_contradict_each_other(counted, interviewed, there_were, drawn):
    with pytest.raises(Refusal) as refusal:
        weigh_crossings([counted], interviewed=[interviewed], shifts_total=[there_were], shifts_drawn=[drawn])

    assert refusal.value.code == "estimate.flow_counts"


def test_persons_refuse_somebody_who_passed_no_point():
    with pytest.raises(Refusal) as refusal:
        share_weights([10.0], [0])

    assert refusal.value.code == "estimate.flow_points"
