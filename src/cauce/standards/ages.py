"""Which ages does a text or a pair of dates mean, and which published band holds them?

Bands are written as SDMX CL_AGE does: Y0T17, Y_GE18, Y34. A band that reaches over two published ones is never
split: it is told apart as "straddles". What a band is called is answered by the codelist "age".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cauce.standards import codelists
from cauce.standards.matches import fold

__all__ = ["Band", "Placement", "age_at", "band_of", "code_at", "code_of_age", "code_table", "parse", "place"]

_OLDEST = 120
_CODE = re.compile(
    r"^(?:AGE_[A-Z0-9]+_)?Y_?(?:(?P<least>GE)|(?P<under>LT))?(?P<lower>\d{1,3})(?:[T-](?P<upper>\d{1,3}))?$"
)
# Words as `fold` leaves them, in Spanish, English, French and Arabic.
_OPENING = "de|from|between|entre|desde|aged|من"
_TO = "a|to|y|et|and|hasta|until|الي|و"
_OR_MORE = (
    "y mas|o mas|or more|and more|and over|and older|or older|and above|et plus|ou plus|plus|y mayores|فاكثر|وما فوق"
)
_AT_LEAST = "at least|al menos|minimo|mayor(?:es)? de|a partir de|desde|from|au moins|mayor(?:es)? o igual (?:a|que)"
_BELOW = "under|below|less than|younger than|menor(?:es)? de|menos de|moins de|age de moins de|اقل من|دون"
_YEARS = r"(?: (?:years?|yrs?|yo|anos?|ans?|سنه|سنوات|عاما?|اعوام))?(?: (?:old|of age|de edad|d age|age))?"
_PATTERNS = tuple(
    re.compile(f"^{pattern}$")
    for pattern in (
        rf"(?P<age>\d{{1,3}}){_YEARS}",
        r"(?P<months>\d{1,2}) (?:months?|meses|mes|mois)",
        rf"(?:(?:{_OPENING}) )?(?P<lower>\d{{1,3}}){_YEARS} (?:{_TO}) (?P<upper>\d{{1,3}}){_YEARS}",
        rf"(?P<lower>\d{{1,3}}){_YEARS} (?:{_OR_MORE}){_YEARS}",
        rf"(?:{_AT_LEAST}) (?P<lower>\d{{1,3}}){_YEARS}",
        rf"(?:{_BELOW}) (?P<upper>\d{{1,3}}){_YEARS}",
    )
)


@dataclass(frozen=True, order=True)
class Band:
    """Whole years of age from `lower` to `upper`, both included; no upper end when None.

    >>> Band(0, 8).code, Band(48, None).code, Band(34, 34).code
    ('Y0T8', 'Y_GE48', 'Y34')
    """

    lower: int
    upper: int | None

    @property
    def code(self) -> str:
        """The band as SDMX CL_AGE writes it."""
        if self.upper is None:
            return f"Y_GE{self.lower}"
        return f"Y{self.lower}" if self.lower == self.upper else f"Y{self.lower}T{self.upper}"

    def is_within(self, other: "Band") -> bool:
        """Claims that every age of this band is in the other.

        >>> Band(0, 14).is_within(Band(0, 17)), Band(15, 24).is_within(Band(0, 17))
        (True, False)
        """
        return other.lower <= self.lower and self._last <= other._last

    def overlaps(self, other: "Band") -> bool:
        """Claims that the bands share an age."""
        return self.lower <= other._last and other.lower <= self._last

    @property
    def _last(self) -> float:
        return float("inf") if self.upper is None else self.upper


@dataclass(frozen=True)
class Placement:
    """Where a band stands among published ones.

    how      "exact": it is one of them; "nested": it lies inside one; "wider": only majority is known, so it goes
             to the code "band unknown" of its side; "straddles": it reaches over several, and is not split
    code     the published code, or None when it straddles
    across   when it straddles, the codes that it touches
    """

    how: Literal["exact", "nested", "wider", "straddles"]
    code: str | None
    across: tuple[str, ...] = ()


def parse(text: str) -> Band | None:
    """The band that a text means, or None when nothing certain can be read.

    A word for under age or of age counts; "over 65" and "adolescente" do not: their limits differ from form to form.

    >>> [band.code for band in map(parse, ["0--8", "48+", "menor de edad", "0 a 14 años", "17.0", "Y_LT15"])]
    ['Y0T8', 'Y_GE48', 'Y0T17', 'Y0T14', 'Y17', 'Y0T14']
    >>> parse("adolescente") is None
    True
    """
    bare = text.strip()
    return band_of(bare) or _symbols(bare) or _words(fold(re.sub(r"\s*[-‐‑–—~]+\s*", " to ", bare)))


def band_of(code: str) -> Band | None:
    """The band of an SDMX code, ILO's spellings included; None for a code that is no band ("_T", "_U").

    >>> band_of("Y_GE65"), band_of("YLT15"), band_of("_T")
    (Band(lower=65, upper=None), Band(lower=0, upper=14), None)
    """
    found = _CODE.match(code.removesuffix("_U"))
    if not found:
        return None
    lower, upper = int(found["lower"]), found["upper"]
    if found["under"]:
        return _sensible(0, lower - 1)
    if found["least"]:
        return _sensible(lower, None)
    return _sensible(lower, int(upper) if upper else lower)


def place(band: Band, codes: Sequence[str]) -> Placement:
    """Which of the published codes holds a band.

    In
        band     ages of a record
        codes    published codes: bands apart from each other, and codes ending in "_U" for a wider band
                 (Y0T17_U: under 18, no further detail)
    Out
        the placement; a band that reaches over 18 straddles, whatever the bands

    >>> published = ("Y0T8", "Y9T17", "Y0T17_U", "Y18T20", "Y_GE18_U")
    >>> place(Band(10, 14), published)
    Placement(how='nested', code='Y9T17', across=())
    >>> place(Band(0, 14), published)
    Placement(how='wider', code='Y0T17_U', across=())
    >>> place(Band(15, 24), published).across
    ('Y9T17', 'Y18T20')
    """
    leaves = {code: held for code in codes if not code.endswith("_U") and (held := band_of(code))}
    for code, held in leaves.items():
        if band.is_within(held):
            return Placement("exact" if band == held else "nested", code)
    for code in codes:
        held_wide = band_of(code) if code.endswith("_U") else None
        if held_wide and band.is_within(held_wide):
            return Placement("wider", code)
    return Placement("straddles", None, tuple(code for code, held in leaves.items() if band.overlaps(held)))


def age_at(birth: date, day: date) -> int | None:
    """Whole years lived on a day; None when the person was not born or would be over 120.

    One born on 29 February turns a year older on 1 March of a common year.

    >>> age_at(date(2004, 2, 29), date(2022, 2, 28)), age_at(date(2004, 2, 29), date(2022, 3, 1))
    (17, 18)
    """
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return years if 0 <= years <= _OLDEST else None


def code_of_age(years: int, codes: Sequence[str]) -> str | None:
    """The published code that holds an age in whole years; None when none does.

    >>> code_of_age(17, ("Y0T17", "Y_GE18"))
    'Y0T17'
    """
    return place(Band(years, years), codes).code


def code_at(birth: date, day: date, codes: Sequence[str]) -> str | None:
    """The published code of a person's age on a day (her registration); None when the dates cannot be.

    >>> code_at(date(2010, 5, 2), date(2018, 5, 1), ("Y0T7", "Y8T17", "Y_GE18"))
    'Y0T7'
    """
    years = age_at(birth, day)
    return None if years is None else code_of_age(years, codes)


def code_table(codes: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Every age from 0 to 120 with its published code: a table to join where rows are many.

    >>> code_table(("Y0T17", "Y_GE18"))[17:19]
    ((17, 'Y0T17'), (18, 'Y_GE18'))
    """
    placed = ((years, code_of_age(years, codes)) for years in range(_OLDEST + 1))
    return tuple((years, code) for years, code in placed if code is not None)


