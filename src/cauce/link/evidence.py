"""In which fields do two records agree, in words that a person can judge by and that tell no name and no date?

Told by tokens alone, so that it can be told of lists whose names nobody may see; how likely a pair is, `pairing` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cauce.link import levels
from cauce.link.lattice import FAMILIES, FAMILY_INDEX
from cauce.link.levels import MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME
from cauce.link.tokens import EMPTY, FAMILY_BOUNDS, Tokens

__all__ = ["Agreement", "Evidence", "tell_evidence"]

Agreement = Literal["same", "alike", "other", "missing"]

_ANY_KEY = 1 << FAMILY_INDEX["full.any_key"]


@dataclass(frozen=True)
class Evidence:
    """How two records agree.

    same      a word of the name or all of it, in whichever column; the whole date
    alike     a sound, one letter away, the first or last letters, an initial; a part of the date
    other     nothing shows that they agree
    missing   one of the two lacks it
    """

    given_name: Agreement
    surname: Agreement
    birth_date: Agreement


def tell_evidence(left: Tokens, right: Tokens, missing: NDArray[np.int64]) -> list[Evidence]:
    """How the two records of each pair agree.

    In
        left, right   (pair, place) the tokens of both records
        missing       (pair,) sum of MISSING_... for what either lacks
    Out
        (pair,) evidence

    >>> from cauce.link.encoding import describe_people, hash_people
    >>> people = describe_people(["Ana", "Anna"], ["Paz", "Gil"], ["1990-02-01", "1990-02-01"])
    >>> tokens = hash_people(people, key=bytes(range(32))).tokens
    >>> tell_evidence(tokens[:1], tokens[1:], np.array([0]))
    [Evidence(given_name='alike', surname='other', birth_date='same')]
    """
    masks = _find_shared(left, right).tolist()
    return [_put_in_words(mask, lacks) for mask, lacks in zip(masks, missing.tolist(), strict=True)]


def _find_shared(left: Tokens, right: Tokens) -> NDArray[np.int64]:
    """(pair,) one bit for each family in which the two have an equal token."""
    masks = np.zeros(len(left), dtype=np.int64)
    for index, (start, end) in enumerate(FAMILY_BOUNDS):
        ones, others = left[:, start:end, None], right[:, None, start:end]
        masks |= ((ones == others) & (ones != EMPTY)).any(axis=(1, 2)).astype(np.int64) << index
    return masks


def _put_in_words(mask: int, lacks: int) -> Evidence:
    given, surname = (levels.name_level(mask, field) for field in ("given", "surname"))
    if given + surname == "--" and mask & _ANY_KEY:
        given = surname = "K"
    return Evidence(
        given_name="missing" if lacks & MISSING_GIVEN else _word(given, whole="X"),
        surname="missing" if lacks & MISSING_SURNAME else _word(surname, whole="X"),
        birth_date="missing" if lacks & MISSING_DATE else _word(_part(mask), whole="full"),
    )


def _word(level: str, *, whole: str) -> Agreement:
    if level == whole:
        return "same"
    return "other" if level in ("-", "name") else "alike"


def _part(mask: int) -> str:
    shared: Sequence[str] = [family.name for index, family in enumerate(FAMILIES) if mask >> index & 1]
    return next((part for part in levels.PARTS if any(name.startswith(f"{part}.") for name in shared)), "name")
