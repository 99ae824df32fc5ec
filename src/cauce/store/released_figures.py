"""Which figures has a hub released already? Read from `releases/`, where everybody may."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from cauce.store import releases
from cauce.store.workspace import Hub

__all__ = ["newest_table", "whole_tables"]


def newest_table(hub: Hub, by: tuple[str, ...]) -> tuple[Path, list[Mapping[str, str]]] | None:
    """The rows of a table in the newest release that holds it whole: not for people with one code only.

    In
        hub   the hub
        by    columns of the table, in any order; () is the number of people
    Out
        (file, rows as text), or None where no release holds it
    """
    for path, columns in _tables(hub):
        if sorted(columns) == sorted(by):
            rows = _rows(path)
            if _is_whole(rows, columns):
                return path, rows
    return None


def whole_tables(hub: Hub, among: frozenset[str]) -> frozenset[frozenset[str]]:
    """The columns of every table that a release holds whole, of those made of some columns.

    In
        hub     the hub
        among   columns that it may have
    Out
        one set of columns a table
    """
    found: set[frozenset[str]] = set()
    for path, columns in _tables(hub):
        by = frozenset(columns)
        if by and by <= among and by not in found and _is_whole(_rows(path), columns):
            found.add(by)
    return frozenset(found)


def _tables(hub: Hub) -> Iterator[tuple[Path, list[str]]]:
    """Every table of codes and its columns, those of the newest release first."""
    for release in reversed(releases.list_releases(hub)):
        for path in sorted((release.folder / "tables").glob("*.csv")):
            yield path, [] if path.stem == "total" else path.stem.split("+")


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def _is_whole(rows: list[Mapping[str, str]], columns: list[str]) -> bool:
    """Every whole table has "_U" in each column, beside the codes."""
    return all(len({row[name] for row in rows}) > 1 for name in columns)
