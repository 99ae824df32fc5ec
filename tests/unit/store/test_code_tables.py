import gzip

import pytest

from cauce.standards.errors import Refusal
from cauce.store import code_tables


def test_open_codes_reads_every_column_as_text_and_an_empty_cell_as_missing(tmp_path):
    (tmp_path / "people.csv").write_text("sex,age\nF,07\n,8\n", encoding="utf-8")

    people = code_tables.open_codes(tmp_path / "people.csv")

    assert people.to_pyarrow().to_pylist() == [{"sex": "F", "age": "07"}, {"sex": None, "age": "8"}]


def test_open_codes_lets_the_engine_write_nobody_to_a_file_when_memory_is_short(tmp_path):
    (tmp_path / "people.csv").write_text("sex\nF\n", encoding="utf-8")

    engine = code_tables.open_codes(tmp_path / "people.csv").get_backend()

    assert engine.con.sql("SELECT current_setting('temp_directory')").fetchall() == [("",)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("people.csv", b"", "store.empty_table"),
        ("people.csv", b"\xef\xbb\xbf\n\n", "store.empty_table"),
        ("people.csv.gz", gzip.compress(b"\n", mtime=0), "store.empty_table"),
        ("people.csv", b"sex,age,sex\nF,1,F\n", "store.doubled_heading"),
        ("people.csv", b"sex;sex\nF;F\n", "store.doubled_heading"),
        ("people.csv", b"sex,age\nF,1,3\nM\n", "store.damaged_table"),
        ("people.csv", "sex,age\nñ,1\n".encode("latin-1"), "store.damaged_table"),
        ("people.csv", bytes(range(256)) * 9, "store.damaged_table"),
        ("people.csv.gz", b"sex,age\nF,1\n", "store.damaged_table"),
        ("people.csv.gz", gzip.compress(b"sex,age\n" + b"F,1\n" * 999, mtime=0)[:-20], "store.damaged_table"),
        ("people.parquet", b"PAR1" + bytes(99), "store.damaged_table"),
        ("people.tsv", None, "store.no_file"),
    ],
)
def test_open_codes_tells_what_is_no_table_by_one_refusal(tmp_path, name, content, code):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(Refusal) as refused:
        code_tables.open_codes(tmp_path / name)

    assert refused.value.code == code


def test_row_that_is_no_text_far_down_the_table_is_refused_without_its_words(tmp_path):
    (tmp_path / "people.csv").write_bytes(b"sex,age\n" + b"F,1\n" * 60_000 + b"Ana\xd1,1\n")

    with pytest.raises(Refusal) as refused, code_tables.refusing_damage(tmp_path / "people.csv"):
        code_tables.open_codes(tmp_path / "people.csv").to_pyarrow()

    assert refused.value.code == "store.damaged_table"
    assert "Ana" not in str(refused.value)


def test_codes_of_a_column_that_are_no_list_are_refused_naming_the_column(tmp_path):
    (tmp_path / "domain.toml").write_text('sex = "F"\n', encoding="utf-8")

    with pytest.raises(Refusal, match="no list of codes for sex"):
        code_tables.read_domain(tmp_path / "domain.toml")
