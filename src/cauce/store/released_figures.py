"""Which figures has a hub released already? Read from `releases/`, where everybody may."""

import csv
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from cauce.store import releases
from cauce.store.releases import StoredRelease
from cauce.store.workspace import Hub

__all__ = ["conditions_of", "newest_table", "whole_tables"]


def newest_table(
    hub: Hub, by: tuple[str, ...], *, within: Collection[str] | None = None
) -> tuple[Path, list[Mapping[str, str]]] | None:
    """The rows of a table in the newest release that holds it whole: not for people with one code only.

    In
        hub   the hub
        by    columns of the table, in any order; () is the number of people
        within   names of the releases to look in; None for all
    Out
        (file, rows as text), or None where no release holds it
    """
    for path, columns in _tables(hub, within):
        if sorted(columns) == sorted(by):
            rows = _rows(path)
            if _is_whole(rows, columns):
                return path, rows
    return None


def whole_tables(hub: Hub, among: frozenset[str], *, within: Collection[str]) -> frozenset[frozenset[str]]:
    """The columns of every table that a release holds whole, of those made of some columns.

    In
        hub     the hub
        among   columns that it may have
        within  names of the releases to look in
    Out
        one set of columns a table
    """
    found: set[frozenset[str]] = set()
    for path, columns in _tables(hub, within):
        by = frozenset(columns)
        if by and by <= among and by not in found and _is_whole(_rows(path), columns):
            found.add(by)
    return frozenset(found)


def conditions_of(release: StoredRelease) -> dict[str, str]:
    """The field -> code that the one table of a release on demand is kept to.

    In
        release   of one table
    Out
        field -> code; empty where it is of all people
    """
    (path,) = (path for path, _ in _tables_of(release))
    rows = _rows(path)
    codes = {name: {row[name] for row in rows} for name in path.stem.split("+")}
    return {name: found.pop() for name, found in codes.items() if len(found) == 1}


def _tables(hub: Hub, within: Collection[str] | None) -> Iterator[tuple[Path, list[str]]]:
    """Every table of codes and its columns, those of the newest release first."""
    for release in reversed(releases.list_releases(hub)):
        if within is None or release.release_id in within:
            yield from _tables_of(release)


def _tables_of(release: StoredRelease) -> Iterator[tuple[Path, list[str]]]:
    for path in sorted((release.folder / "tables").glob("*.csv")):
        if "." not in path.stem:
            yield path, [] if path.stem == "total" else path.stem.split("+")


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def _is_whole(rows: list[Mapping[str, str]], columns: list[str]) -> bool:
    """Every whole table has "_U" in each column, beside the codes."""
    return all(len({row[name] for row in rows}) > 1 for name in columns)
