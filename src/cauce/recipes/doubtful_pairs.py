"""Which pairs of records should a person look at, and what may she be told of them?

The numbers of both records, how likely they are one person, and in which fields they agree: never a name or a date.
"""

import secrets
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import encoding, evidence
from cauce.link.encoding import Encoding
from cauce.link.people import People
from cauce.link.tokens import KEY_BYTES, Tokens
from cauce.recipes.join_lists import JoinedLists

__all__ = ["COLUMNS", "tell_doubts"]

COLUMNS = {
    "list_a": pa.string(),
    "record_id_a": pa.string(),
    "list_b": pa.string(),
    "record_id_b": pa.string(),
    "probability": pa.float64(),
    "given_name": pa.string(),
    "surname": pa.string(),
    "birth_date": pa.string(),
}


def tell_doubts(joined: JoinedLists, lists: Sequence[Encoding], *, shown: Mapping[str, People]) -> pa.Table:
    """The doubtful pairs of a linkage, the likeliest first; of a person with several records, each of them.

    In
        joined   the lists linked
        lists    their encodings
        shown    list -> its people, of lists whose names were compared
    Out
        list_a, record_id_a, list_b, record_id_b, probability, and of given_name, surname and birth_date how they agree:
        same, alike, other, missing
    """
    parts = [_tell_pair(joined, lists, between, shown=shown) for between in joined.between]
    whole = pa.concat_tables([pa.schema(list(COLUMNS.items())).empty_table(), *parts])
    return whole.sort_by([("probability", "descending"), *((name, "ascending") for name in list(COLUMNS)[:4])])


def _tell_pair(
    joined: JoinedLists, lists: Sequence[Encoding], between: tuple[int, int], *, shown: Mapping[str, People]
) -> pa.Table:
    left, right = between
    ends = (lists[left], lists[right])
    doubts = joined.doubts
    here = doubts.take((joined.lists[doubts.first] == left) & (joined.lists[doubts.second] == right))
    persons = (here.first - joined.starts[left], here.second - joined.starts[right])
    records = [_records_of(one.persons, person) for one, person in zip(ends, persons, strict=True)]
    pairs = [list(product(first, second)) for first, second in zip(*records, strict=True)]
    places = np.array([pair for of_persons in pairs for pair in of_persons], dtype=np.int64).reshape(-1, 2)
    told = evidence.tell_evidence(
        *_tokens_of(ends, places, shown=shown), _lacks(ends[0], places[:, 0]) | _lacks(ends[1], places[:, 1])
    )
    columns = [
        *(column for end in (0, 1) for column in _name_records(ends[end], places[:, end])),
        np.repeat(here.probability, [len(of_persons) for of_persons in pairs]).round(3),
        *([getattr(one, field) for one in told] for field in list(COLUMNS)[5:]),
    ]
    return pa.table({name: pa.array(cells, COLUMNS[name]) for name, cells in zip(COLUMNS, columns, strict=True)})


def _records_of(persons: NDArray[np.int64], wanted: NDArray[np.int64]) -> list[list[int]]:
    """The places of the records of each person wanted."""
    order = np.argsort(persons, kind="stable")
    starts, ends = (np.searchsorted(persons[order], wanted, side=side) for side in ("left", "right"))
    return [order[start:end].tolist() for start, end in zip(starts, ends, strict=True)]


def _name_records(one: Encoding, places: NDArray[np.int64]) -> tuple[list[str], list[str]]:
    return [one.list_code] * places.size, [one.record_ids[place] for place in places]


def _lacks(one: Encoding, places: NDArray[np.int64]) -> NDArray[np.int64]:
    return one.missing[one.persons[places]]


def _tokens_of(
    ends: tuple[Encoding, Encoding], places: NDArray[np.int64], *, shown: Mapping[str, People]
) -> tuple[Tokens, Tokens]:
    """The tokens of both records of each pair; where names were compared, those too that their lists dropped."""
    left, right = (one.tokens[places[:, end]] for end, one in enumerate(ends))
    if all(one.list_code in shown for one in ends):
        key = secrets.token_bytes(KEY_BYTES)
        people = [shown[one.list_code].take(places[:, end]) for end, one in enumerate(ends)]
        left, right = (encoding.hash_people(some, key=key).tokens for some in people)
    return left, right
