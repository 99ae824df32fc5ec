"""Which figures has a hub released already? Read from `releases/`, where everybody may."""

import csv
from collections.abc import Mapping
from pathlib import Path

from cauce.store import releases
from cauce.store.workspace import Hub

__all__ = ["newest_table"]


def newest_table(hub: Hub, by: tuple[str, ...]) -> tuple[Path, list[Mapping[str, str]]] | None:
    """The rows of a table in the newest release that holds it.

    In
        hub   the hub
        by    columns of the table, in any order; () is the number of people
    Out
        (file, rows as text), or None where no release holds it
    """
    for release in reversed(releases.list_releases(hub)):
        for path in sorted((release.folder / "tables").glob("*.csv")):
            columns = [] if path.stem == "total" else path.stem.split("+")
            if sorted(columns) == sorted(by):
                with path.open(newline="", encoding="utf-8-sig") as stream:
                    return path, list(csv.DictReader(stream))
    return None
