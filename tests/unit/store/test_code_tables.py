from cauce.store import code_tables


def test_open_codes_reads_every_column_as_text_and_an_empty_cell_as_missing(tmp_path):
    (tmp_path / "people.csv").write_text("sex,age\nF,07\n,8\n", encoding="utf-8")

    people = code_tables.open_codes(tmp_path / "people.csv")

    assert people.to_pyarrow().to_pylist() == [{"sex": "F", "age": "07"}, {"sex": None, "age": "8"}]


def test_open_codes_lets_the_engine_write_nobody_to_a_file_when_memory_is_short(tmp_path):
    (tmp_path / "people.csv").write_text("sex\nF\n", encoding="utf-8")

    engine = code_tables.open_codes(tmp_path / "people.csv").get_backend()

    assert engine.con.sql("SELECT current_setting('temp_directory')").fetchall() == [("",)]
