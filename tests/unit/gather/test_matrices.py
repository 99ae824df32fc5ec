"""Is each cell of a small table read as it stands, or the whole file refused with the cells named?"""

import gzip

import numpy as np
import pytest

from cauce.gather import matrices
from cauce.standards.errors import Refusal


@pytest.fixture
def write(tmp_path):
    def written(text, name="stock.csv"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
        return path

    return written


@pytest.mark.parametrize(
    "text", ["pob,A,B\nA,1,2\nB,3,4.5\n", "\ufeff;A;B\r\nA;1;2\r\nB;3;4.5\r\n", "x\tA\tB\nA\t1\t2\n\nB\t3\t4.5"]
)
def test_matrix_is_read_whatever_its_corner_and_marks(write, text):
    table = matrices.read_matrix(write(text))

    assert table.rows == ("A", "B")
    assert table.values.tolist() == [[1, 2], [3, 4.5]]


def test_matrix_is_read_from_a_compressed_file(write):
    assert matrices.read_matrix(write(",A,B\nA,1,2\nB,3,4\n", "stock.csv.gz")).values.sum() == 10


def test_matrix_puts_its_columns_in_the_order_of_its_rows(write):
    assert matrices.read_matrix(write(",B,A\nA,2,1\nB,4,3\n")).values.tolist() == [[1, 2], [3, 4]]


def test_matrix_may_leave_the_diagonal_of_an_offset_empty(write):
    table = matrices.read_matrix(write(",A,B\nA,,2\nB,3,\n"), diagonal="optional")

    assert np.isnan(table.values).tolist() == [[True, False], [False, True]]


BAD = {
    "gather.empty_matrix": ",A,B\n",
    "gather.ragged_matrix": ",A,B\nA,1\nB,3,4\n",
    "gather.repeated_area": ",A,B\nA,1,2\nA,3,4\n",
    "gather.unmatched_areas": ",A,B\nA,1,2\nC,3,4\n",
    "gather.missing_cell": ",A,B\nA,1,\nB,3,4\n",
    "gather.not_a_number": ",A,B\nA,1,many\nB,3,4\n",
}


@pytest.mark.parametrize("code", BAD)
def test_matrix_that_cannot_be_read_whole_is_refused(write, code):
    with pytest.raises(Refusal) as refusal:
        matrices.read_matrix(write(BAD[code]))

    assert refusal.value.code == code


@pytest.mark.parametrize("cell", ["nan", "NaN", "", "..", "NA"])
def test_missing_cell_is_never_read_as_zero(write, cell):
    with pytest.raises(Refusal) as refusal:
        matrices.read_matrix(write(f",A,B\nA,1,{cell}\nB,3,4\n"))

    assert refusal.value.code == "gather.missing_cell"


@pytest.mark.parametrize("cell", ["inf", "1_000", '"1,000"', "1 000", "0x10"])
def test_cell_that_is_no_plain_number_is_refused(write, cell):
    with pytest.raises(Refusal) as refusal:
        matrices.read_matrix(write(f",A,B\nA,1,{cell}\nB,3,4\n"))

    assert refusal.value.code == "gather.not_a_number"


def test_wrong_and_missing_cells_are_told_together(write):
    with pytest.raises(ExceptionGroup) as group:
        matrices.read_matrix(write(",A,B\nA,x,\nB,3,4\n"))

    assert [one.code for one in group.value.exceptions] == ["gather.not_a_number", "gather.missing_cell"]


def test_binary_file_is_refused(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_bytes(b"\xff\xfe\x00\x80")

    with pytest.raises(Refusal) as refusal:
        matrices.read_matrix(path)

    assert refusal.value.code == "gather.not_text"


def test_figures_by_area_are_found_by_their_headings_in_any_order(write):
    table = matrices.read_area_figures(write("area,Deaths,note,Births\nA,1,9,2\nB,3,9,4\n"), ["births", "deaths"])

    assert table.values.tolist() == [[2, 1], [4, 3]]


def test_figures_by_area_are_refused_without_their_column(write):
    with pytest.raises(Refusal) as refusal:
        matrices.read_area_figures(write("area,births\nA,1\n"), ["births", "deaths"])

    assert refusal.value.code == "gather.column_absent"


def test_reported_moves_leave_one_end_empty_for_a_total(write):
    path = write("origin,destination,moves\nA,B,5\nA,,9\n,B,7\n")

    assert matrices.read_moves(path, ["A", "B"]) == [(0, 1, 5), (0, None, 9), (None, 1, 7)]


@pytest.mark.parametrize(("row", "code"), [(",,5", "gather.total_of_all"), ("A,Z,5", "gather.unknown_area")])
def test_reported_moves_without_a_known_end_are_refused(write, row, code):
    with pytest.raises(Refusal) as refusal:
        matrices.read_moves(write(f"origin,destination,moves\n{row}\n"), ["A", "B"])

    assert refusal.value.code == code
