"""Is the worked example of two rounds told as four figures, and never as one?"""

from cauce.estimate.rounds import compare_rounds, describe_round


def test_rounds_of_the_worked_example_are_compared_like_for_like():
    first = describe_round(["A", "B", "C"], [100, 200, 300])
    second = describe_round(
        ["A", "B", "C", "D"],
        [120, float("nan"), 0, 500],
        statuses=["assessed", "not_assessed", "closed", "assessed"],
    )

    told = compare_rounds(first, second)

    assert (told.like_for_like, told.newly_covered, told.closed) == (-280, 500, -300)
    assert (told.not_assessed.sites, told.not_assessed.last_known) == (1, 200)
    assert told.not_assessed.lower <= 200 <= told.not_assessed.upper
