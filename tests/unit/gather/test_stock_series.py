"""Are stocks of many years, sexes and ages read from a folder and from a long table alike?"""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cauce.gather.stock_series import StockKey, read_stock_series
from cauce.standards.errors import Refusal

LONG = "birthplace,residence,year,sex,stock\nA,A,1990,f,9\nA,B,1990,f,1\nB,B,1990,f,8\nA,A,1995,f,8\nB,B,1995,f,8\n"


def test_folder_is_read_by_the_names_of_its_files(tmp_path):
    for name in ("stock_f_1990.csv", "stock_f_1995.csv", "stock_m_1990.csv"):
        (tmp_path / name).write_text(",A,B\nA,9,1\nB,0,8\n")
    (tmp_path / "bd_f_1990.csv").write_text("area,births,deaths\nB,3,4\nA,1,2\n")
    (tmp_path / "out_f_1990.csv").write_text("not a stock")

    series = read_stock_series(tmp_path)

    assert sorted(series.stocks) == [StockKey("f", "", 1990), StockKey("f", "", 1995), StockKey("m", "", 1990)]
    assert series.events[StockKey("f", "", 1990)].tolist() == [[1, 2], [3, 4]]


def test_folder_may_leave_the_sex_out(tmp_path):
    (tmp_path / "stock_1990.csv").write_text(",A,B\nA,9,1\nB,0,8\n")

    assert list(read_stock_series(tmp_path).stocks) == [StockKey("", "", 1990)]


def test_long_table_is_the_same_as_csv_and_as_parquet(tmp_path):
    (tmp_path / "stocks.csv").write_text(LONG)
    rows = [line.split(",") for line in LONG.splitlines()]
    columns = {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}
    table = pa.table({**columns, "year": list(map(int, columns["year"])), "stock": list(map(float, columns["stock"]))})
    pq.write_table(table, tmp_path / "stocks.parquet")

    text, binary = (read_stock_series(tmp_path / f"stocks.{kind}") for kind in ("csv", "parquet"))

    assert text.areas == binary.areas == ("A", "B")
    assert text.stocks[StockKey("f", "", 1990)].tolist() == [[9, 1], [0, 8]]
    assert all((text.stocks[key] == binary.stocks[key]).all() for key in binary.stocks)


def test_births_and_deaths_come_from_their_own_long_table(tmp_path):
    (tmp_path / "stocks.csv").write_text(LONG)
    (tmp_path / "bd.csv").write_text("area,year,sex,births,deaths\nA,1990,f,1,2\nB,1990,f,3,4\n")

    series = read_stock_series(tmp_path / "stocks.csv", births_deaths=tmp_path / "bd.csv")

    assert series.events[StockKey("f", "", 1990)].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("row", ["A,B,1990,f,", "A,B,1990,f,many", "A,A,1990,f,9"])
def test_long_table_with_a_missing_wrong_or_repeated_row_is_refused(tmp_path, row):
    (tmp_path / "stocks.csv").write_text(LONG.replace("A,B,1990,f,1", row))

    with pytest.raises(Refusal) as refusal:
        read_stock_series(tmp_path / "stocks.csv")

    assert refusal.value.code == "gather.bad_long_table"


def test_long_table_without_a_column_is_refused(tmp_path):
    (tmp_path / "stocks.csv").write_text("birthplace,residence,year\nA,A,1990\n")

    with pytest.raises(Refusal) as refusal:
        read_stock_series(tmp_path / "stocks.csv")

    assert refusal.value.code == "gather.column_absent"


def test_folder_without_stocks_and_with_changing_areas_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(Refusal) as empty:
        read_stock_series(tmp_path)
    (tmp_path / "stock_1990.csv").write_text(",A,B\nA,9,1\nB,0,8\n")
    (tmp_path / "stock_1995.csv").write_text(",A,C\nA,9,1\nC,0,8\n")

    with pytest.raises(Refusal) as changing:
        read_stock_series(tmp_path)

    assert (empty.value.code, changing.value.code) == ("gather.no_stocks", "gather.areas_change")
