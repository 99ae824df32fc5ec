"""Where is it kept what persons decided about pairs of records, who decided and when? In the vault, oldest first."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = [
    "Decision",
    "Pair",
    "Word",
    "content_of",
    "forget_partners",
    "load_decisions",
    "names_row",
    "save_decisions",
    "standing",
]

Word = Literal["same", "different"]
Pair = frozenset[tuple[str, str]]

_FILE = "decisions.json"


@dataclass(frozen=True)
class Decision:
    """One decision about two records, each called by its partner and its number."""

    list_a: str
    record_id_a: str
    list_b: str
    record_id_b: str
    decision: Word
    by: str
    decided: date

    @property
    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """(partner, record_id) of both records."""
        return (self.list_a, self.record_id_a), (self.list_b, self.record_id_b)

    @property
    def pair(self) -> Pair:
        """The two records, whichever is named first."""
        return frozenset(self.ends)


def load_decisions(hub: Hub) -> tuple[Decision, ...]:
    """All decisions of a hub, the oldest first; none where nobody decided anything.

    In
        hub   the hub
    Out
        decisions
    """
    path = hub.vault_dir / _FILE
    if not path.is_file():
        return ()
    rows = json.loads(path.read_text(encoding="utf-8"))
    kept = (Decision(**row) for row in rows)
    return tuple(replace(one, decided=date.fromisoformat(str(one.decided))) for one in kept)


def save_decisions(hub: Hub, decisions: Sequence[Decision]) -> None:
    """Writes all decisions whole; where none is left, the file goes.

    In
        hub         the hub
        decisions   the oldest first
    """
    path = hub.vault_dir / _FILE
    if not decisions:
        path.unlink(missing_ok=True)
        return
    rows = [asdict(one) | {"decided": one.decided.isoformat()} for one in decisions]
    write_whole(path, json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8"))


def standing(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Those that stand: of each pair the last.

    In
        decisions   the oldest first
    Out
        one for each pair

    >>> first = Decision("ong", "1", "policia", "7", "same", "Ana", date(2026, 1, 1))
    >>> last = Decision("policia", "7", "ong", "1", "different", "Luz", date(2026, 2, 1))
    >>> [one.decision for one in standing([first, last])]
    ['different']
    """
    return tuple({one.pair: one for one in decisions}.values())


def content_of(decided: Sequence[Decision]) -> list[tuple[str, ...]]:
    """What was decided, whoever decided it and when, in one order: for the fingerprint of what is made of it.

    In
        decided   decisions that stand
    Out
        both records and the word of each
    """
    return sorted((*(word for end in sorted(one.ends) for word in end), one.decision) for one in decided)


def names_row(record_id: str, *, files: Collection[str]) -> bool:
    """Whether a number is but the place of a record in a file: corrected, it may hold somebody else there.

    In
        record_id   as the hub numbers the record
        files       names of the partner's files
    Out
        True where the partner gave the record no number of its own

    >>> names_row("una.csv#100", files=["una.csv"]), names_row("A#100", files=["una.csv"])
    (True, False)
    """
    return any(record_id.startswith(f"{file}#") for file in files)


def forget_partners(hub: Hub, *, left: Collection[str]) -> None:
    """Removes the decisions about records of partners that are gone.

    In
        hub    the hub
        left   the partners of whom files are left
    """
    known = load_decisions(hub)
    kept = [one for one in known if {one.list_a, one.list_b} <= set(left)]
    if len(kept) < len(known):
        save_decisions(hub, kept)
