"""Are the named columns of a survey's file read as they are, or refused whole?"""

import pytest

from cauce.gather.sample_files import read_named_columns
from cauce.standards.errors import Refusal


@pytest.fixture
def sample(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "sample.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.mark.parametrize(("mark", "encoding"), [(",", "utf-8"), (";", "latin-1"), ("\t", "utf-8-sig"), (",", "utf-16")])
def test_columns_are_read_whatever_the_delimiter_and_the_encoding(sample, mark, encoding):
    path = sample(mark.join(["año", "peso"]) + "\n" + mark.join(["uno", "2.5"]) + "\n", encoding)

    table = read_named_columns(path, {"stratum": "año", "weight": "peso"}, numbers={"weight"})

    assert table.to_pylist() == [{"stratum": "uno", "weight": 2.5}]


def test_empty_cells_and_na_are_missing_and_never_zero(sample):
    path = sample("a,w\n1,\n2,NA\nTRUE,3\n")

    table = read_named_columns(path, {"value": "a", "weight": "w"}, numbers={"value", "weight"})

    assert table["weight"].to_pylist() == [None, None, 3.0]
    assert table["value"].to_pylist() == [1.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,w\n1,2\n", "gather.sample_columns"),
        ("s,w\nx,dos\n", "gather.sample_number"),
        ("s,w\n", "gather.sample_rows"),
        ("s,w\nx,1\ny\n", "gather.sample_rows"),
        ("s,w\n,1\n", "gather.sample_blank"),
    ],
)
def test_files_that_do_not_say_what_was_asked_are_refused(sample, text, code):
    with pytest.raises(Refusal) as refusal:
        read_named_columns(sample(text), {"stratum": "s", "weight": "w"}, numbers={"weight"}, filled={"stratum"})

    assert refusal.value.code == code


def test_refusals_never_show_a_cell(sample):
    with pytest.raises(Refusal) as refusal:
        read_named_columns(sample("s,w\nx,secret\n"), {"weight": "w"}, numbers={"weight"})

    assert "secret" not in str(refusal.value)
