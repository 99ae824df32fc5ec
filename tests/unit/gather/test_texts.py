"""Are the encoding and the delimiter of a text found, and its rows counted, whatever its bytes?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.gather import texts
from cauce.standards.errors import Refusal

SPANISH = "Nombre;País\nÁngel Muñoz;Perú\n"


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "a.csv"
        path.write_bytes(content)
        return path

    return written


@pytest.mark.parametrize(
    ("content", "encoding", "is_plain"),
    [
        (SPANISH.encode(), "utf-8", True),
        (SPANISH.encode("utf-8-sig"), "utf-8", False),
        (SPANISH.encode("cp1252"), "cp1252", False),
        (SPANISH.encode("latin-1") + b"\x9d", "latin-1", False),
        (SPANISH.encode("utf-16"), "utf-16", False),
        (SPANISH.encode("utf-16-be"), "utf-16-be", False),
        (b"a;b\r\n1;2\r\n", "utf-8", True),
        (b"a;b\r1;2\r", "utf-8", False),
        (b"a;b\r\n1;2\n", "utf-8", False),
        (b"a;b\n\n1;2\n", "utf-8", False),
    ],
)
def test_find_traits_tells_the_encoding_and_whether_the_text_is_plain(write, content, encoding, is_plain):
    assert texts.find_traits(write(content)) == texts.TextTraits(encoding, is_plain)


def test_find_traits_obeys_a_person_who_names_the_encoding(write):
    path = write("Nombre;País\nAna;Perú\n".encode("cp850"))

    traits = texts.find_traits(path, encoding="cp850")

    assert "Perú" in texts.read_sample(path, traits.encoding)


def test_find_traits_refuses_an_encoding_that_does_not_read_the_file(write):
    with pytest.raises(Refusal) as refusal:
        texts.find_traits(write(SPANISH.encode("cp1252")), encoding="utf-8")

    assert refusal.value.code == "gather.wrong_encoding"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_find_delimiter_is_not_misled_by_marks_within_cells(mark):
    other = ";" if mark != ";" else ","
    sample = f'Nombre{mark}Formas{mark}Nota\nAna{mark}a{other}b{other}c{mark}"x{mark}y"\nLuis{mark}d{mark}z{other}w\n'

    assert texts.find_delimiter(sample) == mark


@pytest.mark.parametrize(
    ("content", "rows", "begins"),
    [
        (b"a,b\n1,2\n", 2, 2),
        (b"a,b\n1,2", 2, 2),
        (b'a,b\n"x\ny",2\n3,4\n', 3, 4),
        (b'a,b\n1,5" pipe\n2,x\n', 3, 3),
        (b'a,b\n"1,2\n3,4\n', 2, 2),
    ],
)
def test_count_rows_counts_as_a_spreadsheet_does(write, content, rows, begins):
    assert texts.count_rows(write(content), delimiter=",") == (rows, begins)


@given(cells=st.lists(st.lists(st.text('ab"\n,; á', max_size=4), min_size=2, max_size=2), min_size=1, max_size=6))
def test_write_plain_and_count_rows_keep_the_number_of_rows(cells, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    (folder / "a.csv").write_bytes("\r\n\r\n".join(lines).encode("utf-16"))

    texts.write_plain(folder / "a.csv", folder / "b.csv", encoding="utf-16")

    assert texts.count_rows(folder / "b.csv", delimiter=",")[0] == 2 * len(cells) - 1
