"""When are two spellings the same word? Folds case, accents and punctuation away, and nothing else: never likeness.

What a word means is answered by the codelists (`codelists.resolve`) and, for areas, by `areas.resolve`.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

__all__ = ["Match", "fold", "name_keys"]

# Words that a name may carry or leave out, in the three Latin-script languages; the conjunctions among them.
_SMALL_WORDS = frozenset(
    ["the", "of", "and", "de", "del", "la", "las", "el", "los", "y", "e", "le", "les", "du", "des", "et", "d", "l"]
)
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئڤ", "اااايهويف")
_SHORT_FORMS = {
    "st": "saint",
    "ste": "sainte",
    "sta": "santa",
    "sto": "santo",
    "rep": "republic",
    "republica": "republic",
    "republique": "republic",
    "dem": "democratic",
    "democratica": "democratic",
    "democratique": "democratic",
}


@dataclass(frozen=True)
class Match:
    """What a text means in shared codes.

    status      "exact": one code; "ambiguous": a person must choose among `codes`; "unknown": nothing may be assumed.
    codes       the codes meant, or to choose from; with "unknown", areas that the text names in another year
    evidence    how it was found: "code", "iso2", "iso3", "m49", "name", "alias", "demonym", "synonym", or why not
    """

    status: Literal["exact", "ambiguous", "unknown"]
    codes: tuple[str, ...] = ()
    evidence: str = ""


def fold(text: str) -> str:
    """The text in lower case, without accents or punctuation, its words one blank apart.

    >>> fold("  CÔTE  d’Ivoire ")
    'cote d ivoire'
    """
    lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in lower if not unicodedata.combining(letter)).translate(_ARABIC_LETTERS)
    return " ".join(re.findall(r"[^\W_]+", plain.replace("&", " and ")))


def name_keys(text: str) -> tuple[str, ...]:
    """The keys under which a name is found: as written, and turned round at its comma or bracket.

    Articles and conjunctions are dropped, and the Arabic article at the head of each word.

    >>> name_keys("Korea, Republic of")
    ('korea republic', 'republic korea')
    """
    head, found, tail = _cut(text)
    straight, turned = _key(text), _key(f"{tail} {head}") if found else ""
    return tuple(dict.fromkeys(key for key in (straight, turned) if key))


def _cut(text: str) -> tuple[str, bool, str]:
    parts = re.split(r"[,،(\[]", text, maxsplit=1)
    return (parts[0], True, parts[1]) if len(parts) == 2 and parts[0].strip() else (text, False, "")


def _key(text: str) -> str:
    folded = re.sub(r"\bو ", "و", fold(text))
    words = [_SHORT_FORMS.get(word, word) for word in folded.split() if word not in _SMALL_WORDS]
    return " ".join(_without_arabic_article(word) for word in words)


def _without_arabic_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word
