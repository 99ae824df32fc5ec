"""Which words join names, which short forms stand for which words, and which Latin letters for other scripts?

Only for comparing names of persons and places: `link` turns them into keys. What a name means or whose it is, nobody
asks here.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["latin_letters", "nicknames", "particles", "short_place_words"]


@cache
def particles() -> frozenset[str]:
    """Words such as "de" or "ben" that tell no person from another.

    >>> "del" in particles()
    True
    """
    return frozenset(row["word"] for row in _rows("particles.csv"))


@cache
def nicknames() -> Mapping[str, str]:
    """Familiar form -> the name it stands for, both in plain lower-case letters.

    >>> nicknames()["paco"]
    'francisco'
    """
    return {row["nickname"]: row["name"] for row in _rows("nicknames.csv")}


@cache
def short_place_words() -> Mapping[str, str]:
    """Short form of a word of place names -> the word, both in plain lower-case letters.

    >>> short_place_words()["pto"]
    'puerto'
    """
    return {row["short"]: row["word"] for row in _rows("short_place_words.csv")}


@cache
def latin_letters() -> Mapping[int, str]:
    """Letter of another script (as `str.translate` wants it) -> Latin letters.

    >>> "иван".translate(latin_letters())
    'ivan'
    """
    return {ord(row["letter"]): row["latin"] for row in _rows("letters.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (files("cauce.standards") / "person_names" / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
