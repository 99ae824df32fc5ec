"""With which codes is each person counted? Decided in the engine, before any row could leave it.

A code becomes its place in the codelist: small numbers are grouped in half the time of texts, and a value without a
public code never becomes a group of its own.
A person with more values than count keeps some that depend on her own values alone: who else is in the table must
not move her from one cell to another, or one person could change many cells.
"""

from collections.abc import Mapping, Sequence

import ibis

__all__ = ["MISSING", "NOBODY", "OUTSIDE", "SEPARATOR", "code_people", "list_columns", "place_strangers"]

MISSING = "_U"
OUTSIDE = "_X"
NOBODY = -1
# Between the values of one person; no code holds it.
SEPARATOR = "\x1f"


def code_people(
    people: ibis.Table, names: Sequence[str], *, domain: Mapping[str, Sequence[str]], values_per_person: int
) -> ibis.Table:
    """Every person by her codes, as one expression for every engine.

    In
        people              one row a person; columns of codes (text, or lists of text where a person has several)
        names               columns to keep
        domain              column -> its codes in order, MISSING and OUTSIDE among them where they have a place
        values_per_person   the most values of one column that a person is counted with
    Out
        table   the columns without nulls: the place of the code, NOBODY where it has none; several values as one text
                of codes, with SEPARATOR between

    >>> people = ibis.memtable({"sex": ["F", None, "x"]})
    >>> coded = code_people(people, ["sex"], domain={"sex": ["F", "_U"]}, values_per_person=1)
    >>> coded.to_pyarrow()["sex"].to_pylist()
    [0, 1, 1]
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


def place_strangers(codes: Sequence[str]) -> int:
    """Where a value without a public code is counted: as OUTSIDE, else as missing, else as nobody.

    In
        codes   of one column, in order
    Out
        int   a place, or NOBODY

    >>> place_strangers(["F", "_U"]), place_strangers(["F"])
    (1, -1)
    """
    return next((codes.index(code) for code in (OUTSIDE, MISSING) if code in codes), NOBODY)


def _code(value: ibis.Value, codes: Sequence[str]) -> ibis.Value:
    text, missing = value.cast("string"), codes.index(MISSING) if MISSING in codes else NOBODY
    places = [(text == code, place) for place, code in enumerate(codes)]
    return ibis.cases((text.isnull(), missing), *places, else_=place_strangers(codes)).cast("int16")


def _code_list(values: ibis.Value, codes: Sequence[str]) -> ibis.Value:
    told = values.map(lambda value: ibis.ifelse(value.isin(list(codes)), value, MISSING))
    return ibis.ifelse(values.isnull() | (values.length() == 0), ibis.array([MISSING]), told)


def _keep_some(values: ibis.Value, *, most: int) -> ibis.Value:
    # The first to count is not always the first of the alphabet: the values are a ring, entered at a place that the
    # length of the person's own codes decides.
    start = values.join("").length() % values.length()
    return values.concat(values)[start : start + ibis.least(values.length(), most)].join(SEPARATOR)
