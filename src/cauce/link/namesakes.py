"""How many strangers bear one name, and how many of these live in one place or are of one sex?

Of two lists as the namesakes within each tell; within a list as those with two dates tell.
"""

from collections.abc import Mapping, Sequence

from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE, Cell
from cauce.link.matched import Matched
from cauce.link.meetings import CellCount
from cauce.link.name_forms import COMMON, WHOLE, Known, all_forms_of, name_of, split_by_known
from cauce.link.patterns import share_known, share_of_pattern

__all__ = [
    "LEAST_DOUBLES",
    "count_namesakes",
    "count_rare_namesakes",
    "count_with_dates",
    "expect_namesakes",
    "guess_same",
]

LEAST_DOUBLES = 0.5
# Namesakes are taken to live together until some do not; those of two lists to do so as those of each.
_ALL_ALIKE = Known(1.0, 1.0)
_PAIRS_WITHIN = 8.0
_LEAST_TOLD = 0.05
_WITH_NAMES = (0, MISSING_DATE)


def count_namesakes(cell: Cell, lists: tuple[Facts, Facts], *, matched: Matched, same: Known) -> float:
    """Expected pairs of different persons, one of each list, who agree in a name alone.

    Names that one person bears in each list: a few of them are two persons, as the names borne by two tell.

    In
        cell      one of the part "name"
        lists     the aggregates of the two lists
        matched   what is known by now of the matches
        same      as `guess_same` gives it
    Out
        pairs
    """
    known = share_known(cell.missing, *lists)
    share = share_of_pattern(cell.missing, *lists)
    if cell.form in COMMON:
        return share * _count_common(cell.form, lists, known=known, matched=matched)
    pairs = share * count_rare_namesakes(name_of(cell.form), lists, matched=matched)
    return _show(cell.form, pairs, same=same, known=known)


def guess_same(lists: tuple[Facts, Facts], counts: Mapping[Cell, CellCount]) -> Known:
    """Share of the pairs of strangers of two lists with one name who have the same place; and the same sex, of others.

    Lists of two regions share fewer places than the people of either: what is told within the lists only stands beside
    what met between them with one name and two dates that disagree, of whom hardly any are one person.

    In
        lists    the aggregates of the two lists
        counts   what met in each cell
    Out
        shares of those in which both know it
    """
    within = _same_within(lists)
    met = {form: counts[cell].pairs if (cell := Cell(0, "name", form)) in counts else 0.0 for form in WHOLE}
    return _same_of([met], [share_known(0, *lists)], usual=within, weight=_PAIRS_WITHIN)


