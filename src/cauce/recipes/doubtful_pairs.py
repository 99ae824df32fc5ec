"""Which pairs of records should a person look at, and what may she be told of them?

Pairs of two lists, and of one list, whose partner may hold a person twice. Told are the numbers of both records, how
likely they are one person, and in which fields they agree: never a name or a date.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import duplicates, encoding, evidence
from cauce.link.clusters import Links
from cauce.link.encoding import Encoding, HashedPeople
from cauce.link.evidence import Evidence
from cauce.link.people import People
from cauce.link.tokens import KEY_BYTES, Tokens
from cauce.recipes.join_lists import DOUBTFUL, JoinedLists

__all__ = ["COLUMNS", "find_doubtful_repeats", "tell_doubts"]

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


def find_doubtful_repeats(hashed: HashedPeople, one: Encoding, *, rng: np.random.Generator) -> Links:
    """The pairs of records of one list that may be one person or two, as sure as pairs of two lists are to be doubtful.

    In
        hashed   the persons of the list as tokens, before any is dropped
        one      their encoding, made with decisions heeded
        rng      the generator
    Out
        pairs of places in the list, of each two persons one
    """
    records = len(one.record_ids)
    repeats = duplicates.find_duplicates(
        hashed.tokens,
        replace(one.facts, persons=records, collisions={}, borne={}),
        missing=hashed.missing,
        records_a_person=records / one.missing.size,
        rng=rng,
    )
    return duplicates.choose_doubtful(repeats.links, one.persons, band=DOUBTFUL)


def tell_doubts(
    joined: JoinedLists,
    lists: Sequence[Encoding],
    *,
    people: Mapping[str, People],
    shown: Collection[str],
    repeats: Sequence[Links],
) -> pa.Table:
    """The doubtful pairs of a linkage, the likeliest first; between lists, each record of a person with several.

    In
        joined    the lists linked
        lists     their encodings
        people    list -> its people
        shown     lists whose names were compared
        repeats   (list,) pairs of places in the list, as `find_doubtful_repeats` gives them, those decided left out
    Out
        list_a, record_id_a, list_b, record_id_b, probability, and of given_name, surname and birth_date how they agree:
        same, alike, other, missing
    """
    compared = {code: people[code] for code in shown}
    parts = [_tell_pair(joined, lists, between, shown=compared) for between in joined.between]
    parts += [_tell_repeats(one, people[one.list_code], own) for one, own in zip(lists, repeats, strict=True)]
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
    chances = np.repeat(here.probability, [len(of_persons) for of_persons in pairs])
    return _tabulate(ends, places, told=told, chances=chances)


def _tell_repeats(one: Encoding, people: People, pairs: Links) -> pa.Table:
    """Told by all tokens of the list's own: its repeats were found before any was dropped."""
    places = np.stack([pairs.first, pairs.second], axis=1)
    hashed = encoding.hash_people(people.take(places.ravel()), key=secrets.token_bytes(KEY_BYTES))
    lefts, rights = slice(0, None, 2), slice(1, None, 2)
    lacks = hashed.missing[lefts] | hashed.missing[rights]
    told = evidence.tell_evidence(hashed.tokens[lefts], hashed.tokens[rights], lacks)
    return _tabulate((one, one), places, told=told, chances=pairs.probability)


def _tabulate(
    ends: tuple[Encoding, Encoding],
    places: NDArray[np.int64],
    *,
    told: Sequence[Evidence],
    chances: NDArray[np.float64],
) -> pa.Table:
    columns = [
        *(column for end in (0, 1) for column in _name_records(ends[end], places[:, end])),
        chances.round(3),
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
