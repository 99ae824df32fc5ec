"""Is the row of headings found among titles, labels and figures, and left alone where none can be?"""

import pytest

from cauce.gather import headings


@pytest.mark.parametrize(
    ("rows", "heading_row"),
    [
        ([["Nombre", "Sexo"], ["Ana", "F"]], 1),
        ([["Casos 2020", ""], ["", ""], ["Nombre", "Sexo"], ["Ana", "F"]], 3),
        ([["Víctima", "", "Caso", ""], ["Nombre", "Sexo", "Fecha", "Lugar"], ["Ana", "F", "1/1/20", "Lima"]], 2),
        ([["", "Nombre", "Sexo"], ["1", "Ana", "F"], ["2", "", ""]], 1),
        ([["Nombre"], ["Ana"]], 1),
    ],
)
def test_find_shape_finds_the_headings_below_titles(rows, heading_row):
    assert headings.find_shape(rows).heading_row == heading_row


@pytest.mark.parametrize("rows", [[], [[""]], [["1", "2"], ["3", "4"]], [["2020-01-01", "12"], ["2020-01-02", "13"]]])
def test_find_shape_finds_nothing_where_only_figures_stand(rows):
    assert headings.find_shape(rows) is None


@pytest.mark.parametrize(
    "row",
    [
        lambda n: ["Ana", "Paz", f"{1 + n:02}/03/1990"],
        lambda n: [f"E-{n}", "Ana", "Paz"],
        lambda n: [str(n), "Ana", "Paz"],
        lambda n: ["Ana", f"Paz{'abcdefgh'[n]}", "F" if n % 2 else "M"],
    ],
)
def test_find_shape_takes_nobody_s_name_for_a_heading(row):
    rows = [row(n) for n in range(8)]

    assert headings.find_shape(rows) is None
    assert headings.find_shape([["Uno", "Dos", "Tres"], *rows]).heading_row == 1


def test_find_shape_believes_a_person_who_says_where_the_headings_are():
    assert headings.find_shape([[f"E-{n}", "Ana"] for n in range(8)], heading_row=1).heading_row == 1


def test_find_shape_takes_years_above_figures_for_headings():
    rows = [["Departamento", "País", "2018"], *([f"D{n}", "Haití", str(40 + n)] for n in range(6))]

    assert headings.find_shape(rows).heading_row == 1


def test_find_shape_takes_a_second_row_of_labels_for_headings_too():
    names = ["prs_FirstName", "prs_Gender", "", "cas_Status"]
    labels = ["First Name", "Gender", "Reason", "Status"]

    shape = headings.find_shape([names, labels, ["Ana", "Feminine", "", "Active"]])

    assert (shape.first_row, shape.names) == (3, ("prs_FirstName", "prs_Gender", "Reason", "cas_Status"))


def test_find_shape_takes_a_first_case_that_is_no_label_for_data():
    shape = headings.find_shape([["Nombre", "Sexo", "Nacionalidad"], ["Ana", "F", "Perú"]])

    assert shape.first_row == 2


def test_find_shape_names_headings_that_stand_twice_by_the_title_above():
    rows = [["Víctima", "", "Agresor", ""], ["Nombre", "Sexo", "Nombre", "Sexo"], ["Ana", "F", "X", "M"]]

    shape = headings.find_shape(rows)

    assert shape.names == ("Víctima: Nombre", "Víctima: Sexo", "Agresor: Nombre", "Agresor: Sexo")


@pytest.mark.parametrize(("filled", "width"), [(1, 2), (4, 3)])
def test_find_shape_of_a_text_ends_at_the_last_heading_unless_most_rows_go_beyond(filled, width):
    rows = [["Nombre", "Sexo", ""], *(["Ana", "F", "x" if row < filled else ""] for row in range(5))]

    shape = headings.find_shape(rows, ends_at_headings=True)

    assert len(shape.headings) == width


def test_find_shape_obeys_a_person_who_names_the_row():
    rows = [["a", "b"], ["c", "d"], ["e", "f"]]

    assert headings.find_shape(rows, heading_row=2).headings == ("c", "d")
    assert headings.find_shape(rows, heading_row=9) is None