def count_rare_namesakes(name: str, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """Expected pairs of different persons of two lists with one name that nobody else bears, had every record a name.

    Whatever the place and the sex.

    In
        name      name-only form, without place and sex
        lists     the aggregates of the two lists
        matched   what is known by now of the matches
    Out
        pairs
    """
    otherwise = 0.0 if name == "all" else matched.written_otherwise(name)
    met = [
        max(_met_by_name(name, facts), otherwise * _met_by_name("all", facts), LEAST_DOUBLES)
        * _meet_across(name, facts, other)
        for facts, other in (lists, lists[::-1])
    ]
    return sum(met) / 2 * _share_unhidden(matched.share_named(name), lists, matched=matched)


def expect_namesakes(cell: Cell, counts: Mapping[Cell, float], facts: Facts, *, share: float) -> float:
    """Expected pairs of different persons of one list who agree in a name alone: as many as have two dates that differ.

    Where no dated records know the place, nobody can tell who shares it by chance: then all do.

    In
        cell     one of the part "name"
        counts   cell -> pairs met
        facts    the aggregates of the list
        share    pairs that lack what those of the cell lack, for each pair that lacks nothing
    Out
        pairs
    """
    told, known = (share_known(missing, facts, facts) for missing in (0, cell.missing))
    if cell.form in COMMON:
        of_told, of_these = (one.sex if cell.form == "common_sex" else one.place for one in (told, known))
        if of_told <= _LEAST_TOLD * of_these:
            return counts.get(cell, 0.0)
        return share * of_these / of_told * max(counts.get(Cell(0, "name", cell.form), 0.0), LEAST_DOUBLES)
    of_whole = {form: counts.get(Cell(0, "name", form), 0.0) for form in WHOLE}
    alike = share * max(count_with_dates(name_of(cell.form), counts), LEAST_DOUBLES)
    return _show(cell.form, alike, same=_same_of([of_whole], [told]), known=known)


def count_with_dates(name: str, counts: Mapping[Cell, float]) -> float:
    """Pairs of one list with one name and two dates that differ, whatever the place and the sex.

    In
        name     name-only form, without place and sex
        counts   cell -> pairs met
    Out
        pairs

    >>> count_with_dates("all", {Cell(0, "name", "all_sex"): 2.0, Cell(0, "name", "first"): 1.0})
    2.0
    """
    return sum(counts.get(Cell(0, "name", form), 0.0) for form in all_forms_of(name))


def _show(form: str, pairs: float, *, same: Known, known: Known) -> float:
    """How many pairs with one name, or one that sounds so, show in a form of it."""
    if form in WHOLE:
        return split_by_known(pairs, same=same, known=known)[form]
    same_place = same.place * known.place
    return pairs * {"all_key_place": same_place, "all_key": 1 - same_place}.get(form, 1.0)


def _count_common(form: str, lists: tuple[Facts, Facts], *, known: Known, matched: Matched) -> float:
    """Pairs of strangers with one name that others bear too, told apart by place or sex; none where no two know it.

    All that meet in such a token, less those whose name is rare: these meet in its own token as well.
    """
    family = COMMON[form]
    field, of_name = "sex" if family == "all_sex" else "place", "all_key" if family == "all_key_place" else "all"
    met = []
    for facts, other in (lists, lists[::-1]):
        known_within = getattr(_known_within(facts), field)
        rare, common = _met_by_name(family, facts), max(_met_by_name(form, facts), LEAST_DOUBLES)
        across, across_rare = (_meet_across(one, facts, other) for one in (family, of_name))
        pairs = across * (rare + common) - min(across, across_rare) * rare
        met.append(pairs * getattr(known, field) / known_within if known_within else 0.0)
    same = matched.names.get(form, 0.0) + matched.names.get(family, 0.0)
    return sum(met) / 2 * _share_unhidden(same, lists, matched=matched)


def _share_unhidden(same: float, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """A person in both lists meets a namesake only if her own two records differ, and then hers is seldom a name."""
    return matched.share_unhidden(lists, agrees=1 - (1 - same) / 2)


def _meet_across(family: str, facts: Facts, other: Facts) -> float:
    """For each pair of a list that alone bears a name, pairs that alone bear one in this list and in the other."""
    ratio = other.persons / max(facts.persons, 1)
    _, twos, threes = facts.borne[family if family in facts.borne else "first"]
    return 2 * ratio / (1 + 3 * ratio * threes / max(twos, 1))


def _met_by_name(form: str, facts: Facts) -> float:
    """Pairs of the list that alone bear a name, had every record a name."""
    forms = all_forms_of(form)
    collided = sum(facts.collisions.get(Cell(missing, "name", one), 0) for missing in _WITH_NAMES for one in forms)
    return collided / max(sum(share_of_pattern(missing, facts, facts) for missing in _WITH_NAMES), 1e-12)


def _known_within(facts: Facts) -> Known:
    """Share of the pairs of one list with names in which both know the place, and the sex."""
    shares = [share_of_pattern(missing, facts, facts) for missing in _WITH_NAMES]
    known = [share_known(missing, facts, facts) for missing in _WITH_NAMES]
    place, sex = (
        sum(share * of_pair[field] for share, of_pair in zip(shares, known, strict=True)) / max(sum(shares), 1e-12)
        for field in (0, 1)
    )
    return Known(place, sex)


def _same_within(lists: Sequence[Facts]) -> Known:
    met = [
        {form: sum(facts.collisions.get(Cell(missing, "name", form), 0.0) for missing in _WITH_NAMES) for form in WHOLE}
        for facts in lists
    ]
    return _same_of(met, [_known_within(facts) for facts in lists])


def _same_of(
    met: Sequence[Mapping[str, float]], known: Sequence[Known], *, usual: Known = _ALL_ALIKE, weight: float = 0.5
) -> Known:
    """Share of the pairs that met who have the same place; and the same sex, of the others; as if some had before."""
    place, of_place, sex, of_sex = weight * usual.place, weight, weight * usual.sex, weight
    for pairs, both in zip(met, known, strict=True):
        place, of_place = place + pairs["all_place"], of_place + sum(pairs.values()) * both.place
        sex, of_sex = sex + pairs["all_sex"], of_sex + (pairs["all_sex"] + pairs["all"]) * both.sex
    return Known(min(place / of_place, 1.0), min(sex / of_sex, 1.0))
