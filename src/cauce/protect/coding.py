"""With which codes is each person counted? Decided in the engine, before any row could leave it.

A value without a public code becomes OUTSIDE, a missing one MISSING, so the engine never groups by a stranger's text.
A person with more values than count keeps some that depend on her own values alone: who else is in the table must
not move her from one cell to another, or one person could change many cells.
"""

from collections.abc import Mapping, Sequence

import ibis

__all__ = ["MISSING", "OUTSIDE", "SEPARATOR", "code_people", "list_columns"]

MISSING = "_U"
OUTSIDE = "_X"
# Between the values of one person; no code holds it.
SEPARATOR = "\x1f"


def code_people(
    people: ibis.Table, names: Sequence[str], *, domain: Mapping[str, Sequence[str]], values_per_person: int
) -> ibis.Table:
    """Every person by her codes, as one expression for every engine.

    In
        people              one row a person; columns of codes (text, or lists of text where a person has several)
        names               columns to keep
        domain              column -> its codes
        values_per_person   the most values of one column that a person is counted with
    Out
        table   the columns as text without nulls; several values in one text, with SEPARATOR between

    >>> people = ibis.memtable({"sex": ["F", None, "x"]})
    >>> code_people(people, ["sex"], domain={"sex": ["F"]}, values_per_person=1).to_pyarrow()["sex"].to_pylist()
    ['F', '_U', '_X']
    """
    several = list_columns(people, set(names))
    coded = people.select(
        **{name: (_code_list if name in several else _code)(people[name], domain[name]) for name in names}
    )
    if not several:
        return coded
    # One step after the other: written as one, each mention of a list would repeat the whole of its making.
    sets = coded.mutate(**{name: coded[name].unique().sort() for name in several})
    return sets.mutate(**{name: _keep_some(sets[name], most=values_per_person) for name in several})


def list_columns(people: ibis.Table, names: set[str]) -> set[str]:
    """Those of the columns where a person may have several values.

    In
        people   table, one row a person
        names    columns to look at
    Out
        names of those whose type is a list

    >>> list_columns(ibis.memtable({"a": [["x", "y"]], "b": ["x"]}), {"a", "b"})
    {'a'}
    """
    return {name for name in names if people[name].type().is_array()}


def _code(value: ibis.Value, codes: Sequence[str]) -> ibis.Value:
    text = value.cast("string")
    return ibis.cases((text.isnull(), MISSING), (text.isin(list(codes)), text), else_=OUTSIDE)


def _code_list(values: ibis.Value, codes: Sequence[str]) -> ibis.Value:
    told = values.map(lambda value: ibis.ifelse(value.isin(list(codes)), value, MISSING))
    return ibis.ifelse(values.isnull() | (values.length() == 0), ibis.array([MISSING]), told)


def _keep_some(values: ibis.Value, *, most: int) -> ibis.Value:
    # The first to count is not always the first of the alphabet: the values are a ring, entered at a place that the
    # length of the person's own codes decides.
    start = values.join("").length() % values.length()
    return values.concat(values)[start : start + ibis.least(values.length(), most)].join(SEPARATOR)
