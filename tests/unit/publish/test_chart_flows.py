"""Do pictures of moves hold every area and corridor that they should, and nothing that cannot be drawn?"""

import re

import numpy as np
import pytest

from cauce.publish.chart_flows import ChartWords, Corridor, draw_corridors, draw_ring

WORDS = ChartWords("Movimientos", "1990-1995", "personas", "los demás")


def ring(size, **changes):
    table = np.random.default_rng(1).uniform(1, 9, (size, size)) * (1 - np.eye(size))
    return draw_ring(table, [f"Area {place}" for place in range(size)], words=WORDS, kind="svg").decode()


def test_ring_has_an_arc_for_each_area_and_a_ribbon_for_each_move():
    drawn = ring(4)

    assert {f"Area {place}" for place in range(4)} <= set(re.findall(r">([^<>]+)</text>", drawn))
    assert drawn.count("→") + drawn.count("<path") >= 4 + 12


def test_ring_gathers_the_small_areas_of_a_large_world():
    drawn = ring(40)

    names = re.findall(r">([^<>]+)</text>", drawn)
    assert "los demás" in names
    assert sum(name.startswith("Area") for name in names) == 10


def test_ring_of_no_moves_is_drawn_without_ribbons():
    drawn = draw_ring(np.zeros((3, 3)), ["A", "B", "C"], words=WORDS, kind="svg")

    assert b"NaN" not in drawn


def test_ring_leaves_negative_moves_out():
    table = np.array([[0.0, -5.0], [3.0, 0.0]])

    assert b"NaN" not in draw_ring(table, ["A", "B"], words=WORDS, kind="svg")


@pytest.mark.parametrize(("kind", "head"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_corridors_are_drawn_as_each_kind_of_file(kind, head):
    drawn = draw_corridors([Corridor("A", "B", 10.0, 8.0, 15.0)], words=WORDS, kind=kind)

    assert drawn.startswith(head)


def test_corridors_show_both_ends_and_the_words_given():
    drawn = draw_corridors([Corridor("Haití", "Chile", 10.0)], words=WORDS, kind="svg").decode()

    assert "Haití → Chile" in drawn
    assert "personas" in drawn and "Movimientos" in drawn
