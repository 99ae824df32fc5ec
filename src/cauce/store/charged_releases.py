"""Does the ledger that lies here still know every charge that was made? One deleted, cut short or old does not.

Each release keeps in its provenance.json the hash of the ledger's last entry when it was made, which stands for all
entries before it; the vault keeps that of the last entry of all. What an entry says, and whether entries were edited,
is the affair of `ledger`.
"""

import json
import sqlite3
from contextlib import closing

from cauce.store import ledger, ledger_mark, ledger_refusals, releases
from cauce.store.releases import StoredRelease
from cauce.store.workspace import Hub

__all__ = ["refuse_lost"]


def refuse_lost(hub: Hub) -> None:
    """Nothing where the ledger has every charge that was made: otherwise a budget once spent would refill.

    In
        hub   the hub
    Refuses
        store.lost_ledger     releases were made that the ledger knows nothing of
        store.cut_ledger      it lacks the charge that was made last
        store.broken_ledger   the ledger was edited
    """
    made = releases.list_releases(hub)
    ledger.verify_chain(hub.ledger_path)
    known = _entry_hashes(hub)
    unknown = [one.release_id for one in made if _last_entry(one) not in known]
    if unknown:
        raise ledger_refusals.lost(hub.ledger_path, release_ids=unknown)
    if ledger_mark.forgotten_entry(hub.ledger_path, known=known) is not None:
        raise ledger_refusals.cut_short(hub.ledger_path)


def _entry_hashes(hub: Hub) -> set[str]:
    if not hub.ledger_path.is_file():
        return set()
    with closing(sqlite3.connect(hub.ledger_path)) as connection:
        is_begun = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries'").fetchone()[0]
        rows = connection.execute("SELECT entry_hash FROM entries").fetchall() if is_begun else []
    return {str(row[0]) for row in rows}


def _last_entry(release: StoredRelease) -> str | None:
    path = release.folder / "provenance.json"
    kept = json.loads(path.read_text(encoding="utf-8")).get("ledger") if path.is_file() else None
    return str(kept[0].get("last_entry")) if kept else None
