"""What has already left about a population, at what cost, and may this be added?

One SQLite file, append-only and chained by hashes. Spending takes two steps: `reserve` charges the budget before any
noise is drawn, `commit` keeps what was drawn. A crash between them leaves the charge standing. A second attempt at
the same release (same fingerprint) takes up the same reservation, because nothing of the first had left; after
`commit` it gets the same draw back, so that the noise of a release is drawn once for ever. What the numbers mean is
the room `protect`'s affair.
"""

import hashlib
import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from cauce.standards.policy import Policy
from cauce.store import ledger_file, ledger_refusals, ledger_terms
from cauce.store.ledger_balance import MICRO, Balance, Spent, balance_of

__all__ = [
    "Charge",
    "Reservation",
    "committed",
    "commit",
    "contents_of",
    "names_of_releases",
    "read_balance",
    "require_policy",
    "reserve",
    "terms_of",
    "verify_chain",
]


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What is asked of the ledger: which release of which population, for what, at what cost, on which day."""

    population: str
    release_id: str
    fingerprint: str
    purpose: str
    epsilon: float
    delta: float
    day: date


@dataclass(frozen=True)
class Reservation:
    """A charge that stands. `content` is what was drawn for it, once committed; `is_new` where it was charged now."""

    entry_id: int
    release_id: str
    content: bytes | None
    is_new: bool


@dataclass(frozen=True)
class _Entry:
    kind: str
    charge: Charge
    policy: str
    reserve_id: int | None = None
    content_hash: str = ""


def reserve(path: Path, charge: Charge, *, policy: Policy) -> Reservation:
    """Charge a release, before any noise is drawn; the same release asked again is charged once.

    In
        path      ledger file; made where it is absent
        charge    what is asked
        policy    the population's rule and budgets
    Out
        Reservation
    Refuses
        store.other_policy     the population is already released under the other rule
        store.raised_budget    its whole budget was fixed by its first release, and more is asked
        store.weakened_rule    its threshold, dominance or rounding protects less than at its last release
        store.over_release     it costs more than one release may
        store.over_year        it costs more than is left of the year
        store.over_total       it costs more than is left of the whole budget
        store.over_purpose     it costs more than is left for its purpose
        store.broken_ledger     the file was tampered with

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ledger.sqlite"
    >>> charge = Charge(population="p", release_id="1", fingerprint="f", purpose="tables", epsilon=0.6, delta=1e-6,
    ...                 day=date(2026, 11, 22))
    >>> reserve(path, charge, policy=Policy()).is_new, reserve(path, charge, policy=Policy()).is_new
    (True, False)
    """
    with ledger_file.writing(path) as connection:
        ledger_file.require_chain(connection, path=path)
        _require_policy(connection, charge, policy=policy)
        known = _find_reservation(connection, charge.population, charge.fingerprint)
        if known:
            return known
        _require_budget(connection, charge, policy=policy)
        _keep_terms(connection, charge, policy=policy)
        entry_id = _append(connection, _Entry("reserve", charge, policy.kind))
        return Reservation(entry_id, charge.release_id, None, is_new=True)


def commit(path: Path, reservation: Reservation, content: bytes) -> bytes:
    """Keep what was drawn for a reservation; the first to commit wins and everybody gets what it drew.

    In
        path          ledger file
        reservation   from `reserve`
        content       the noisy draw, as bytes
    Out
        bytes   the draw that counts: release this one and no other
    """
    with ledger_file.writing(path) as connection:
        kept = _content_of(connection, reservation.entry_id)
        if kept is not None:
            return kept
        entry_id = _append(connection, _committing(connection, reservation.entry_id, content))
        connection.execute("INSERT INTO contents (entry_id, content) VALUES (?, ?)", (entry_id, content))
    return content


def committed(path: Path, *, population: str, fingerprint: str) -> Reservation | None:
    """The release of this population with this fingerprint, where one was begun; None where none was.

    In
        path          ledger file, which may be absent
        population    whose people
        fingerprint   of the inputs and the settings
    Out
        Reservation or None
    """
    if not ledger_file.is_begun(path):
        return None
    with closing(ledger_file.connect(path)) as connection:
        return _find_reservation(connection, population, fingerprint)


def contents_of(path: Path, *, population: str, purpose: str) -> list[bytes]:
    """All that was committed for a purpose, oldest first.

    In
        path         ledger file, which may be absent
        population   whose people
        purpose      as it was charged
    Out
        bytes, one item a release
    """
    if not ledger_file.is_begun(path):
        return []
    with closing(ledger_file.connect(path)) as connection:
        rows = connection.execute(
            "SELECT content FROM entries JOIN contents USING (entry_id) WHERE kind = 'commit' AND population = ? "
            "AND purpose = ? ORDER BY entry_id",
            (population, purpose),
        ).fetchall()
    return [bytes(row[0]) for row in rows]


def names_of_releases(path: Path) -> list[str]:
    """The names of all releases that were charged, oldest first, whether they were finished or not."""
    if not ledger_file.is_begun(path):
        return []
    with closing(ledger_file.connect(path)) as connection:
        rows = connection.execute("SELECT release_id FROM entries WHERE kind = 'reserve' ORDER BY entry_id")
        return [str(row[0]) for row in rows]


def require_policy(path: Path, *, population: str, policy: Policy) -> None:
    """Nothing where the population may leave by this rule and budget; nothing is written.

    In
        path         ledger file, which may be absent
        population   whose people
        policy       the rule that is asked
    Refuses
        store.other_policy    the population is already released under the other rule
        store.raised_budget   its whole budget was fixed by its first release, and more is asked
        store.weakened_rule   its threshold, dominance or rounding protects less than at its last release
    """
    if not ledger_file.is_begun(path):
        return
    with closing(ledger_file.connect(path)) as connection:
        _require_opening(connection, population, policy=policy)


def terms_of(path: Path, *, population: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The terms of a population's charges, with the day of each change, the first charge's first.

    In
        path         ledger file, which may be absent
        population   whose people
    Out
        (day, what hub.toml said)
    """
    if not ledger_file.is_begun(path):
        return []
    with closing(ledger_file.connect(path)) as connection:
        history = ledger_terms.history_of(connection, population)
        return [(day, ledger_terms.unpack(content)) for day, content in history]


