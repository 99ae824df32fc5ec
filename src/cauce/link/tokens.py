"""How do texts about a person become tokens that only holders of the key can make, and that betray no habit of names?

A token is a keyed BLAKE2b of 64 bits of family and text. A family with fewer texts than places is filled with tokens of
all its texts together: two equal names share every token, however long they are and however many words they have. The
owner drops those that two persons of her list share, and fills the places left with random ones: every record carries
as many tokens of each family, and no two of them are equal.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from cauce.link.lattice import FAMILIES, WIDTH, Family
from cauce.standards.errors import Refusal

__all__ = [
    "EMPTY",
    "FAMILY_BOUNDS",
    "FAMILY_OF_PLACE",
    "KEY_BYTES",
    "TOKEN_BYTES",
    "Tokens",
    "check_key",
    "hash_texts",
    "pad_tokens",
    "keep_singular",
]

Tokens = NDArray[np.int64]
EMPTY = 0
KEY_BYTES = 32
TOKEN_BYTES = 8
FAMILY_OF_PLACE = np.repeat(np.arange(len(FAMILIES)), [family.width for family in FAMILIES])
FAMILY_BOUNDS = tuple(pairwise(accumulate((family.width for family in FAMILIES), initial=0)))
_OF_TEXT, _OF_ALL = b"\0", b"\1"
_TOKENS_AT_ONCE = 8
_LONGEST_KEY = 64


def check_key(key: bytes) -> bytes:
    """The key itself, shortened to what BLAKE2b takes where it is longer.

    In
        key   as read from the key file
    Out
        at most 64 bytes
    Refuses
        link.short_key   fewer than 32 bytes

    >>> len(check_key(bytes(range(100))))
    64
    """
    if len(key) < KEY_BYTES or len(set(key)) < 2:
        raise Refusal(
            "link.short_key",
            found="The key has {count} bytes, or all of them are the same",
            wanted="at least {least} secret bytes, drawn at random",
            remedy="Make one with: head -c 32 /dev/urandom > link.key, and give it to the other partners by hand",
            count=len(key),
            least=KEY_BYTES,
        )
    return key if len(key) <= _LONGEST_KEY else blake2b(key, digest_size=_LONGEST_KEY).digest()


def hash_texts(records: Iterable[Sequence[tuple[str, ...]]], *, key: bytes) -> Tokens:
    """The tokens of each record, a row each; EMPTY where a family has no text.

    In
        records   for each record the texts of each family, as `lattice.write_texts` gives them
        key       at least 32 secret bytes, the same for all partners
    Out
        (record, place) int64

    >>> hash_texts([[("1990|ana",)] + [()] * (len(FAMILIES) - 1)], key=bytes(range(32))).shape == (1, WIDTH)
    True
    """
    secret = check_key(key)
    plan = [_Maker.of(family, secret) for family in FAMILIES]
    blocks, digests = [], []
    for record in records:
        for maker, texts in zip(plan, record, strict=True):
            digests.append(maker.make(texts) if texts else maker.nothing)
        if len(digests) >= len(FAMILIES) * 10_000:
            blocks.append(np.frombuffer(b"".join(digests), dtype=np.int64))
            digests = []
    blocks.append(np.frombuffer(b"".join(digests), dtype=np.int64))
    return np.concatenate(blocks).reshape(-1, WIDTH)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the tokens of one family, as many as it has places."""

    width: int
    nothing: bytes
    of_text: blake2b
    of_all: blake2b

    @classmethod
    def of(cls, family: Family, secret: bytes) -> "_Maker":
        name = family.name.encode()
        return cls(
            family.width,
            bytes(family.width * TOKEN_BYTES),
            blake2b(name + _OF_TEXT, key=secret, digest_size=TOKEN_BYTES),
            blake2b(name + _OF_ALL, key=secret, digest_size=_TOKENS_AT_ONCE * TOKEN_BYTES),
        )

    def make(self, texts: Sequence[str]) -> bytes:
        made = []
        for text in texts:
            hashing = self.of_text.copy()
            hashing.update(text.encode())
            made.append(hashing.digest())
        lacking = self.width - len(made)
        if lacking < 0:
            return b"".join(sorted(made)[: self.width])
        for start in range(0, lacking, _TOKENS_AT_ONCE):
            hashing = self.of_all.copy()
            hashing.update("\0".join((str(start), *texts)).encode())
            made.append(hashing.digest()[: (lacking - start) * TOKEN_BYTES])
        return b"".join(made)


def keep_singular(tokens: Tokens, *, persons: NDArray[np.int64]) -> Tokens:
    """The tokens that only one person of the list has, each once.

    A token that two persons share would show a stranger the shape of the list: who has whose name, whose date. Within
    what is kept no two tokens are equal, so there is nothing to match with the shape of a list of known people.

    In
        tokens    (record, place) int64
        persons   (record,) int64   same number for records of the list known to be one person
    Out
        (record, place) int64, EMPTY where a token was dropped
    """
    kept = np.full(tokens.shape, EMPTY, dtype=np.int64)
    for start, end in FAMILY_BOUNDS:
        # Tokens of two families are never equal: one family at a time asks little memory of a long list.
        family = tokens[:, start:end].ravel()
        filled = np.flatnonzero(family != EMPTY)
        order = filled[np.argsort(family[filled])]
        token, person = family[order], persons[order // (end - start)]
        firsts = np.flatnonzero(np.r_[True, token[1:] != token[:-1]]) if token.size else order
        is_of_one = np.minimum.reduceat(person, firsts) == np.maximum.reduceat(person, firsts) if token.size else order
        single = np.minimum.reduceat(order, firsts)[is_of_one] if token.size else order
        kept[single // (end - start), start + single % (end - start)] = family[single]
    return kept


def pad_tokens(tokens: Tokens, *, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> Tokens:
    """The tokens with every empty place filled at random, in random order within each family.

    In
        tokens         (record, place) int64
        random_bytes   the system's generator: one that can be guessed would betray which tokens are true
    Out
        (record, place) int64
    """
    filled = tokens.copy()
    is_empty = tokens == EMPTY
    filled[is_empty] = np.frombuffer(random_bytes(int(is_empty.sum()) * TOKEN_BYTES), dtype=np.int64)
    for start, end in FAMILY_BOUNDS:
        filled[:, start:end] = np.sort(filled[:, start:end], axis=1)
    return filled
