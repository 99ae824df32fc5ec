"""In which forms may one name be written, so that two lists still meet on it?

A name becomes words in plain Latin letters; each word has a sound (its phonetic key), the words one letter away,
its first and last three letters, and its initial. Nothing here is secret: `encoding` turns forms into tokens.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from cauce.standards import name_words
from cauce.standards.form_words import words as form_words

__all__ = ["NameForms", "delete_one_letter", "describe_name", "phonetic_key", "split_words"]

_ARABIC_ARTICLE = re.compile(r"\bال(?=\w\w)")
_ARABIC_LONG_U = re.compile(r"(?<=\w)و")
_ARABIC_LONG_I = re.compile(r"(?<=\w)[يى]")
_WITHIN_WORDS = re.compile(r"['’‘`´ʼـ]")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"),
        ("ll", "y"),
        ("ou|oo", "u"),
        ("ee", "i"),
        ("kh", "j"),
        ("ck|qu", "k"),
        ("gh", "g"),
        ("sch|ch|sh|zh", "x"),
        ("dj", "j"),
        ("th", "t"),
        ("c(?=[ei])", "s"),
        ("[vw]", "b"),
        ("z", "s"),
        ("[cq]", "k"),
        ("g", "j"),
        ("y", "i"),
        ("o", "u"),
        ("e", "i"),
    )
)
_OPEN_START = re.compile("^(?:h[aiu]?|[aiu])")
_SERVANT_OF = re.compile(r"^abd(?:[aeou]{1,2}[lrsnzt])?(?=\w{3})")
_SHORTEST_TO_DELETE_FROM = 4
_SHORTEST_TO_CUT = 5
_CUT = 3


@dataclass(frozen=True, slots=True)
class NameForms:
    """One field of one person's name: its words, and the forms of all its words together."""

    words: tuple[str, ...]
    keys: tuple[str, ...]
    wholes: tuple[str, ...]
    whole_keys: tuple[str, ...]
    deletions: tuple[str, ...]
    parts: tuple[str, ...]
    initials: tuple[str, ...]


def split_words(text: str) -> tuple[str, ...]:
    """The words of a name in plain lower-case Latin letters, particles included.

    >>> split_words("María-José O'Connor")
    ('maria', 'jose', 'oconnor')
    >>> split_words("Мария")
    ('mariya',)
    """
    lower = unicodedata.normalize("NFC", text).lower()
    plain = lower if lower.isascii() else _write_in_latin(lower)
    return tuple(_NOT_LETTERS.sub(" ", _WITHIN_WORDS.sub("", plain)).split())


@lru_cache(maxsize=100_000)
def phonetic_key(word: str) -> str:
    """How a word sounds to an ear of any of the languages served, vowels after the first letter left out.

    >>> phonetic_key("jimenez") == phonetic_key("gimenes")
    True
    >>> phonetic_key("mohamed") == phonetic_key("muhammad") == phonetic_key("mhmd")
    True
    """
    sound = word
    for pattern, letter in _SOUNDS:
        sound = pattern.sub(letter, sound)
    sound = _OPEN_START.sub("a", sound)
    kept = [sound[:1]]
    for letter in sound[1:]:
        if letter not in "aiuh" and letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


@lru_cache(maxsize=400_000)
def describe_name(text: str, *, is_given: bool) -> NameForms:
    """Every form of one field of a name.

    In
        text        the field as written, in any script
        is_given    whether familiar forms stand for another name ("Paco" sounds as "Francisco")
    Out
        the forms; no words at all where the text holds no letter, or only says that the name is not known

    >>> describe_name("García de la Cruz", is_given=False).words
    ('garcia', 'cruz')
    """
    written = split_words(text)
    written = () if written in _nobody() else written
    words = tuple(word for word in written if len(word) > 1 and word not in name_words.particles()) or written
    words = tuple(dict.fromkeys(_SERVANT_OF.sub("", word) for word in words))[:4]
    spoken = [name_words.nicknames().get(word, word) for word in words] if is_given else words
    keys = tuple(dict.fromkeys(phonetic_key(word) for word in spoken))
    whole = "".join(written)
    wholes = tuple(dict.fromkeys((*words[:2], whole)))
    return NameForms(
        words=words,
        keys=keys,
        wholes=wholes,
        whole_keys=tuple(dict.fromkeys((*keys[:2], phonetic_key(whole)))) if words else (),
        deletions=tuple(sorted({form for word in words[:2] for form in delete_one_letter(word)})),
        parts=tuple(dict.fromkeys(part for word in words[:2] for part in _cut(word))),
        initials=tuple(dict.fromkeys(word[0] for word in words[:2])),
    )


@cache
def _nobody() -> frozenset[tuple[str, ...]]:
    return frozenset(split_words(text) for text in form_words("nobody"))


def delete_one_letter(word: str) -> set[str]:
    """A word and the words that are left when one of its letters goes; a word too short to tell apart so, marked.

    A form that short words lacked would tell whoever links that a name is short.

    >>> sorted(delete_one_letter("rosa")), delete_one_letter("paz")
    (['osa', 'roa', 'ros', 'rosa', 'rsa'], {'=paz'})
    """
    if len(word) < _SHORTEST_TO_DELETE_FROM:
        return {f"={word}"}
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def _write_in_latin(lower: str) -> str:
    lower = _ARABIC_LONG_I.sub("i", _ARABIC_LONG_U.sub("u", _ARABIC_ARTICLE.sub("al ", lower)))
    latin = unicodedata.normalize("NFKD", lower.translate(name_words.latin_letters()))
    plain = "".join(letter for letter in latin if not unicodedata.combining(letter))
    return plain.translate(name_words.latin_letters())


def _cut(word: str) -> tuple[str, ...]:
    if len(word) < _SHORTEST_TO_CUT:
        return (f"={word}",)
    return (f"{word[:_CUT]}-", f"-{word[-_CUT:]}")
