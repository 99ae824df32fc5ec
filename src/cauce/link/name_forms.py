"""How do the names alone of two records agree, where their places and sexes are known, or not?

A name that one person of either list bears shows as itself, and closer where the place or the sex is the same as well.
A name that others bear too shows only where the place or the sex tells her apart from them.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from cauce.link.lattice import FAMILY_INDEX

__all__ = [
    "COMMON",
    "NAME_FORMS",
    "NEVER_KNOWN",
    "SOUND",
    "USUAL_SAME",
    "WHOLE",
    "Known",
    "decode_name_form",
    "is_rare_name",
    "all_forms_of",
    "know_otherwise",
    "name_of",
    "split_by_known",
]

# The closest first.
WHOLE = ("all_place", "all_sex", "all")
SOUND = ("all_key_place", "all_key")
_OF_NAME = {"all": WHOLE, "all_key": SOUND}
# The form of a name that others bear as well -> the form of a rare one that agrees in the same; its family, too.
COMMON = {"common_place": "all_place", "common_sex": "all_sex", "common_key_place": "all_key_place"}
_FAMILIES = {
    "all_place": ("all", "all_place"),
    "all_sex": ("all", "all_sex"),
    "all": ("all",),
    "common_place": ("all_place",),
    "all_key_place": ("all_key", "all_key_place"),
    "common_sex": ("all_sex",),
    "first": ("first",),
    "key_surname": ("key_surname",),
    "given_keys": ("given_keys",),
    "all_key": ("all_key",),
    "common_key_place": ("all_key_place",),
    "surname_near": ("surname_near",),
    "given_near": ("given_near",),
}
NAME_FORMS = tuple(_FAMILIES)
_MOST_SAME = 0.999
_LEAST_TOLD = 0.01


class Known(NamedTuple):
    """Share of some pairs of records in which both know the place, and the sex."""

    place: float = 0.0
    sex: float = 0.0


NEVER_KNOWN = Known()
# Share of the matches that have the same place, and the same sex, where nothing tells it.
USUAL_SAME = Known(0.9, 0.9)


@cache
def _bits_of(families: tuple[str, ...]) -> int:
    return sum(1 << FAMILY_INDEX[f"name.{family}"] for family in families)


_BITS = {form: _bits_of(families) for form, families in _FAMILIES.items()}
_OF_RARE_NAMES = _bits_of(tuple(form for form in NAME_FORMS if _FAMILIES[form] == (form,)))


def decode_name_form(mask: int) -> str | None:
    """The closest form in which the names of two records agree.

    In
        mask   one bit for each family in which the two have an equal token
    Out
        one of NAME_FORMS; None where no name alone is equal

    >>> decode_name_form(1 << FAMILY_INDEX["name.all"] | 1 << FAMILY_INDEX["name.all_sex"])
    'all_sex'
    >>> decode_name_form(1 << FAMILY_INDEX["name.all_sex"])
    'common_sex'
    """
    return next((form for form, bits in _BITS.items() if mask & bits == bits), None)


def is_rare_name(mask: int) -> bool:
    """Whether the two share a name that nobody else bears in either list, as only its name-only token can tell.

    In
        mask   one bit for each family in which the two have an equal token
    Out
        true or false; a place or a sex makes no name rare

    >>> is_rare_name(1 << FAMILY_INDEX["name.all_place"])
    False
    """
    return bool(mask & _OF_RARE_NAMES)


def all_forms_of(name: str) -> tuple[str, ...]:
    """The forms of a rare name, or of its sound, whether place or sex agree or not.

    >>> all_forms_of("all"), all_forms_of("first")
    (('all_place', 'all_sex', 'all'), ('first',))
    """
    return _OF_NAME.get(name, (name,))


def name_of(form: str) -> str:
    """The form that a pair would have if neither place nor sex were known.

    >>> name_of("all_sex"), name_of("first")
    ('all', 'first')
    """
    return next((name for name, forms in _OF_NAME.items() if form in forms), form)


def split_by_known(count: float, *, same: Known, known: Known) -> dict[str, float]:
    """Pairs with one rare name, by how they show.

    In
        count   pairs, or a share of pairs
        same    share of those in which both know it that have the same place; and the same sex, of the others
        known   of the pairs
    Out
        form of WHOLE -> pairs

    >>> split_by_known(100.0, same=Known(0.5, 1.0), known=Known(0.5, 0.8))
    {'all_place': 25.0, 'all_sex': 60.0, 'all': 15.0}
    """
    of_place = count * same.place * known.place
    of_sex = (count - of_place) * same.sex * known.sex
    return {"all_place": of_place, "all_sex": of_sex, "all": count - of_place - of_sex}


def know_otherwise(shares: Mapping[str, float], *, learnt: Known, known: Known) -> dict[str, float]:
    """How often matches show in each form among pairs of which more, or fewer, know place and sex.

    In
        shares   name-only form -> share of the matches that shows so, among pairs of which `learnt` know
        learnt   of the pairs of `shares`; where hardly any pair knows it, `USUAL_SAME` tells how many agree
        known    of the pairs wanted
    Out
        name-only form -> share

    >>> told = know_otherwise({"all_place": 0.125, "all": 0.375}, learnt=Known(0.5), known=Known(1.0))
    >>> told["all_place"], told["all"]
    (0.25, 0.25)
    """
    place, sex = (share >= _LEAST_TOLD for share in learnt)
    whole, sound = (sum(shares.get(form, 0.0) for form in forms) for forms in (WHOLE, SOUND))
    of_place = shares.get("all_place", 0.0)
    same = Known(
        _same(of_place, whole * learnt.place) if place else USUAL_SAME.place,
        _same(shares.get("all_sex", 0.0), (whole - of_place) * learnt.sex) if sex else USUAL_SAME.sex,
    )
    same_of_sound = _same(shares.get("all_key_place", 0.0), sound * learnt.place) if place else USUAL_SAME.place
    by_place = known.place / learnt.place if place else 0.0
    elsewhere, elsewhere_learnt = (1 - same.place * share for share in (known.place, learnt.place))
    by_sex = known.sex * elsewhere / max(learnt.sex * elsewhere_learnt, 1 - _MOST_SAME) if sex else 0.0
    return {
        **shares,
        **split_by_known(whole, same=same, known=known),
        "all_key_place": sound * same_of_sound * known.place,
        "all_key": sound * (1 - same_of_sound * known.place),
        "common_place": shares.get("common_place", 0.0) * by_place,
        "common_key_place": shares.get("common_key_place", 0.0) * by_place,
        "common_sex": shares.get("common_sex", 0.0) * by_sex,
    }


def _same(agreed: float, could: float) -> float:
    return min(agreed / could, _MOST_SAME) if could > 0 else 0.0
