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
    "all_forms_of",
    "decode_name_form",
    "is_rare_name",
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
_MOST_SHOWN = 0.999
_PRIOR_MATCHES = 5.0


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
    of_place = count * min(same.place * known.place, _MOST_SHOWN)
    of_sex = (count - of_place) * min(same.sex * known.sex, _MOST_SHOWN)
    return {"all_place": of_place, "all_sex": of_sex, "all": count - of_place - of_sex}


def know_otherwise(shares: Mapping[str, float], *, learnt: Known, known: Known, matches: float) -> dict[str, float]:
    """How often matches show in each form among pairs of which more, or fewer, know place and sex.

    In
        shares    name-only form -> share of the matches that shows so, among pairs of which `learnt` know
        learnt    of the pairs of `shares`
        known     of the pairs wanted
        matches   of which the shares were learnt: where hardly one knows it, `USUAL_SAME` tells how many agree
    Out
        name-only form -> share

    >>> shares = {"all_place": 0.125, "all": 0.375}
    >>> told = know_otherwise(shares, learnt=Known(0.5), known=Known(1.0), matches=1e6)
    >>> round(told["all_place"], 3), round(told["all"], 3)
    (0.25, 0.25)
    """
    whole, sound = (sum(shares.get(form, 0.0) for form in forms) for forms in (WHOLE, SOUND))
    of_place, of_sex = shares.get("all_place", 0.0), shares.get("all_sex", 0.0)
    place_prior, sex_prior = (
        _weigh_usual(here, told) / max(matches, 1.0) for here, told in zip(known, learnt, strict=True)
    )
    same = Known(
        _shrink(of_place, whole * learnt.place, usual=USUAL_SAME.place, prior=place_prior),
        _shrink(of_sex, (whole - of_place) * learnt.sex, usual=USUAL_SAME.sex, prior=sex_prior),
    )
    same_of_sound = _shrink(
        shares.get("all_key_place", 0.0), sound * learnt.place, usual=USUAL_SAME.place, prior=place_prior
    )
    sound_by_place = min(same_of_sound * known.place, _MOST_SHOWN)
    # Of names that others bear, nothing is usual: told by few, they count for little.
    by_place = known.place * _shrink(whole, whole * learnt.place, usual=0.0, prior=place_prior)
    elsewhere, elsewhere_learnt = (1 - min(same.place * share, _MOST_SHOWN) for share in (known.place, learnt.place))
    by_sex = known.sex * _shrink(whole, whole * learnt.sex, usual=0.0, prior=sex_prior) * elsewhere / elsewhere_learnt
    return {
        **shares,
        **split_by_known(whole, same=same, known=known),
        "all_key_place": sound * sound_by_place,
        "all_key": sound * (1 - sound_by_place),
        "common_place": shares.get("common_place", 0.0) * by_place,
        "common_key_place": shares.get("common_key_place", 0.0) * by_place,
        "common_sex": shares.get("common_sex", 0.0) * by_sex,
    }


def _weigh_usual(known: float, learnt: float) -> float:
    """How many matches the usual weighs: none where no more know it than where it was learnt."""
    return _PRIOR_MATCHES * max(1 - learnt / known, 0.0) if known > 0 else 0.0


def _shrink(agreed: float, could: float, *, usual: float, prior: float) -> float:
    """The share that agreed of those that could, nearer to the usual the more that weighs beside them."""
    return (agreed + prior * usual) / (could + prior) if could + prior > 0 else 0.0