def read_balance(path: Path, *, population: str, policy: Policy, today: date) -> Balance:
    """What a population has spent and has left. Epsilons add up: the sum is an upper bound at one delta.

    In
        path         ledger file, which may be absent
        population   whose people
        policy       budgets in all and a year
        today        its calendar year is the year
    Out
        Balance

    >>> read_balance(Path("absent.sqlite"), population="p", policy=Policy(), today=date(2026, 11, 22)).left
    4.0
    """
    if not ledger_file.is_begun(path):
        return balance_of((), policy=policy, year=today.year)
    with closing(ledger_file.connect(path)) as connection:
        return _read_balance(connection, population, policy=policy, year=today.year)


def verify_chain(path: Path) -> str:
    """The hash of the last entry, after every entry, link and content was checked; '' for an empty ledger.

    In
        path   ledger file
    Out
        str
    Refuses
        store.broken_ledger   an entry, a link or a content does not match its hash
    """
    if not ledger_file.is_begun(path):
        return ""
    with closing(ledger_file.connect(path)) as connection:
        return ledger_file.require_chain(connection, path=path)


def _append(connection: sqlite3.Connection, entry: _Entry) -> int:
    charge = entry.charge
    told = (
        entry.kind,
        charge.population,
        entry.policy,
        charge.release_id,
        charge.fingerprint,
        charge.purpose,
        math.ceil(round(charge.epsilon * MICRO, 6)),
        charge.delta,
        charge.day.isoformat(),
        entry.reserve_id,
        entry.content_hash,
    )
    return ledger_file.append_row(connection, told)


def _require_policy(connection: sqlite3.Connection, charge: Charge, *, policy: Policy) -> None:
    _require_opening(connection, charge.population, policy=policy)
    if _opening_of(connection, charge.population) is None:
        total = policy.epsilon_total if policy.kind == "differential-privacy" else 0.0
        opening = replace(charge, release_id="", fingerprint="", purpose="open", epsilon=total, delta=0.0)
        _append(connection, _Entry("open", opening, policy.kind))


