"""How do texts about a person become tokens that only holders of the key can make, and that betray no habit of names?

A token is the first 64 bits of a keyed BLAKE2b of family and text. Common tokens are dropped by the owner, and empty
places are filled with random ones, so that every record carries the same number of tokens of each family.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from cauce.link.lattice import FAMILIES, WIDTH
from cauce.standards.errors import Refusal

__all__ = [
    "EMPTY",
    "FAMILY_OF_PLACE",
    "KEY_BYTES",
    "TOKEN_BYTES",
    "Tokens",
    "check_key",
    "hash_texts",
    "pad_tokens",
    "suppress_common",
]

Tokens = NDArray[np.int64]
EMPTY = 0
KEY_BYTES = 32
FAMILY_OF_PLACE = np.repeat(np.arange(len(FAMILIES)), [family.width for family in FAMILIES])

_STARTS = (0, *accumulate(family.width for family in FAMILIES))
_LIMIT_OF_PLACE = np.repeat([family.limit for family in FAMILIES], [family.width for family in FAMILIES])
TOKEN_BYTES = 8
_NOTHING = bytes(TOKEN_BYTES)
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
    """The tokens of each record, a row each; EMPTY where a family has fewer texts than places.

    In
        records   for each record the texts of each family, as `lattice.write_texts` gives them
        key       at least 32 secret bytes, the same for all partners
    Out
        (record, place) int64

    >>> hash_texts([[("1990|ana",)] + [()] * (len(FAMILIES) - 1)], key=bytes(range(32))).shape == (1, WIDTH)
    True
    """
    secret = check_key(key)
    makers = [blake2b(family.name.encode() + b"\\0", key=secret, digest_size=TOKEN_BYTES) for family in FAMILIES]
    plan = [(maker, family.width) for maker, family in zip(makers, FAMILIES, strict=True)]
    blocks, digests = [], []
    for record in records:
        for (maker, width), texts in zip(plan, record, strict=True):
            made = []
            for text in texts:
                hashing = maker.copy()
                hashing.update(text.encode())
                made.append(hashing.digest())
            if len(made) > width:
                made = sorted(made)[:width]
            digests += made
            digests += [_NOTHING] * (width - len(made))
        if len(digests) >= WIDTH * 10_000:
            blocks.append(np.frombuffer(b"".join(digests), dtype=np.int64))
            digests = []
    blocks.append(np.frombuffer(b"".join(digests), dtype=np.int64))
    return np.concatenate(blocks).reshape(-1, WIDTH)


def suppress_common(tokens: Tokens, *, persons: NDArray[np.int64]) -> Tokens:
    """The tokens without those that more persons of the list share than the limit of their family.

    A token that many share tells a stranger how common a name is. The limit is three, and one for name-only families.

    In
        tokens    (record, place) int64
        persons   (record,) int64   same number for records of the list known to be one person
    Out
        (record, place) int64
    """
    filled = np.flatnonzero(tokens.ravel() != EMPTY)
    flat, rows = tokens.ravel()[filled], persons[filled // WIDTH]
    order = np.argsort(flat) if _are_distinct(persons) else np.lexsort((rows, flat))
    token, row = flat[order], rows[order]
    is_new_token = np.r_[True, token[1:] != token[:-1]][: token.size]
    is_new_person = is_new_token | np.r_[True, row[1:] != row[:-1]][: token.size]
    group = np.cumsum(is_new_token) - 1
    sharing = np.bincount(group, weights=is_new_person).astype(np.int64)[group]
    common = filled[order][sharing > _LIMIT_OF_PLACE[filled[order] % WIDTH]]
    kept = tokens.copy()
    kept.ravel()[common] = EMPTY
    return kept


def pad_tokens(tokens: Tokens, *, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> Tokens:
    """The tokens with every empty place filled at random, in random order within each family.

    In
        tokens         (record, place) int64
        random_bytes   the system's generator: one that can be guessed would betray which tokens are true
    Out
        (record, place) int64
    """
    pads = np.frombuffer(random_bytes(tokens.size * TOKEN_BYTES), dtype=np.int64).reshape(tokens.shape)
    filled = np.where(tokens == EMPTY, pads, tokens)
    for start, end in zip(_STARTS[:-1], _STARTS[1:], strict=True):
        filled[:, start:end] = np.sort(filled[:, start:end], axis=1)
    return filled


def _are_distinct(persons: NDArray[np.int64]) -> bool:
    return bool(persons.size == 0 or int(persons.max()) + 1 == persons.size)
