"""Whose budget does a hub guard? One population, named once when the hub is founded and never again.

The ledger keeps its charges under this name: if it could be edited, the budget would begin anew. What a population
spent is the affair of `ledger`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from cauce.standards.errors import Refusal
from cauce.store.written import write_whole

__all__ = ["name_population", "population_of"]


def name_population(root: Path, population: str) -> None:
    """Writes the name of a new hub's population into its folder, once for ever.

    In
        root         folder of the hub
        population   its name
    """
    write_whole(root / "population", population.encode("utf-8"))


def population_of(root: Path, *, otherwise: str) -> str:
    """The name of a hub's population: as founded, or the only one that its ledger knows.

    In
        root        folder of the hub
        otherwise   the name where the hub has neither (it was founded by an older version and released nothing)
    Out
        str
    Refuses
        store.population_changed   the ledger was kept for another population
        store.unreadable_ledger    the ledger is not a ledger
    """
    path = root / "population"
    written = path.read_bytes().decode("utf-8", "replace").strip() if path.is_file() else ""
    known = _in_ledger(root / "ledger.sqlite")
    if not known:
        return written or otherwise
    if not written and len(known) == 1:
        return known[0]
    if written not in known:
        raise Refusal(
            "store.population_changed",
            found="The file population names {population}, and the ledger was kept for {known}",
            wanted="the population that the hub was founded with",
            remedy="Write {known} back into the file population: a budget once spent does not come back",
            population=written or "-",
            known=", ".join(known),
        )
    return written


def _in_ledger(path: Path) -> list[str]:
    if not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(path)) as connection:
            if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries'").fetchone()[0]:
                return []
            rows = connection.execute("SELECT population FROM entries GROUP BY population ORDER BY min(entry_id)")
            return [str(row[0]) for row in rows]
    except sqlite3.DatabaseError:
        raise Refusal(
            "store.unreadable_ledger",
            found="The ledger {file} cannot be read",
            wanted="a ledger that nobody edited",
            remedy="Restore the ledger from a copy; release nothing until then",
            file=path.name,
        ) from None
