"""What do a sex and a place come down to, so that two lists in two languages write them alike?

Neither tells who somebody is; beside a name each tells namesakes apart.
"""

import re
from collections.abc import Sequence

from cauce.link.names import split_words
from cauce.standards import areas, name_words, sexes

__all__ = ["read_places", "read_sexes"]

_SEXES = ("F", "M")
_NUMBERS = re.compile(r"\d+")


def read_sexes(texts: Sequence[str | None]) -> list[str]:
    """The sexes of one list, read as a column: M is a man beside F, a woman beside H.

    In
        texts   (record,) as written
    Out
        (record,) "F" or "M"; "" where it is missing, neither, or cannot be read

    >>> read_sexes(["mujer", "H", None, "Femme"])
    ['F', 'M', '', 'F']
    """
    meant = sexes.read({text.strip() for text in texts if text})
    sex_of = {text: sexes.sex_of(match.codes[0]) for text, match in meant.items() if match.status == "exact"}
    known = {text: sex for text, sex in sex_of.items() if sex in _SEXES}
    return [known.get(text.strip(), "") if text else "" for text in texts]


def read_places(texts: Sequence[str | None]) -> list[str]:
    """The places of one list in plain form: a country by its code, any other place by its words and numbers.

    In
        texts   (record,) as written, in any script
    Out
        (record,) plain form, "" where it is missing or holds neither letter nor figure

    >>> read_places(["Marruecos", "MAROC", "San José de Ocoa", "Ocoa, San Jose", None])
    ['MAR', 'MAR', 'jose ocoa san', 'jose ocoa san', '']
    """
    plain = {text: _read_place(text) for text in set(texts) if text}
    return [plain[text] if text else "" for text in texts]


def _read_place(text: str) -> str:
    area = areas.resolve(text)
    if area.status == "exact":
        return area.codes[0]
    words = [word for word in split_words(text) if word not in name_words.particles()]
    return " ".join(sorted({*words, *_NUMBERS.findall(text)}))