def _symbols(bare: str) -> Band | None:
    """What is written with signs, which folding would lose: 48+, <18, >= 18, ≥18, ≤17, and ages such as 12.5."""
    decimal = re.match(r"^(\d{1,3})[.,](?:\d|0+)$", bare)
    if decimal:
        return _sensible(int(decimal[1]), int(decimal[1]))
    plus = re.match(r"^(\d{1,3})\s*\+$", bare)
    if plus:
        return _sensible(int(plus[1]), None)
    signed = re.match(r"^(<=|>=|<|>|≤|≥)\s*(\d{1,3})$", bare)
    if not signed:
        return None
    edge = int(signed[2])
    ends = {"<": (0, edge - 1), "<=": (0, edge), "≤": (0, edge), ">": (edge + 1, None)}
    return _sensible(*ends.get(signed[1], (edge, None)))


def _words(folded: str) -> Band | None:
    meaning = codelists.load("age").synonyms.get(folded, ())
    if len(meaning) == 1:
        return band_of(meaning[0])
    found = next((match for pattern in _PATTERNS if (match := pattern.match(folded))), None)
    return _from_words(found.groupdict()) if found else None


def _from_words(parts: dict[str, str]) -> Band | None:
    if "months" in parts:
        return _sensible(int(parts["months"]) // 12, int(parts["months"]) // 12)
    if "age" in parts:
        return _sensible(int(parts["age"]), int(parts["age"]))
    if "lower" not in parts:
        return _sensible(0, int(parts["upper"]) - 1)
    return _sensible(int(parts["lower"]), int(parts["upper"]) if "upper" in parts else None)


def _sensible(lower: int, upper: int | None) -> Band | None:
    is_sensible = 0 <= lower <= _OLDEST and (upper is None or lower <= upper <= _OLDEST)
    return Band(lower, upper) if is_sensible else None