def _keep_terms(connection: sqlite3.Connection, charge: Charge, *, policy: Policy) -> None:
    """Beside the first charge, and beside each for which hub.toml says something else than before."""
    history, told = ledger_terms.history_of(connection, charge.population), ledger_terms.describe(policy)
    if history and history[-1][1] == told:
        return
    entry = replace(charge, release_id="", fingerprint="", purpose=ledger_terms.PURPOSE, epsilon=0.0, delta=0.0)
    digest = hashlib.sha256(told).hexdigest()
    entry_id = _append(connection, _Entry("commit", entry, policy.kind, content_hash=digest))
    connection.execute("INSERT INTO contents (entry_id, content) VALUES (?, ?)", (entry_id, told))


def _require_opening(connection: sqlite3.Connection, population: str, *, policy: Policy) -> None:
    kept = _opening_of(connection, population)
    if kept is None:
        return
    kind, total = kept
    if kind != policy.kind:
        raise ledger_refusals.other_policy(population, kept=kind, asked=policy.kind)
    if total and policy.epsilon_total > total + 0.5 / MICRO:
        raise ledger_refusals.raised_budget(population, kept=total, asked=policy.epsilon_total)
    ledger_terms.require_no_weaker(ledger_terms.history_of(connection, population), policy, population=population)


def _opening_of(connection: sqlite3.Connection, population: str) -> tuple[str, float] | None:
    """The rule of a population and its whole budget; 0.0 for none, under thresholds and in ledgers begun without."""
    row = connection.execute(
        "SELECT policy, epsilon_micro FROM entries WHERE kind = 'open' AND population = ?", (population,)
    ).fetchone()
    return (str(row[0]), row[1] / MICRO) if row else None


def _require_budget(connection: sqlite3.Connection, charge: Charge, *, policy: Policy) -> None:
    balance = _read_balance(connection, charge.population, policy=policy, year=charge.day.year)
    if charge.epsilon > policy.epsilon_release + 0.5 / MICRO:
        raise ledger_refusals.over_release(charge.epsilon, left=policy.epsilon_release)
    if charge.epsilon > balance.left_year + 0.5 / MICRO:
        raise ledger_refusals.over_year(charge.epsilon, left=balance.left_year)
    if charge.epsilon > balance.left + 0.5 / MICRO:
        raise ledger_refusals.over_total(charge.epsilon, left=balance.left)
    left_for = balance.left_for.get(charge.purpose)
    if left_for is not None and charge.epsilon > left_for + 0.5 / MICRO:
        raise ledger_refusals.over_purpose(charge.epsilon, left=left_for, purpose=charge.purpose)


def _read_balance(connection: sqlite3.Connection, population: str, *, policy: Policy, year: int) -> Balance:
    rows = connection.execute(
        "SELECT day, purpose, epsilon_micro, delta FROM entries WHERE kind = 'reserve' AND population = ? "
        "ORDER BY entry_id",
        (population,),
    )
    kept = _opening_of(connection, population)
    if kept and kept[1]:
        policy = replace(policy, epsilon_total=min(policy.epsilon_total, kept[1]))
    charges = [Spent(date.fromisoformat(day), *told) for day, *told in rows]
    return balance_of(charges, policy=policy, year=year)


def _find_reservation(connection: sqlite3.Connection, population: str, fingerprint: str) -> Reservation | None:
    row = connection.execute(
        "SELECT entry_id, release_id FROM entries WHERE kind = 'reserve' AND population = ? AND fingerprint = ?",
        (population, fingerprint),
    ).fetchone()
    return Reservation(row[0], row[1], _content_of(connection, row[0]), is_new=False) if row else None


def _content_of(connection: sqlite3.Connection, reserve_id: int) -> bytes | None:
    row = connection.execute(
        "SELECT content FROM entries JOIN contents USING (entry_id) WHERE kind = 'commit' AND reserve_id = ?",
        (reserve_id,),
    ).fetchone()
    return bytes(row[0]) if row else None


def _committing(connection: sqlite3.Connection, reserve_id: int, content: bytes) -> _Entry:
    """The entry that keeps a draw: named as it was charged, at no further cost."""
    row = connection.execute(
        "SELECT population, policy, release_id, fingerprint, purpose, day FROM entries WHERE entry_id = ?",
        (reserve_id,),
    ).fetchone()
    charge = Charge(
        population=row[0],
        release_id=row[2],
        fingerprint=row[3],
        purpose=row[4],
        epsilon=0.0,
        delta=0.0,
        day=date.fromisoformat(row[5]),
    )
    return _Entry("commit", charge, row[1], reserve_id, hashlib.sha256(content).hexdigest())
