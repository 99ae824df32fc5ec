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
from cauce.link.decisions import Decided
from cauce.link.duplicates import Repeats
from cauce.link.facts import Facts
from cauce.link.lattice import FAMILIES, write_texts
from cauce.link.people import People, describe_people
from cauce.link.tokens import Tokens, check_key, hash_texts, keep_singular, pad_tokens

__all__ = [
    "PARAMETERS",
    "Encoding",
    "HashedPeople",
    "describe_people",
    "encode_people",
    "fingerprint_key",
    "hash_people",
    "name_parameters",
    "repeats_of_list",
]

_FEW_REPEATS = 0.98
_DRAWS = 40

PARAMETERS: Mapping[str, str] = {
    "version": "4",
    "normalisation": "cauce-names-3",
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


@dataclass(frozen=True)
class HashedPeople:
    """Persons of a list as tokens, before any is dropped, and what each lacks. Only their owner may hold this."""

    tokens: Tokens
    missing: NDArray[np.int64]


def hash_people(people: People, *, key: bytes) -> HashedPeople:
    """The first step of encoding, which may be taken stretch by stretch of the list.

    In
        people   persons of one list
        key      at least 32 secret bytes that all partners share and the linking unit never has
    Out
        their tokens
    """
    described = list(people)
    tokens = hash_texts((write_texts(person) for person in described), key=key)
    return HashedPeople(tokens, facts_of.missing_patterns(described))


def encode_people(
    people: People,
    record_ids: Sequence[str],
    *,
    list_code: str,
    key: bytes,
    rng: np.random.Generator,
    hashed: HashedPeople | None = None,
    decided: Decided | None = None,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> Encoding:
    """The list as tokens and aggregates, shared tokens dropped and every row padded.

    In
        people         the persons of one list
        record_ids     their numbers, each once
        key            at least 32 secret bytes that all partners share and the linking unit never has
        rng            chooses the pairs over which chance agreement is measured
        hashed         their tokens, where `hash_people` made them already
        decided        what persons decided of the records
        random_bytes   fills the empty places
    Out
        the encoding, records that seem to be one person numbered alike
    """
    made = hashed or hash_people(people, key=key)
    repeats, facts = _find_repeats(people, made, rng=rng)
    persons = duplicates.number_persons(repeats.links, records=len(people), decided=decided)
    firsts = _firsts(persons)
    if facts.persons != firsts.size:
        facts = facts_of.gather_facts(people.take(firsts), missing=made.missing[firsts], rng=rng)
    missing = _lacked_by_all(made.missing, persons)
    facts = facts_of.count_collisions(facts, tokens=made.tokens, persons=persons, missing=missing)
    kept = keep_singular(made.tokens, persons=persons)
    return Encoding(
        list_code=list_code,
        record_ids=tuple(record_ids),
        persons=persons,
        missing=missing,
        tokens=pad_tokens(kept, random_bytes=random_bytes),
        facts=facts,
        parameters=PARAMETERS,
        fingerprint=fingerprint_key(key),
    )


def repeats_of_list(people: People, *, key: bytes, rng: np.random.Generator) -> Repeats:
    """Pairs of records of one list that may be one person.

    In
        people   the persons of the list as described
        key      any secret: the tokens are forgotten
        rng      chooses the pairs over which chance agreement is measured
    Out
        pairs of records, and how many the model expects
    """
    return _find_repeats(people, hash_people(people, key=key), draws=_DRAWS, rng=rng)[0]


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


def name_parameters(parameters: Mapping[str, str]) -> str:
    """How a list was encoded, in one word for an agreement.

    In
        parameters   as an encoding carries them
    Out
        version, normalisation and families

    >>> name_parameters({"version": "4", "normalisation": "cauce-names-3", "families": "0c"})
    '4/cauce-names-3/0c'
    """
    return "/".join(parameters.get(name, "") for name in PARAMETERS)


def _find_repeats(
    people: People, hashed: HashedPeople, *, draws: int = 0, rng: np.random.Generator
) -> tuple[Repeats, Facts]:
    """Twice where there are many: repeats make chance agreement look commoner than it is among persons."""
    facts = facts_of.gather_facts(people, missing=hashed.missing, rng=rng)
    repeats = duplicates.find_duplicates(hashed.tokens, facts, missing=hashed.missing, draws=draws, rng=rng)
    firsts = _firsts(duplicates.number_persons(repeats.links, records=len(people)))
    if firsts.size >= _FEW_REPEATS * len(people):
        return repeats, facts
    facts = facts_of.gather_facts(people.take(firsts), missing=hashed.missing[firsts], rng=rng)
    facts = replace(facts, persons=len(people))
    records_a_person = len(people) / firsts.size
    repeats = duplicates.find_duplicates(
        hashed.tokens, facts, missing=hashed.missing, records_a_person=records_a_person, draws=draws, rng=rng
    )
    return repeats, facts


def _firsts(persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the first record of each person."""
    return np.unique(persons, return_index=True)[1]


def _lacked_by_all(lacks: NDArray[np.int64], persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """(person,) what none of her records has."""
    missing = np.full(int(persons.max(initial=-1)) + 1, -1, dtype=np.int64)
    np.bitwise_and.at(missing, persons, lacks)
    return missing
