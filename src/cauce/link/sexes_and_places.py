"""What do a sex and a place come down to, so that two lists in two languages write them alike?

Neither tells who somebody is; beside a name each tells namesakes apart.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from cauce.link.names import split_words
from cauce.standards import areas, codelists, name_words, sexes
from cauce.standards.form_words import words as form_words
from cauce.standards.matches import Match, fold

__all__ = ["find_unread_places", "find_unread_sexes", "read_places", "read_sexes"]

_SEXES = ("F", "M")
_EITHER_SEX = {"Feminine", "Masculine"}
_SIGNS = str.maketrans({"♀": " female ", "♂": " male "})
_NUMBER = re.compile(r"(-?)(\d+)(?:[.,٫]0{1,2})?")
_DIGITS = re.compile(r"\d+")


def read_sexes(texts: Sequence[str | None]) -> list[str]:
    """The sexes of one list, read as a column: M is a man beside F, a woman beside H; 1 is a man beside 2.

    In
        texts   (record,) as written
    Out
        (record,) "F" or "M"; "" where it is missing, neither, or cannot be read

    >>> read_sexes(["mujer", "H", None, "Femme"])
    ['F', 'M', '', 'F']
    """
    meant = _understand_sexes(texts)
    return [meant.get(text or "") or "" for text in texts]


def find_unread_sexes(texts: Sequence[str | None]) -> list[int]:
    """The records whose sex is written and cannot be read; "other" and "not known" are read, as neither.

    In
        texts   (record,) as written
    Out
        their rows

    >>> find_unread_sexes(["M", "otro", None]), find_unread_sexes(["M", "F"])
    ([0], [])
    """
    meant = _understand_sexes(texts)
    return [row for row, text in enumerate(texts) if text and meant.get(text, "") is None]


def read_places(texts: Sequence[str | None]) -> list[str]:
    """The places of one list in plain form: a country by its code, any other place by its words and numbers.

    A number alone is a code of the lists' own, whatever country it may stand for elsewhere; its leading zeros go, for
    spreadsheets drop them.

    In
        texts   (record,) as written, in any script
    Out
        (record,) plain form, "" where it is missing, says that nothing is known, or holds neither letter nor figure

    >>> read_places(["Marruecos", "MAROC", "San José de Ocoa", "Ocoa, San Jose", "00012", "N/D", None])
    ['MAR', 'MAR', 'jose ocoa san', 'jose ocoa san', '12', '', '']
    """
    plain = {text: _read_place(text) for text in set(texts) if text}
    return [plain[text] if text else "" for text in texts]


def find_unread_places(texts: Sequence[str | None]) -> list[int]:
    """The records whose place is written and holds nothing to compare; "no consta" is read, as no place.

    In
        texts   (record,) as written
    Out
        their rows

    >>> find_unread_places(["***", "Ocoa", "No consta", None])
    [0]
    """
    plain = read_places(texts)
    return [row for row, text in enumerate(texts) if text and not plain[row] and not _says_nothing(text)]


def _understand_sexes(texts: Sequence[str | None]) -> Mapping[str, str | None]:
    """Each text with "F" or "M", with "" where it means neither, with None where it cannot be read."""
    written = {text for text in texts if text and text.strip()}
    numbered = {text: _NUMBER.fullmatch(text.strip()) for text in written}
    numbers = {text: _plain_number(match[2]) for text, match in numbered.items() if match and not match[1]}
    if len(numbers) == len(written) and sexes.are_numbers(numbers.values()):
        return {text: _if_one_of_two(sexes.sex_of_number(number)) for text, number in numbers.items()}
    clean = {text: text.translate(_SIGNS).strip() for text in written}
    meant = sexes.read(clean.values())
    return {text: _read_sex(one, meant[one]) for text, one in clean.items()}


def _read_sex(text: str, match: Match) -> str | None:
    if match.status == "exact":
        return _if_one_of_two(sexes.sex_of(match.codes[0]))
    if match.status == "ambiguous":
        return None if set(match.codes) >= _EITHER_SEX else ""
    counted = codelists.load("sex").resolve(text)
    return _if_one_of_two(counted.codes[0]) if counted.status == "exact" else _agree_on_sex(text)


def _if_one_of_two(sex: str) -> str:
    return sex if sex in _SEXES else ""


def _agree_on_sex(text: str) -> str | None:
    """What "F - Femenino" or "2. Mujer" comes to: all its words, numbers aside, agree; no letter decides alone."""
    words = [word for word in fold(text).split() if not word.isdecimal()]
    if not any(len(word) > 1 for word in words):
        return None
    gender = codelists.load("htcds_gender")
    meanings = [{sexes.sex_of(code) for code in gender.resolve(word).codes} for word in words]
    common = set.intersection(*meanings) & set(_SEXES)
    return common.pop() if len(common) == 1 else None


def _says_nothing(text: str) -> bool:
    """A word, a mark or a figure by which forms say that nothing is known."""
    plain = unicodedata.normalize("NFKC", text).strip()
    number = _NUMBER.fullmatch(plain)
    if number:
        return f"{number[1]}{_plain_number(number[2])}" in form_words("figure")
    return not plain or text.strip() in form_words("mark") or fold(plain) in form_words("unknown")


def _read_place(text: str) -> str:
    if _says_nothing(text):
        return ""
    plain = unicodedata.normalize("NFKC", text).strip()
    number = _NUMBER.fullmatch(plain)
    if number:
        return _plain_number(number[2])
    area = areas.resolve(plain)
    if area.status == "exact":
        return area.codes[0]
    if area.status == "ambiguous":
        # "Corea" and "Korea" may be either of the same two: they meet one another, and neither of the two.
        return f"{' '.join(sorted(area.codes))}?"
    numbers = [_plain_number(digits) for digits in _DIGITS.findall(plain)]
    return " ".join([*sorted(_place_words(plain)), *numbers])


def _place_words(text: str) -> set[str]:
    """The words of a place in Latin letters; in those of its own script where we cannot write it in Latin."""
    written = split_words(text)
    short = name_words.short_place_words()
    words = {short.get(word, word) for word in written if word not in name_words.particles()}
    return words or set(written) or _words_of_any_script(text)


def _words_of_any_script(text: str) -> set[str]:
    """Marks stay, for in many scripts they are the vowels."""
    return set("".join(one if unicodedata.category(one)[0] in "LM" else " " for one in text.casefold()).split())


def _plain_number(digits: str) -> str:
    """Digits of any script without leading zeros."""
    return "".join(str(unicodedata.decimal(digit)) for digit in digits).lstrip("0") or "0"
