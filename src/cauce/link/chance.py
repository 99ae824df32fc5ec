"""How many pairs of different persons would meet in each cell by chance?

From the aggregates of both lists: the levels as if independent, corrected by the pairs of different persons that met
in that cell within each list (twins, relatives, common names).
"""

from collections.abc import Mapping, Sequence

from cauce.link.facts import Facts
from cauce.link.levels import Cell

__all__ = ["count_chance_meetings", "share_of_pattern"]

_PRIOR_PAIRS = 2.0
_LEAST_SHARE = 0.25
_LEAST_DOUBLES = 0.5


def count_chance_meetings(
    cells: Sequence[Cell],
    left: Facts,
    right: Facts,
    *,
    matches: float,
    same_name: Mapping[str, float],
) -> dict[Cell, float]:
    """Expected pairs of different persons, one of each list, in each cell.

    In
        cells       the cells wanted
        left, right the aggregates of the lists
        matches     persons in both lists, as far as known by now
        same_name   name-only form -> chance that two records of one person are equal in it
    Out
        cell -> pairs
    """
    return {
        cell: _by_name(cell, left, right, matches=matches, same_name=same_name)
        if cell.part == "name"
        else _by_date(cell, left, right)
        for cell in cells
    }


def share_of_pattern(missing: int, left: Facts, right: Facts) -> float:
    """Share of the pairs, one of each list, in which either lacks just these fields.

    >>> plain = Facts(2, {0: 0.5, 4: 0.5}, {}, {}, {}, 0.0)
    >>> share_of_pattern(4, plain, plain)
    0.75
    """
    return sum(
        share * other
        for pattern, share in left.missing.items()
        for other_pattern, other in right.missing.items()
        if pattern | other_pattern == missing
    )


def _by_date(cell: Cell, left: Facts, right: Facts) -> float:
    alone = [_chance(cell, facts) for facts in (left, right)]
    prior = max((alone[0] * left.persons + alone[1] * right.persons) / max(left.persons + right.persons, 1), 1e-14)
    exposure, met = 0.0, 0
    for facts in (left, right):
        exposure += facts.persons * (facts.persons - 1) / 2 * share_of_pattern(cell.missing, facts, facts)
        met += facts.collisions.get(cell, 0)
    rate = (met + _PRIOR_PAIRS) / (exposure + _PRIOR_PAIRS / prior)
    return rate * left.persons * right.persons * max(share_of_pattern(cell.missing, left, right), 1e-12)


def _chance(cell: Cell, facts: Facts) -> float:
    return facts.dates[cell.part] * _form_chance(cell.form, facts)


def _form_chance(form: str, facts: Facts) -> float:
    given, surname = facts.given, facts.surname
    if len(form) == 2:
        return given.get(form[0], 1.0) * surname.get(form[1], 1.0)
    both = given["X"] * surname["X"]
    sound = (given["X"] + given["K"]) * (surname["X"] + surname["K"]) - both
    return {
        "crossed": facts.crossing**2,
        "half": 2 * facts.crossing,
        "both": both,
        "both_key": sound + facts.crossing**2,
        "surname_in_part": given["X"] * (surname["D"] + surname["P"]),
        "given_in_part": surname["X"] * (given["D"] + given["P"]),
    }[form]


def _by_name(cell: Cell, left: Facts, right: Facts, *, matches: float, same_name: Mapping[str, float]) -> float:
    """Names that one person bears in each list: a few of them are two persons, as the names borne by two tell."""
    from_left = _chance_of_singles(cell.form, left, ratio=right.persons / max(left.persons, 1))
    from_right = _chance_of_singles(cell.form, right, ratio=left.persons / max(right.persons, 1))
    # A person in both lists meets a namesake only if her own two records differ, and then hers is seldom a name at all.
    differs = (1 - same_name.get(cell.form, 0.0)) / 2
    free = 1.0
    for facts in (left, right):
        free *= 1 - min(matches / max(facts.persons, 1), 1.0) * (1 - differs)
    return (from_left + from_right) / 2 * free * share_of_pattern(cell.missing, left, right)


def _chance_of_singles(form: str, facts: Facts, *, ratio: float) -> float:
    _, twos, threes = facts.borne[form]
    of_all = facts.borne["all"][1] if form != "all" else 0
    own = max(twos - of_all, _LEAST_SHARE * twos, _LEAST_DOUBLES)
    return 2 * own * ratio / (1 + 3 * ratio * threes / max(twos, 1))
