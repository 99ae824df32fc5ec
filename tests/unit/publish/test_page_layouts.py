"""Which rows and columns does a page show, in which order, and what does it fold away?"""

from tests.unit.publish.cleared_samples import LABELS, big_table, table_of

from cauce.publish.layouts import lay_out


def codes_of(grid):
    return [row.headings[0].code for row in grid.rows]


def test_layout_puts_the_shorter_field_across():
    grid = lay_out(big_table(areas=20, values=20), LABELS, "en")

    assert grid.across == "prs_Gender"
    assert grid.down == ("prs_Citizenship",)


def test_layout_sorts_by_size_with_the_unstated_last():
    table = table_of(
        ["prs_Gender"],
        [("Masculine", 5, 1, 9, "A"), ("_U", 900, 890, 910, "A"), ("Feminine", 50, 41, 59, "A")],
    )

    assert codes_of(lay_out(table, LABELS, "en")) == ["Feminine", "Masculine", "_U"]


def test_layout_keeps_the_order_of_ages_whatever_their_size():
    table = table_of(["age_code"], [("Y0T17", 5, 1, 9, "A"), ("Y_GE18", 50, 41, 59, "A"), ("_U", 7, 1, 13, "A")])

    assert codes_of(lay_out(table, LABELS, "en")) == ["Y0T17", "Y_GE18", "_U"]


def test_layout_folds_rows_without_figures_in_a_long_table_and_names_them():
    grid = lay_out(big_table(areas=250, values=40), LABELS, "en")

    assert len(grid.rows) == 40
    assert grid.folded_count == 210
    assert "A28" in grid.folded


def test_layout_keeps_rows_without_figures_in_a_short_table():
    table = table_of(["prs_Gender"], [("Feminine", 50, 41, 59, "A"), ("Masculine", None, None, None, "Q")])

    grid = lay_out(table, LABELS, "en")

    assert codes_of(grid) == ["Feminine", "Masculine"]
    assert grid.folded_count == 0


def test_layout_counts_the_rows_that_a_page_has_no_room_for():
    grid = lay_out(big_table(areas=250, values=250), LABELS, "en")

    assert len(grid.rows) + grid.unshown_count == 250
    assert len(grid.rows) * len(grid.columns) <= 450


def test_layout_lists_a_table_by_three_fields_row_by_row():
    by = ["prs_Gender", "age_code", "prs_Citizenship"]
    table = table_of(by, [("Feminine", "Y0T17", "HTI", 20, 12, 28, "A"), ("Feminine", "Y0T17", "_U", 30, 22, 38, "A")])

    grid = lay_out(table, LABELS, "es")

    assert grid.across is None
    assert grid.rows[0].name == "Femenino · 0 a 17 años · Haití"
