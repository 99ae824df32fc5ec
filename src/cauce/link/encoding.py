"""What does a partner hand over so that its list can be linked and nobody can be named?

An `Encoding`: one row of tokens for each record, which fields the record lacks, its group where the list holds a
person twice, and the aggregates of `facts`. `matching` joins encodings; none of this needs or holds the key.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from cauce.link import duplicates
from cauce.link import facts as facts_of
from cauce.link.birth_dates import read_birth_dates
from cauce.link.duplicates import Repeats
from cauce.link.facts import Facts
from cauce.link.lattice import FAMILIES, Person, write_texts
from cauce.link.names import describe_name
from cauce.link.tokens import Tokens, check_key, hash_texts, keep_singular, pad_tokens

__all__ = ["PARAMETERS", "Encoding", "describe_people", "encode_people", "fingerprint_key", "repeats_of_list"]

_FEW_REPEATS = 0.98

PARAMETERS: Mapping[str, str] = {
    "version": "1",
    "normalisation": "cauce-names-1",
    "families": blake2b(repr(FAMILIES).encode(), digest_size=8).hexdigest(),
}


@dataclass(frozen=True)
class Encoding:
    """One list, encoded.

    list_code      what the list is called
    record_ids     (record,) as the partner numbers them
    persons        (record,) the person of each record, numbered from 0
    missing        (person,) sum of MISSING_... for what each lacks
    tokens         (record, place) int64, padded
    facts          aggregates of the list
    parameters     how it was encoded: two lists link only if these are equal
    fingerprint    of the key: equal for equal keys, and says nothing else of it
    """

    list_code: str
    record_ids: tuple[str, ...]
    persons: NDArray[np.int64]
    missing: NDArray[np.int64]
    tokens: Tokens
    facts: Facts
    parameters: Mapping[str, str]
    fingerprint: str


def describe_people(
    given: Sequence[str | None], surname: Sequence[str | None], born: Sequence[str | None]
) -> list[Person]:
    """The persons of a list, ready to be compared; a field may be missing.

    In
        given, surname, born   (record,) the fields as written
    Out
        (record,) persons

    >>> describe_people(["Ana"], ["Paz Gil"], ["1990-02-01"])[0].surname.words
    ('paz', 'gil')
    """
    dates = read_birth_dates(born)
    return [
        Person(describe_name(first or "", is_given=True), describe_name(last or "", is_given=False), date)
        for first, last, date in zip(given, surname, dates, strict=True)
    ]


def encode_people(
    people: Sequence[Person],
    record_ids: Sequence[str],
    *,
    list_code: str,
    key: bytes,
    rng: np.random.Generator,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Encoding:
    """The list as tokens and aggregates, shared tokens dropped and every row padded.

    In
        people         the persons of one list
        record_ids     their numbers, each once
        key            at least 32 secret bytes that all partners share and the linking unit never has
        rng            chooses the pairs over which chance agreement is measured
        random_bytes   fills the empty places
    Out
        the encoding, records that seem to be one person numbered alike
    """
    before = hash_texts((write_texts(person) for person in people), key=key)
    repeats, facts = _find_repeats(people, before, rng=rng)
    persons = duplicates.number_persons(repeats.links, records=len(people))
    if facts.persons != persons.max(initial=-1) + 1:
        facts = facts_of.gather_facts(_firsts(people, persons), rng=rng)
    kept = keep_singular(before, persons=persons)
    missing = _lacked_by_all(facts_of.missing_patterns(people), persons)
    return Encoding(
        list_code=list_code,
        record_ids=tuple(record_ids),
        persons=persons,
        missing=missing,
        tokens=pad_tokens(kept, random_bytes=random_bytes),
        facts=facts_of.count_collisions(facts, tokens=before, persons=persons, missing=missing),
        parameters=PARAMETERS,
        fingerprint=fingerprint_key(key),
    )


def repeats_of_list(people: Sequence[Person], *, key: bytes, rng: np.random.Generator) -> Repeats:
    """Pairs of records of one list that may be one person.

    In
        people   the persons of the list as described
        key      any secret: the tokens are forgotten
        rng      chooses the pairs over which chance agreement is measured
    Out
        pairs of records, and how many the model expects
    """
    tokens = hash_texts((write_texts(person) for person in people), key=key)
    return _find_repeats(people, tokens, rng=rng)[0]


def fingerprint_key(key: bytes) -> str:
    """A number that is equal for equal keys and from which the key cannot be found.

    In
        key   at least 32 secret bytes
    Out
        16 hexadecimal digits

    >>> fingerprint_key(bytes(range(32))) == fingerprint_key(bytes(range(1, 33)))
    False
    """
    return blake2b(b"cauce link key", key=check_key(key), digest_size=8).hexdigest()


def _find_repeats(people: Sequence[Person], tokens: Tokens, *, rng: np.random.Generator) -> tuple[Repeats, Facts]:
    """Twice where there are many: repeats make chance agreement look commoner than it is among persons."""
    missing = facts_of.missing_patterns(people)
    facts = facts_of.gather_facts(people, rng=rng)
    repeats = duplicates.find_duplicates(tokens, facts, missing=missing)
    distinct = _firsts(people, duplicates.number_persons(repeats.links, records=len(people)))
    if len(distinct) > _FEW_REPEATS * len(people):
        return repeats, facts
    facts = replace(facts_of.gather_facts(distinct, rng=rng), persons=len(people))
    return duplicates.find_duplicates(tokens, facts, missing=missing), facts


def _firsts(people: Sequence[Person], persons: NDArray[np.int64]) -> list[Person]:
    """The first record of each person."""
    return [people[place] for place in np.unique(persons, return_index=True)[1]]


def _lacked_by_all(lacks: NDArray[np.int64], persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """(person,) what none of her records has."""
    missing = np.full(int(persons.max(initial=-1)) + 1, -1, dtype=np.int64)
    np.bitwise_and.at(missing, persons, lacks)
    return missing
