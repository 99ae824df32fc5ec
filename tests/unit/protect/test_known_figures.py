from datetime import date

import numpy as np
import pytest

from cauce.protect import consistency, known_figures
from cauce.protect.consistency import Query
from cauce.protect.levels import Columns, Level
from cauce.standards.invariants import Invariant

DOMAIN = {"sex": ("F", "M"), "age": ("0", "1", "2"), "majority": ("minor", "adult"), "area": ("A", "B")}
LEVELS = {"majority": Level("age", np.array([0, 1, 1]))}
SIZES = {"sex": 2, "age": 3, "area": 2}


def published(by, codes, value):
    return Invariant(by, codes, value, "INEGI", date(2026, 3, 1))


def parts_of(people=400.0, sigma=5.0):
    queries = [
        Query((), np.array(people), sigma),
        Query(("sex", "age"), np.array([[100.0, 90.0, 60.0], [70.0, 50.0, 30.0]]), sigma),
        Query(("area",), np.array([250.0, 150.0]), sigma),
    ]
    return consistency.reconcile(queries, SIZES, levels=LEVELS)


def codes_refused(invariant, tables=(("sex", "age"), ("area",))):
    columns = Columns(SIZES, LEVELS)
    found = known_figures.check_invariants([invariant], tables=tables, domain=DOMAIN, columns=columns)
    return [refusal.code for refusal in found]


@pytest.mark.parametrize(
    ("by", "codes"),
    [((), ()), (("sex",), ("F",)), (("age", "sex"), ("2", "M")), (("majority",), ("adult",)), (("area",), ("B",))],
)
def test_check_invariants_lets_pass_what_a_table_holds_or_adds_up_to(by, codes):
    assert codes_refused(published(by, codes, 40)) == []


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        (("sex",), ("X",)),
        (("sex",), ("F", "M")),
        (("sex", "area"), ("F", "A")),
        (("work",), ("sea",)),
        (("sex", "age"), ("F", "X")),
    ],
)
def test_check_invariants_refuses_what_no_table_holds(by, codes):
    assert codes_refused(published(by, codes, 40)) == ["protect.no_such_figure"]


def test_agree_moves_all_tables_to_a_published_figure_that_the_noise_explains():
    figures = [published((), (), 405), published(("sex",), ("F",), 252)]

    parts, known = known_figures.agree(parts_of(), figures, domain=DOMAIN)

    assert [one.agrees for one in known] == [True, True]
    assert parts.table(("sex",)) == pytest.approx([252.0, 153.0])
    assert parts.table(("area",)).sum() == pytest.approx(405.0)
    assert parts.table(("sex", "age"))[0].sum() == pytest.approx(252.0)


@pytest.mark.parametrize(("sigmas", "agrees"), [(-3.9, True), (-4.1, False), (3.9, True), (4.1, False)])
def test_agree_leaves_all_as_it_is_where_the_noise_does_not_explain_the_distance(sigmas, agrees):
    parts = parts_of(sigma=1_000.0)
    sigma = float(np.sqrt(parts.variance(("sex",))))
    value = round(float(parts.table(("sex",))[0]) + sigmas * sigma)

    moved, known = known_figures.agree(parts, [published(("sex",), ("F",), value)], domain=DOMAIN)

    assert [one.agrees for one in known] == [agrees]
    assert (moved is parts) is not agrees


@pytest.mark.parametrize(("value", "agrees"), [(157, True), (156, False), (158, False)])
def test_agree_holds_a_figure_against_those_before_it(value, agrees):
    figures = [published((), (), 400), published(("sex",), ("F",), 243), published(("sex",), ("M",), value)]

    _, known = known_figures.agree(parts_of(), figures, domain=DOMAIN)

    assert [one.agrees for one in known] == [True, True, agrees]


def test_concerning_tells_of_a_table_the_published_figures_that_its_cells_add_up_to():
    figures = [published((), (), 400), published(("majority",), ("minor",), 170), published(("area",), ("A",), 250)]
    parts, known = known_figures.agree(parts_of(), figures, domain=DOMAIN)

    told = {by: known_figures.concerning(by, known, parts=parts) for by in [(), ("age", "sex"), ("area",), ("sex",)]}

    assert told == {(): known[:1], ("age", "sex"): known[:2], ("area",): (known[0], known[2]), ("sex",): known[:1]}


def test_agree_moves_tables_to_a_published_figure_also_where_their_noise_is_under_one_person():
    parts, known = known_figures.agree(parts_of(sigma=0.3), [published(("sex",), ("F",), 251)], domain=DOMAIN)

    assert [one.agrees for one in known] == [True]
    assert parts.table(("sex",))[0] == pytest.approx(251.0)
    assert parts.variances(("sex",))[0] == 0.0
