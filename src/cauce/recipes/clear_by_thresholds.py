"""How do a hub's linked people leave where the policy is thresholds and not noise?

All tables are suppressed together, against what earlier releases showed too. It costs no epsilon; the ledger keeps
what left, before it is rounded, and that this population may never be released with noise.
"""

from collections.abc import Mapping
from pathlib import Path

import ibis

from cauce.protect import counting, draws, threshold
from cauce.protect.dominance import Dominance
from cauce.protect.left_counts import LeftCounts
from cauce.standards import cleared
from cauce.standards.policy import Policy
from cauce.store import ledger

__all__ = ["clear_by_thresholds"]

_ALL_VALUES = 1_000


def clear_by_thresholds(
    people: ibis.Table,
    *,
    tables: tuple[tuple[str, ...], ...],
    domain: Mapping[str, tuple[str, ...]],
    policy: Policy,
    charge: ledger.Charge,
    ledger_path: Path,
) -> list[cleared.ClearedTable]:
    """Tables of exact counts without small cells, nor any cell that would give a small one away.

    In
        people        one row a linked person; `lists`, the partners that know her, where there is a rule of dominance
        tables        columns of each table
        domain        column -> its codes in order
        policy        its threshold, dominance and rounding
        charge        the release, at no epsilon
        ledger_path   the population's ledger
    Out
        one ClearedTable a table
    Refuses
        store.other_policy          the population was released with noise
        protect.codes_withdrawn     people left in a code that a column no longer has
    """
    reservation = ledger.reserve(ledger_path, charge, policy=policy)
    content = reservation.content
    if content is None:
        counts = _count(people, tables, domain=domain)
        kept = ledger.contents_of(ledger_path, population=charge.population, purpose=charge.purpose)
        masks = threshold.withhold_counts(
            counts,
            domain=domain,
            threshold=policy.threshold,
            several=frozenset(counting.list_columns(people, {name for by in tables for name in by})),
            dominance=_dominance(people, tables, domain=domain, share=policy.dominance),
            earlier=[draws.unpack_counts(before) for before in kept],
        )
        content = draws.pack_counts(LeftCounts(threshold.hide(counts, masks), domain))
    left = draws.unpack_counts(ledger.commit(ledger_path, reservation, content))
    return threshold.clear_counts(
        left.tables, domain=domain, threshold=policy.threshold, share=policy.dominance, rounding=policy.rounding
    )


def _count(
    people: ibis.Table, tables: tuple[tuple[str, ...], ...], *, domain: Mapping[str, tuple[str, ...]]
) -> counting.Counts:
    return counting.count_tables(people, tables, domain=domain, values_per_person=_ALL_VALUES)


def _dominance(
    people: ibis.Table, tables: tuple[tuple[str, ...], ...], *, domain: Mapping[str, tuple[str, ...]], share: float
) -> Dominance | None:
    """The people on each partner's list, counted as all are; None where there is no such rule."""
    if share >= 1.0:
        return None
    partners = people.select(partner=people["lists"].unnest()).distinct().to_pyarrow()["partner"].to_pylist()
    lists = [people.filter(people["lists"].contains(partner)) for partner in sorted(partners)]
    return Dominance(share, [_count(one, tables, domain=domain) for one in lists])
