"""Do bars, whiskers and ticks stand where their figures say?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.publish.cleared_samples import LABELS, big_table, table_of

from cauce.publish.bars import draw_bars, draw_intervals
from cauce.publish.layouts import lay_out

figures = st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)).map(
    lambda pair: ("any", pair[0], max(0, pair[0] - pair[1]), pair[0] + pair[1])
)


@given(st.lists(figures, min_size=1, max_size=30))
def test_bars_stay_within_the_picture_and_in_proportion(estimates):
    picture = draw_intervals(estimates)

    bars = [bar for group in picture.groups for bar in group.bars]
    assert all(0 <= bar.low <= bar.length + 0.01 and bar.length <= bar.high + 0.01 <= 84.02 for bar in bars)
    assert picture.ticks[-1][1] >= max(bar.upper for bar in bars)
    assert len(picture.ticks) <= 6


def test_bars_do_not_overlap_each_other():
    picture = draw_bars(lay_out(big_table(areas=12, values=12), LABELS, "en"))

    tops = [bar.top for group in picture.groups for bar in group.bars]
    assert all(later - earlier >= 18 for earlier, later in zip(tops, tops[1:], strict=False))
    assert picture.height > tops[-1] + 14


def test_bars_say_how_many_figures_they_leave_out():
    picture = draw_bars(lay_out(big_table(areas=100, values=50), LABELS, "en"))

    assert len(picture.groups) == 20
    assert picture.left_out == 30


def test_bars_name_only_the_colours_they_use():
    picture = draw_bars(lay_out(big_table(areas=12, values=12), LABELS, "en"))

    assert picture.series == ((0, "Female"), (1, "Male"))


@pytest.mark.parametrize("status", ["Q", "O"])
def test_bars_are_not_drawn_of_figures_that_are_not_there(status):
    table = table_of(["prs_Gender"], [("Feminine", None, None, None, status)])

    assert draw_bars(lay_out(table, LABELS, "en")) is None
