"""Which share of the pairs of two lists lacks which fields, or knows the place and the sex?"""

from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE
from cauce.link.name_forms import Known

__all__ = ["know_patterns", "share_known", "share_of_pattern", "share_patterns"]

_PATTERNS = 8


def share_of_pattern(missing: int, left: Facts, right: Facts) -> float:
    """Share of the pairs, one of each list, in which either lacks just these fields.

    In
        missing       sum of MISSING_...
        left, right   the aggregates of the lists
    Out
        a share

    >>> plain = Facts(2, {0: 0.5, 4: 0.5}, {}, {}, {}, {}, 0.0)
    >>> share_of_pattern(4, plain, plain)
    0.75
    """
    return sum(
        share * other
        for pattern, share in left.missing.items()
        for other_pattern, other in right.missing.items()
        if pattern | other_pattern == missing
    )


def share_known(missing: int, left: Facts, right: Facts) -> Known:
    """Share of the pairs, one of each list, with just these fields lacking, in which both know the place, and the sex.

    In
        missing       sum of MISSING_...
        left, right   the aggregates of the lists
    Out
        two shares

    >>> half = Facts(2, {0: 1.0}, {}, {}, {}, {}, 0.0, known={0: Known(0.5, 1.0)})
    >>> share_known(0, half, half)
    Known(place=0.25, sex=1.0)
    """
    place, sex = 0.0, 0.0
    for pattern, known in left.known.items():
        for other_pattern, other in right.known.items():
            if pattern | other_pattern == missing:
                share = left.missing.get(pattern, 0.0) * right.missing.get(other_pattern, 0.0)
                place, sex = place + share * known.place * other.place, sex + share * known.sex * other.sex
    pairs = max(share_of_pattern(missing, left, right), 1e-12)
    return Known(place / pairs, sex / pairs)


def share_patterns(lists: tuple[Facts, Facts]) -> dict[int, float]:
    """What is lacking (sum of MISSING_...) -> share of the pairs of two lists that lack just that.

    >>> plain = Facts(2, {0: 0.5, 4: 0.5}, {}, {}, {}, {}, 0.0)
    >>> share_patterns((plain, plain))[4]
    0.75
    """
    return {missing: share_of_pattern(missing, *lists) for missing in range(_PATTERNS)}


def know_patterns(lists: tuple[Facts, Facts]) -> dict[int, Known]:
    """What is lacking, of pairs with names -> share of such pairs in which both know the place, and the sex.

    >>> know_patterns((Facts(0, {}, {}, {}, {}, {}, 0.0),) * 2)[0]
    Known(place=0.0, sex=0.0)
    """
    return {missing: share_known(missing, *lists) for missing in (0, MISSING_DATE)}
