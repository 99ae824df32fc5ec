"""How many pairs of different persons would meet in each cell by chance?

From the aggregates of both lists: the levels as if dates and names were independent, the twins and relatives that
share date and surname, and the pairs of different persons that met in that cell within each list.
"""

from collections.abc import Mapping, Sequence

from cauce.link.facts import Facts
from cauce.link.levels import RARE, Cell
from cauce.link.matched import SURNAME_OF_RELATIVES, Matched
from cauce.link.meetings import CellCount
from cauce.link.namesakes import (
    LEAST_DOUBLES,
    count_namesakes,
    count_rare_namesakes,
    count_with_dates,
    expect_namesakes,
    guess_same,
)
from cauce.link.patterns import share_of_pattern

__all__ = ["count_chance_meetings", "expect_within", "guess_relatives"]

_PRIOR_PAIRS = 1.0
_UNRELATED_GIVEN = "PI-"
_RARE_FORMS = {
    "both": ("all", "first"),
    "both_key": ("key_surname", "given_keys", "all_key"),
    "surname_in_part": ("all_key", "surname_near"),
    "given_in_part": ("all_key", "given_near"),
}
_TWINS_NAMED_ALIKE = 0.25
_TWINS = 1 / 120
_SPREAD_OF_CHANGED, _CHANGED_LEAST = 0.4, 0.02
_LEAST_COMMON = 0.1
_SAME_FORM = 0.95


def count_chance_meetings(
    cells: Sequence[Cell],
    lists: tuple[Facts, Facts],
    *,
    matched: Matched,
    counts: Mapping[Cell, CellCount],
) -> dict[Cell, float]:
    """Expected pairs of different persons, one of each list, in each cell.

    In
        cells     the cells wanted
        lists     the aggregates of the two lists
        matched   what is known by now of the matches
        counts    what met in each cell: those with one name and two dates tell how often strangers share a place
    Out
        cell -> pairs
    """
    same = guess_same(lists, counts)
    relatives = _count_relatives(lists, matched=matched)
    return {
        cell: count_namesakes(cell, lists, matched=matched, same=same)
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
    shown = max(sum(facts.given[given] for given in _UNRELATED_GIVEN), 0.1) * SURNAME_OF_RELATIVES["X"]
    plain = Matched()

    def expect(cell: Cell) -> float:
        share = share_of_pattern(cell.missing, facts, facts) / complete
        if cell.part == "name":
            return expect_namesakes(cell, counts, facts, share=share)
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
    free = matched.share_unhidden(lists, agrees=matched.same_date * _SAME_FORM)
    own = rate * free * left.persons * right.persons * max(share_of_pattern(cell.missing, left, right), 1e-12)
    if cell.form != "both_key":
        return own
    alike = _by_date(cell._replace(form="both"), lists, relatives=relatives, matched=matched)
    return max(own, alike * sum(matched.written_otherwise(form) for form in _RARE_FORMS["both_key"]))


def _expect_by_accident(cell: Cell, facts: Facts) -> float:
    return _pairs_within(facts, missing=cell.missing) * facts.dates[cell.part] * _form_chance(cell.form, facts)


def _expect_rare(cell: Cell, counts: Mapping[Cell, float], facts: Facts) -> float:
    """Pairs of strangers with a name that few bear: as many as differ in the whole date, by the chance of this part."""
    alike = sum(count_with_dates(form, counts) for form in _RARE_FORMS[cell.form.removesuffix(RARE)])
    return max(alike, LEAST_DOUBLES) * facts.dates[cell.part] / facts.dates["name"]


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
    return part * share * sum(count_rare_namesakes(form, lists, matched=matched) for form in forms)
