import io
import json
from pathlib import Path

import numpy as np
import pytest

from cauce.protect import draws, noise, tables
from cauce.protect.left_counts import LeftCounts


def drawn_tables():
    return [
        tables.NoisyTable((), np.asarray(41), 2.0, 0.1, persons_repeat=False),
        tables.NoisyTable(("sex",), np.array([3, -4]), 2.5, 0.2, persons_repeat=False),
        tables.NoisyTable(("means", "age"), np.arange(6).reshape(2, 3), 1.25, 0.3, persons_repeat=True),
    ]


def test_a_draw_read_back_from_its_bytes_is_the_same_draw():
    histories = noise.Noised(np.array([5, -1, 7]), 3.0, 0.05)

    for drawn in (draws.Draw(drawn_tables(), histories), draws.Draw(drawn_tables(), None), draws.Draw([], histories)):
        again = draws.unpack(draws.pack(drawn))
        assert str(again) == str(drawn)
        assert [one.values.shape for one in again.tables] == [one.values.shape for one in drawn.tables]


def test_counts_that_left_read_back_from_their_bytes_are_the_same_and_name_no_column_that_did_not_leave():
    domain = {"b": ("u", "v", "w"), "a": ("x", "y"), "c": ("never", "left")}
    left = LeftCounts({("a",): np.array([12, -1]), (): np.asarray(40), ("b", "a"): np.arange(6).reshape(3, 2)}, domain)

    again = draws.unpack_counts(draws.pack_counts(left))

    assert again.domain == {"a": ("x", "y"), "b": ("u", "v", "w")}
    assert list(again.tables) == list(left.tables)
    assert all(np.array_equal(again.tables[by], left.tables[by]) for by in left.tables)


class _Touch:
    """What a pickle may hold: a command that runs when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("unpack", [draws.unpack, draws.unpack_counts])
def test_a_draw_that_somebody_wrote_with_a_command_in_it_is_not_read(tmp_path, unpack):
    told = {"tables": [{"by": ["a"], "sigma": 1.0, "rho": 0.1, "persons_repeat": False}], "histories": None}
    told = told if unpack is draws.unpack else {"tables": [["a"]], "domain": {"a": ["x"]}}
    description = np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)
    stream = io.BytesIO()
    np.savez(stream, description=description, table_0=np.array([_Touch(tmp_path / "touched")], dtype=object))

    with pytest.raises(ValueError, match="allow_pickle"):
        unpack(stream.getvalue())

    assert not (tmp_path / "touched").exists()
