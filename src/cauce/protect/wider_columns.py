"""How does a column of codes become one of wider categories? In the engine, before people are counted.

Which code lies in which wider one is public, and comes from the codelists.
"""

from collections.abc import Mapping

import ibis

from cauce.protect.counting import MISSING

__all__ = ["add_wider_columns"]


def add_wider_columns(people: ibis.Table, wider: Mapping[str, tuple[str, Mapping[str, str]]]) -> ibis.Table:
    """The people with further columns by wider categories; a code without one counts as missing.

    In
        people   one row a person
        wider    new column -> (column, code -> wider code)
    Out
        ibis.Table

    >>> people = ibis.memtable({"age": ["Y0T8", "Y9T17", None], "work": [["a", "b"], ["b"], None]})
    >>> codes = {"age@1": ("age", {"Y0T8": "Y0T17", "Y9T17": "Y0T17"}), "work@1": ("work", {"a": "z", "b": "z"})}
    >>> told = add_wider_columns(people, codes).to_pyarrow()
    >>> told["age@1"].to_pylist(), told["work@1"].to_pylist()
    (['Y0T17', 'Y0T17', None], [['z', 'z'], ['z'], None])
    """
    return people.mutate(**{name: _widened(people[column], codes) for name, (column, codes) in wider.items()})


def _widened(column: ibis.Value, codes: Mapping[str, str]) -> ibis.Value:
    pairs = list(codes.items())
    if column.type().is_array():
        return column.map(lambda value: value.cases(*pairs, else_=MISSING))
    return column.cast("string").cases(*pairs, else_=None)
