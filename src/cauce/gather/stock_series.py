"""Which stocks, births and deaths do a folder or a long table hold, for many years, sexes and ages?

A folder holds matrices named `stock_SEX_YEAR.csv` and `bd_SEX_YEAR.csv` (the sex may be left out). A long table, CSV
or Parquet, has the columns birthplace, residence, year and stock, and perhaps sex and age; there a pair of areas
without a row is empty. One pair of matrices is read by `matrices`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from cauce.gather import matrices
from cauce.standards.errors import Refusal

__all__ = ["StockKey", "StockSeries", "read_stock_series"]

Array = NDArray[np.float64]
_NAME = re.compile(r"^(?P<kind>stock|bd|births_deaths)(?:[_-](?P<sex>[^_-]+))?[_-](?P<year>\d{4})\.csv(?:\.gz)?$", re.I)


@dataclass(frozen=True, order=True)
class StockKey:
    """Whose stock, and when; sex and age are empty where the files do not tell them apart."""

    sex: str
    age: str
    year: int


@dataclass(frozen=True)
class StockSeries:
    """Stocks (birthplace, residence) by key; births and deaths (residence, 2) by the key their period begins with."""

    areas: tuple[str, ...]
    stocks: Mapping[StockKey, Array]
    events: Mapping[StockKey, Array]


def read_stock_series(path: Path, *, births_deaths: Path | None = None) -> StockSeries:
    """Everything that a folder or a long table holds.

    In
        path            folder of matrices, or a long table (CSV or Parquet)
        births_deaths   long table: area, year of the start of the period, births, deaths, perhaps sex and age;
                        in a folder the files named bd_ are read
    Out
        StockSeries
    Refuses
        gather.no_stocks         nothing in the folder is named as a stock
        gather.areas_change      the files hold different areas
        gather.column_absent     a long table lacks a column
        gather.bad_long_table    a cell is missing or no number, or a row is there twice
    """
    if path.is_dir():
        return _read_folder(path)
    stocks = _read_long(path, names=("birthplace", "residence", "year", "stock"))
    areas = tuple(sorted({*stocks["birthplace"], *stocks["residence"]}))
    tables: dict[StockKey, Array] = {}
    places = {area: place for place, area in enumerate(areas)}
    for key, birthplace, residence, stock in zip(
        _keys(stocks), stocks["birthplace"], stocks["residence"], stocks["stock"], strict=True
    ):
        table = tables.setdefault(key, np.full((len(areas), len(areas)), np.nan))
        place = (places[birthplace], places[residence])
        if not np.isnan(table[place]):
            raise _bad_long_table(path, f"{birthplace}-{residence} {key.year}")
        table[place] = stock
    filled = {key: np.nan_to_num(table) for key, table in tables.items()}
    return StockSeries(areas, filled, _read_events(births_deaths, places) if births_deaths else {})


def _read_folder(folder: Path) -> StockSeries:
    areas: tuple[str, ...] = ()
    tables: dict[StockKey, Array] = {}
    events: dict[StockKey, Array] = {}
    for file in sorted(folder.iterdir(), key=lambda one: (not one.name.casefold().startswith("stock"), one.name)):
        named = _NAME.match(file.name)
        if not named:
            continue
        key = StockKey(named["sex"] or "", "", int(named["year"]))
        is_stock = named["kind"].casefold() == "stock"
        table = matrices.read_matrix(file) if is_stock else matrices.read_area_figures(file, ["births", "deaths"])
        areas = areas or table.rows
        _refuse_other_areas(file, table.rows, areas)
        order = [table.rows.index(area) for area in areas]
        (tables if is_stock else events)[key] = table.values[np.ix_(order, order)] if is_stock else table.values[order]
    if not tables:
        raise Refusal(
            "gather.no_stocks",
            found="The folder {folder} holds no stock",
            wanted="files named stock_SEX_YEAR.csv, and bd_SEX_YEAR.csv for births and deaths",
            remedy="Rename the files so, such as stock_f_1990.csv",
            folder=folder.name,
        )
    return StockSeries(areas, tables, events)


def _refuse_other_areas(file: Path, found: Sequence[str], wanted: Sequence[str]) -> None:
    differing = sorted(set(found) ^ set(wanted))
    if differing:
        raise Refusal(
            "gather.areas_change",
            found="{file} does not hold the same areas as the files before it: {areas}",
            wanted="the same area codes at all dates",
            remedy="Merge areas that were split, such as 729 and 728 into 736, at all dates",
            file=file.name,
            areas=", ".join(differing[:5]) + (f" (+{len(differing) - 5})" if len(differing) > 5 else ""),
        )


def _read_events(path: Path, places: Mapping[str, int]) -> dict[StockKey, Array]:
    rows = _read_long(path, names=("area", "year", "births", "deaths"))
    events: dict[StockKey, Array] = {}
    for key, area, births, deaths in zip(_keys(rows), rows["area"], rows["births"], rows["deaths"], strict=True):
        if area not in places:
            matrices.place_of(area, list(places), file=path.name)
        table = events.setdefault(key, np.full((len(places), 2), np.nan))
        if not np.isnan(table[places[area]]).all():
            raise _bad_long_table(path, f"{area} {key.year}")
        table[places[area]] = births, deaths
    return events


def _read_long(path: Path, *, names: Sequence[str]) -> dict[str, list[Any]]:
    """Columns by name; codes as text, years as whole numbers, the rest as numbers."""
    table = pa.parquet.read_table(path) if path.suffix == ".parquet" else _read_long_csv(path)
    table = table.rename_columns([name.casefold() for name in table.column_names])
    absent = [name for name in names if name not in table.column_names]
    if absent:
        raise Refusal(
            "gather.column_absent",
            found="{file} has no column {columns}",
            wanted="the columns {wanted_columns} after the area",
            remedy="Rename the columns, or give the file that has them",
            file=path.name,
            columns=", ".join(absent),
            wanted_columns=", ".join(names),
        )
    columns: dict[str, list[Any]] = {}
    for name in (*names, *(extra for extra in ("sex", "age") if extra in table.column_names)):
        kind = pa.float64() if name in ("stock", "births", "deaths") else pa.int64() if name == "year" else pa.string()
        try:
            values = table[name].cast(kind)
        except pa.ArrowInvalid as error:
            raise _bad_long_table(path, name) from error
        if values.null_count:
            raise _bad_long_table(path, name)
        columns[name] = values.to_pylist()
    return columns


def _read_long_csv(path: Path) -> pa.Table:
    text = dict.fromkeys(("birthplace", "residence", "area", "sex", "age"), pa.string())
    return pa.csv.read_csv(path, convert_options=pa.csv.ConvertOptions(column_types=text))


def _keys(rows: Mapping[str, list[Any]]) -> list[StockKey]:
    count = len(rows["year"])
    sexes, ages = rows.get("sex", [""] * count), rows.get("age", [""] * count)
    return [StockKey(*key) for key in zip(sexes, ages, rows["year"], strict=True)]


def _bad_long_table(path: Path, where: str) -> Refusal:
    return Refusal(
        "gather.bad_long_table",
        found="{file} has a cell that is missing or no number, or the same row twice: {where}",
        wanted="one row for each pair of areas, year, sex and age, each with a number",
        remedy="Correct the table in the source",
        file=path.name,
        where=where,
    )
