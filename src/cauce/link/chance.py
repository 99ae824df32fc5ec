"""How many pairs of different persons would meet in each cell by chance?

From the aggregates of both lists: the levels as if dates and names were independent, the twins and relatives that
share date and surname, and the pairs of different persons that met in that cell within each list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cauce.link.facts import Facts
from cauce.link.levels import MISSING_DATE, RARE, Cell
from cauce.link.name_forms import COMMON, SOUND, WHOLE, Known, split_by_known

__all__ = ["Matched", "count_chance_meetings", "expect_within", "guess_relatives", "share_known", "share_of_pattern"]

_PRIOR_PAIRS = 1.0
_LEAST_DOUBLES = 0.5
_LEAST_ALIKE = 0.05
_SURNAME_OF_RELATIVES = {"X": 0.85, "K": 0.06, "D": 0.06, "P": 0.02, "I": 0.01, "-": 0.0}
_UNRELATED_GIVEN = "PI-"
_RARE_FORMS = {
    "both": ("all", "first"),
    "both_key": ("key_surname", "given_keys", "all_key"),
    "surname_in_part": ("all_key", "surname_near"),
    "given_in_part": ("all_key", "given_near"),
}
_OF_ANY = {"all": WHOLE, "all_key": SOUND}
# Of namesakes, so many pairs that agree in place or sex are taken to have been seen already.
_PRIOR_ALIKE = 0.5
_LEAST_TOLD = 0.05
_TWINS_NAMED_ALIKE = 0.25
_TWINS = 1 / 120
_SPREAD_OF_CHANGED, _CHANGED_LEAST = 0.4, 0.02
_LEAST_COMMON = 0.1
_SAME_FORM = 0.95
_LEAST_WITHOUT_OWN = 0.01
_WITH_NAMES = (0, MISSING_DATE)


@dataclass(frozen=True)
class Matched:
    """What is known by now of the matches.

    count       how many
    same_date   share that agrees in the full date
    surname     level -> share that agrees so in the surname
    names       name-only form -> share that is equal in it
    """

    count: float = 0.0
    same_date: float = 0.9
    surname: Mapping[str, float] = field(default_factory=lambda: _SURNAME_OF_RELATIVES)
    names: Mapping[str, float] = field(default_factory=dict)


def count_chance_meetings(cells: Sequence[Cell], lists: tuple[Facts, Facts], *, matched: Matched) -> dict[Cell, float]:
    """Expected pairs of different persons, one of each list, in each cell.

    In
        cells     the cells wanted
        lists     the aggregates of the two lists
        matched   what is known by now of the matches
    Out
        cell -> pairs
    """
    relatives = _count_relatives(lists, matched=matched)
    return {
        cell: _by_name(cell, lists, matched=matched)
        if cell.part == "name"
        else _by_rare_name(cell, lists, matched=matched)
        if cell.form.endswith(RARE)
        else _by_date(cell, lists, relatives=relatives, matched=matched)
        for cell in cells
    }


def expect_within(counts: Mapping[Cell, float], facts: Facts, *, related: float) -> dict[Cell, float]:
    """Expected pairs of different persons of one list in each cell.

    In
        counts    cell -> pairs met, repeats of one person among them; a name counts as shared where few bear it
        facts     the aggregates of the list
        related   pairs of relatives with one surname and birth date, as `guess_relatives` gives them
    Out
        cell -> pairs
    """
    complete = max(share_of_pattern(0, facts, facts), 1e-12)
    shown = max(sum(facts.given[given] for given in _UNRELATED_GIVEN), 0.1) * _SURNAME_OF_RELATIVES["X"]
    plain = Matched()

    def expect(cell: Cell) -> float:
        share = share_of_pattern(cell.missing, facts, facts) / complete
        if cell.part == "name":
            return share * _expect_namesakes(cell, counts, facts)
        if cell.part == "full":
            twins = related / shown * _shown_by_relatives(cell, (facts, facts), matched=plain)
            return _expect_by_accident(cell, facts) + twins * share
        rare = share * _expect_rare(cell, counts, facts)
        if cell.form.endswith(RARE):
            return rare
        return max(_expect_by_accident(cell, facts) - rare, _LEAST_COMMON * rare)

    return {cell: expect(cell) for cell in counts}


def guess_relatives(counts: Mapping[Cell, float], facts: Facts) -> tuple[float, float]:
    """Pairs of relatives with one surname and birth date among the pairs of one list, and how unsure that is.

    A repeat with another given name looks like a twin. But given names are changed about as often as surnames, and
    those show; and of a hundred persons, one or two have a twin. What met is shared out by how sure either is.

    In
        counts   cell -> pairs met
        facts    the aggregates of the list
    Out
        pairs, standard deviation
    """
    met, other_given, other_surname = 0.0, 0.0, 0.0
    for unrelated in _UNRELATED_GIVEN:
        given, surname = Cell(0, "full", unrelated + "X"), Cell(0, "full", "X" + unrelated)
        met += counts.get(given, 0.0)
        other_given += counts.get(given, 0.0) - _expect_by_accident(given, facts)
        other_surname += counts.get(surname, 0.0) - _expect_by_accident(surname, facts)
    repeats = sum(pairs for cell, pairs in counts.items() if cell.part == "full" and set(cell.form) <= set("XKD"))
    records_a_person = 1 + 2 * repeats / max(facts.persons, 1)
    twins = _TWINS * facts.persons * records_a_person
    changed = max(other_surname, 0.0)
    of_twins = twins**2
    of_changed = (_SPREAD_OF_CHANGED * changed) ** 2 + (_CHANGED_LEAST * repeats) ** 2 + met
    weight = of_twins / max(of_twins + of_changed, 1e-12)
    related = twins + weight * (other_given - changed - twins)
    return min(max(related, 0.0), max(other_given, 0.0)), float((weight * of_changed) ** 0.5)


def share_known(missing: int, left: Facts, right: Facts) -> Known:
    """Share of the pairs, one of each list, with just these fields lacking, in which both know the place, and the sex.

    In
        missing       sum of MISSING_...
        left, right   the aggregates of the lists
    Out
        two shares

    >>> half = Facts(2, {0: 1.0}, {}, {}, {}, {}, 0.0, known={0: Known(0.5, 1.0)})
    >>> share_known(0, half, half)
    Known(place=0.25, sex=1.0)
    """
    place, sex = 0.0, 0.0
    for pattern, known in left.known.items():
        for other_pattern, other in right.known.items():
            if pattern | other_pattern == missing:
                share = left.missing.get(pattern, 0.0) * right.missing.get(other_pattern, 0.0)
                place, sex = place + share * known.place * other.place, sex + share * known.sex * other.sex
    pairs = max(share_of_pattern(missing, left, right), 1e-12)
    return Known(place / pairs, sex / pairs)


def share_of_pattern(missing: int, left: Facts, right: Facts) -> float:
    """Share of the pairs, one of each list, in which either lacks just these fields.

    In
        missing       sum of MISSING_...
        left, right   the aggregates of the lists
    Out
        a share

    >>> plain = Facts(2, {0: 0.5, 4: 0.5}, {}, {}, {}, {}, 0.0)
    >>> share_of_pattern(4, plain, plain)
    0.75
    """
    return sum(
        share * other
        for pattern, share in left.missing.items()
        for other_pattern, other in right.missing.items()
        if pattern | other_pattern == missing
    )


def _count_relatives(lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """Chance that two different persons share date and surname beyond accident: twins, and relatives entered alike."""
    exposure, excess = 0.0, 0.0
    for facts in lists:
        pairs = _pairs_within(facts, missing=0)
        exposure += pairs
        for given in _UNRELATED_GIVEN:
            cell = Cell(0, "full", f"{given}X")
            excess += facts.collisions.get(cell, 0) - pairs * facts.dates.get("full", 0.0) * facts.names.get(
                f"{given}X", 0.0
            )
    shown = sum((lists[0].given.get(level, 0.0) + lists[1].given.get(level, 0.0)) / 2 for level in _UNRELATED_GIVEN)
    surname = max(matched.surname.get("X", 0.85), 0.3)
    return max(excess, 0.0) / max(exposure * max(shown, 0.1) * surname, 1e-12)


def _by_date(cell: Cell, lists: tuple[Facts, Facts], *, relatives: float, matched: Matched) -> float:
    left, right = lists
    persons = max(left.persons + right.persons, 1)
    accident = sum(facts.dates[cell.part] * _form_chance(cell.form, facts) * facts.persons for facts in lists) / persons
    prior = max(accident + relatives * _shown_by_relatives(cell, lists, matched=matched), 1e-14)
    exposure = sum(_pairs_within(facts, missing=cell.missing) for facts in lists)
    met = sum(facts.collisions.get(cell, 0) for facts in lists)
    rate = (met + _PRIOR_PAIRS) / (exposure + _PRIOR_PAIRS / prior)
    free = _share_without_own(lists, matched=matched, agrees=matched.same_date * _SAME_FORM)
    own = rate * free * left.persons * right.persons * max(share_of_pattern(cell.missing, left, right), 1e-12)
    if cell.form != "both_key":
        return own
    alike = _by_date(cell._replace(form="both"), lists, relatives=relatives, matched=matched)
    return max(own, alike * sum(_written_otherwise(form, matched) for form in _RARE_FORMS["both_key"]))


def _written_otherwise(form: str, matched: Matched) -> float:
    """For each pair of one name that is equal in writing, how many are equal in this form alone, as the matches tell.

    Two namesakes are written alike within a list and otherwise in another list, as one person is.
    """
    return min(_share_named(form, matched) / max(_share_named("all", matched), _LEAST_ALIKE), 1.0)


def _share_named(form: str, matched: Matched) -> float:
    return sum(matched.names.get(one, 0.0) for one in _OF_ANY.get(form, (form,)))


def _share_without_own(lists: tuple[Facts, Facts], *, matched: Matched, agrees: float) -> float:
    """Share of the pairs of different persons in which neither hides the other's token with a record of her own.

    A token is kept where one person of the list has it. If she who meets a stranger is in the stranger's list too, and
    agrees with herself in that token, the list holds it twice and drops it.
    """
    free = 1.0
    for facts in lists:
        free *= 1 - min(matched.count / max(facts.persons, 1), 1.0) * agrees
    return max(free, _LEAST_WITHOUT_OWN)


def _expect_by_accident(cell: Cell, facts: Facts) -> float:
    return _pairs_within(facts, missing=cell.missing) * facts.dates[cell.part] * _form_chance(cell.form, facts)


def _expect_namesakes(cell: Cell, counts: Mapping[Cell, float], facts: Facts) -> float:
    """Pairs of strangers with one name, had every record one: as many as have two dates, known as these pairs know it.

    Where no dated records know the place, nobody can tell who shares it by chance: then all do.
    """
    told, known = (share_known(missing, facts, facts) for missing in (0, cell.missing))
    if cell.form in COMMON:
        of_told, of_these = (one.sex if cell.form == "common_sex" else one.place for one in (told, known))
        if of_told < _LEAST_TOLD * of_these:
            return counts.get(cell, 0.0)
        times = of_these / of_told if of_told else 0.0
        return max(counts.get(Cell(0, "name", cell.form), 0.0), _LEAST_DOUBLES) * times
    of_whole = {form: counts.get(Cell(0, "name", form), 0.0) for form in WHOLE}
    alike = max(_met_beside_dates(_name_of(cell.form), counts), _LEAST_DOUBLES)
    return _show(cell.form, alike, same=_same_of([of_whole], [told]), known=known)


def _met_beside_dates(form: str, counts: Mapping[Cell, float]) -> float:
    """Pairs with one name and two dates, whatever the place and the sex."""
    return sum(counts.get(Cell(0, "name", one), 0.0) for one in _OF_ANY.get(form, (form,)))


def _expect_rare(cell: Cell, counts: Mapping[Cell, float], facts: Facts) -> float:
    """Pairs of strangers with a name that few bear: as many as differ in the whole date, by the chance of this part."""
    alike = sum(_met_beside_dates(form, counts) for form in _RARE_FORMS[cell.form.removesuffix(RARE)])
    return max(alike, _LEAST_DOUBLES) * facts.dates[cell.part] / facts.dates["name"]


def _pairs_within(facts: Facts, *, missing: int) -> float:
    return facts.persons * (facts.persons - 1) / 2 * share_of_pattern(missing, facts, facts)


def _shown_by_relatives(cell: Cell, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """Share of the relatives with the same date who would show in this cell."""
    if cell.part != "full" or len(cell.form) != 2:
        return 0.0
    given, surname = cell.form[0], cell.form[1]
    of_given = sum(facts.given.get(given, 1.0) for facts in lists) / len(lists)
    of_given *= _TWINS_NAMED_ALIKE if given in "XK" else 1.0
    return of_given * (1.0 if surname == "_" else matched.surname.get(surname, 0.0))


def _form_chance(form: str, facts: Facts) -> float:
    given, surname, names = facts.given, facts.surname, facts.names
    if len(form) == 2:
        return names[form] if form in names else given.get(form[0], 1.0) * surname.get(form[1], 1.0)
    return {
        "crossed": facts.crossing**2,
        "half": 2 * facts.crossing,
        "both": names["XX"],
        "both_key": names["XK"] + names["KX"] + names["KK"] + facts.crossing**2,
        "surname_in_part": names["XD"] + names["XP"],
        "given_in_part": names["DX"] + names["PX"],
    }[form]


def _by_rare_name(cell: Cell, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """Two persons, each the only one of her list with that name, who share a part of the date as well."""
    persons = max(sum(facts.persons for facts in lists), 1)
    part = sum(facts.dates[cell.part] * facts.persons for facts in lists) / persons
    forms = _RARE_FORMS[cell.form.removesuffix(RARE)]
    share = share_of_pattern(cell.missing, *lists)
    return part * share * sum(_count_rare(form, lists, matched=matched) for form in forms)


def _by_name(cell: Cell, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """Names that one person bears in each list: a few of them are two persons, as the names borne by two tell."""
    known = share_known(cell.missing, *lists)
    share = share_of_pattern(cell.missing, *lists)
    if cell.form in COMMON:
        return share * _count_common(cell.form, lists, known=known, matched=matched)
    pairs = share * _count_rare(_name_of(cell.form), lists, matched=matched)
    return _show(cell.form, pairs, same=_same_within(lists), known=known)


def _name_of(form: str) -> str:
    """The form that pairs have where neither place nor sex is known."""
    return next((name for name, forms in _OF_ANY.items() if form in forms), form)


def _show(form: str, pairs: float, *, same: Known, known: Known) -> float:
    """How many pairs with one name, or one that sounds so, show in a form of it."""
    if form in WHOLE:
        return split_by_known(pairs, same=same, known=known)[form]
    same_place = same.place * known.place
    return pairs * {"all_key_place": same_place, "all_key": 1 - same_place}.get(form, 1.0)


def _count_rare(form: str, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """Pairs of strangers who agree in a name that nobody else bears, had every record a name."""
    left, right = lists
    otherwise = 0.0 if form == "all" else _written_otherwise(form, matched)
    met = [
        max(_met_by_name(form, facts), otherwise * _met_by_name("all", facts), _LEAST_DOUBLES)
        * _meet_across(form, facts, other)
        for facts, other in ((left, right), (right, left))
    ]
    return sum(met) / 2 * _share_unhidden(_share_named(form, matched), lists, matched=matched)


def _count_common(form: str, lists: tuple[Facts, Facts], *, known: Known, matched: Matched) -> float:
    """The same of a name that others bear too, told apart by place or sex; none where no two records know it."""
    family, rare_form = COMMON[form], COMMON[form]
    field = "sex" if family == "all_sex" else "place"
    met = []
    for facts, other in (lists, lists[::-1]):
        known_within = getattr(_known_within(facts), field)
        times = getattr(known, field) / known_within if known_within else 0.0
        rare, common = (_met_by_name(one, facts) for one in (rare_form, form))
        of_name = _meet_across("all_key" if family == "all_key_place" else "all", facts, other)
        apart = _meet_across(family, facts, other)
        met.append(times * (apart * (rare + max(common, _LEAST_DOUBLES)) - min(apart, of_name) * rare))
    same = matched.names.get(form, 0.0) + matched.names.get(rare_form, 0.0)
    return sum(met) / 2 * _share_unhidden(same, lists, matched=matched)


def _share_unhidden(same: float, lists: tuple[Facts, Facts], *, matched: Matched) -> float:
    """A person in both lists meets a namesake only if her own two records differ, and then hers is seldom a name."""
    return _share_without_own(lists, matched=matched, agrees=1 - (1 - same) / 2)


def _meet_across(family: str, facts: Facts, other: Facts) -> float:
    """For each pair of a list that alone bears a name, pairs that alone bear one in this list and in the other."""
    ratio = other.persons / max(facts.persons, 1)
    _, twos, threes = facts.borne[family if family in facts.borne else "first"]
    return 2 * ratio / (1 + 3 * ratio * threes / max(twos, 1))


def _met_by_name(form: str, facts: Facts) -> float:
    """Pairs of the list that alone bear a name, had every record a name."""
    forms = _OF_ANY.get(form, (form,))
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


def _same_of(met: Sequence[Mapping[str, float]], known: Sequence[Known]) -> Known:
    """Share of the pairs of strangers with one name who have the same place; and the same sex, of the others."""
    place, of_place, sex, of_sex = (_PRIOR_ALIKE,) * 4
    for pairs, both in zip(met, known, strict=True):
        place, of_place = place + pairs["all_place"], of_place + sum(pairs.values()) * both.place
        sex, of_sex = sex + pairs["all_sex"], of_sex + (pairs["all_sex"] + pairs["all"]) * both.sex
    return Known(min(place / of_place, 1.0), min(sex / of_sex, 1.0))
