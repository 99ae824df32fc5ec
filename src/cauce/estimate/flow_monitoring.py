"""How many crossings, and how many persons, do interviews at monitored points stand for?

A person may pass several points: she is counted once by sharing her weight among the points that she passed. What the
weights then estimate, and how surely, is answered by `survey`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cauce.standards.errors import Refusal

__all__ = ["share_weights", "weigh_crossings"]


def weigh_crossings(
    counted: ArrayLike, *, interviewed: ArrayLike, shifts_total: ArrayLike, shifts_drawn: ArrayLike
) -> NDArray[np.float64]:
    """How many crossings each interview stands for: (N / n) times (counted flow / interviews) of its shift.

    In
        counted       (interview,) float   persons seen passing during the shift
        interviewed   (interview,) float   interviews made in the shift
        shifts_total  (interview,) float   shifts that the point had in the period
        shifts_drawn  (interview,) float   shifts of the point in the sample
    Out
        (interview,) float   crossings
    Refuses
        estimate.flow_counts   fewer passed than were interviewed, or fewer shifts than were drawn
    Source
        IOM, Flow monitoring surveys; Lavallee, Indirect Sampling (2007); checked in tests/golden/test_survey.py

    >>> weigh_crossings([68], interviewed=[9], shifts_total=[270], shifts_drawn=[24])
    array([85.])
    """
    passed, asked, there_were, drawn = (
        np.asarray(column, dtype=np.float64) for column in (counted, interviewed, shifts_total, shifts_drawn)
    )
    bad = int(((asked <= 0) | (passed < asked) | (drawn <= 0) | (there_were < drawn)).sum())
    if bad:
        raise Refusal(
            "estimate.flow_counts",
            found="{count} interviews belong to a shift with more interviews than passers-by, or to too few shifts",
            wanted="at least as many persons counted as interviewed, and as many shifts as were drawn",
            remedy="Correct the counts of these shifts",
            count=bad,
        )
    weights: NDArray[np.float64] = there_were / drawn * passed / asked
    return weights


def share_weights(crossings: ArrayLike, points_passed: ArrayLike) -> NDArray[np.float64]:
    """How many persons each interview stands for: its crossings shared among the monitored points that she passed.

    In
        crossings      (interview,) float   as `weigh_crossings` gives them
        points_passed  (interview,) float   monitored points that the person passed, this one included
    Out
        (interview,) float   persons
    Refuses
        estimate.flow_points   somebody passed no point at all

    >>> share_weights([85.0, 85.0], [1, 2])
    array([85. , 42.5])
    """
    passed = np.asarray(points_passed, dtype=np.float64)
    bad = int((~(passed >= 1)).sum())
    if bad:
        raise Refusal(
            "estimate.flow_points",
            found="{count} interviews say that the person passed less than one monitored point",
            wanted="one or more points, the point of the interview included",
            remedy="Correct these answers, or ask again",
            count=bad,
        )
    shared: NDArray[np.float64] = np.asarray(crossings, dtype=np.float64) / passed
    return shared
