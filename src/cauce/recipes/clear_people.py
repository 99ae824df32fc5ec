"""How do a hub's linked people leave: as which tables and which hidden total, at what cost to the ledger?

Counting, noise and intervals are the room `protect`'s; the ledger's file is `store`'s; the hidden total is
`estimate`'s. They meet here and nowhere else. Writing the release is the affair of `recipes.run`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa

from cauce.estimate import linkage_error
from cauce.estimate.linkage_error import LinkageError
from cauce.protect import (
    budget,
    counting,
    domains,
    draws,
    histories,
    known_figures,
    levels,
    linked_counts,
    noise,
    releases,
    table_records,
)
from cauce.protect import tables as noisy_tables
from cauce.protect.record_aims import Figures
from cauce.recipes import clear_by_thresholds, clear_hidden_total
from cauce.standards import cleared
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.invariants import Invariant
from cauce.standards.messages import Message
from cauce.standards.policy import Policy
from cauce.standards.progress import Progress
from cauce.store import ledger, ledger_balance

__all__ = ["clear_people"]

HISTORIES_SHARE = 0.35
_STEPS = 4


@dataclass(frozen=True, kw_only=True)
class _Request:
    people: ibis.Table
    tables: tuple[tuple[str, ...], ...]
    domain: Mapping[str, tuple[str, ...]]
    wider: levels.Wider
    invariants: tuple[Invariant, ...]
    captures: pa.Table | None
    policy: Policy

    @property
    def several(self) -> set[str]:
        """Columns of the tables where a person may have several values."""
        return set(counting.list_columns(self.people, {name for by in self.tables for name in by}))

    def stacked(self) -> tuple[dict[str, levels.Level], dict[str, tuple[str, ...]]]:
        """The levels above the columns, and the domain with their codes."""
        found, codes = levels.stack_levels(self.wider, domain=self.domain)
        return found, {**self.domain, **codes}


def clear_people(
    people: ibis.Table,
    *,
    tables: Sequence[tuple[str, ...]],
    domain: Mapping[str, Sequence[str]],
    policy: Policy,
    wider: levels.Wider | None = None,
    invariants: Sequence[Invariant] = (),
    ledger_path: Path,
    population: str,
    release_id: str,
    fingerprint: str,
    captures: pa.Table | None,
    estimate: bool,
    linkage: LinkageError | None = None,
    today: date,
    progress: Progress,
) -> cleared.ClearedRelease:
    """All that may be said of a hub's people: tables with intervals, and the hidden total where it is asked.

    The number of people, table (), is always among the tables. Asked twice with the same fingerprint, it is charged
    once and gives the same figures.

    In
        people        one row a linked person; a column of codes for every field of `tables` (lists of codes where a
                      person has several values); `lists`, the partners that know her, under thresholds
        tables        columns of each table
        domain        column -> its public codes; "_U" (missing) is added where it is absent
        policy        the population's rule and budgets
        wider         level -> (column, code -> wider code): each table is released by them too, as sums of its cells
        invariants    figures published by others, with which the tables agree
        ledger_path   the population's ledger
        population    whose people
        release_id    name of the release, unless the ledger was charged for it before under another
        fingerprint   of the inputs and settings that the release is made from
        captures      one 0/1 column a list and `count`; None where nothing is to be estimated
        estimate      True to release the hidden total
        linkage       how good the linkage of the people is, read to half a percent: every interval contains its error
        today         day of the release
        progress      told of every step
    Out
        ClearedRelease
    Refuses
        protect.unknown_column, protect.no_domain   a table names a column that the people or the domain lack
        protect.delta_too_large                     delta is not below 1 / number of people
        protect.crossing_levels, protect.level_of_several   the figures of a level would not be sums
        protect.no_such_figure                      a published figure is in no table
        protect.needs_noise                         levels or published figures under thresholds
        store.over_*, store.other_policy             the budget does not allow it
    """
    asked = tuple(dict.fromkeys([(), *(tuple(table) for table in tables)]))
    full_domain = domains.with_missing(domain)
    raise_all(domains.check_tables(asked, columns=people.columns, domain=full_domain))
    request = _Request(
        people=people,
        tables=asked,
        domain=full_domain,
        wider=_of_tables(wider or {}, asked),
        invariants=tuple(invariants),
        captures=captures if estimate else None,
        policy=policy,
    )
    _check(request)
    is_private = policy.kind == "differential-privacy"
    charge = ledger.Charge(
        population=population,
        release_id=release_id,
        fingerprint=_fingerprint(request, fingerprint),
        purpose="tables",
        epsilon=policy.epsilon_release if is_private else 0.0,
        delta=policy.delta if is_private else 0.0,
        day=today,
    )
    progress(Message("Counting people"), done=0, total=_STEPS)
    released, draw, reservation = _release_tables(request, charge, ledger_path=ledger_path, progress=progress)
    noised = draw.histories if draw else None
    progress(Message("Estimating the hidden total"), done=3, total=_STEPS)
    linkage = linkage_error.round_rates(linkage) if linkage else None
    linked = clear_hidden_total.people_per_person_counted(noised, captures, linkage=linkage)
    released = [linked_counts.carry_linkage(table, people=linked) for table in released]
    hidden = clear_hidden_total.clear_hidden_total(
        captures,
        noised=noised,
        linkage=linkage,
        observed=_number_of_people(released),
        epsilon=policy.epsilon_release * (HISTORIES_SHARE if noised else 0.0),
    )
    progress(Message("The gate is done"), done=_STEPS, total=_STEPS)
    made = _Made(released, hidden if estimate else None, _invent(request, draw, released))
    return _name_as_charged(_seal(made, charge=charge, policy=policy, ledger_path=ledger_path), charge, reservation)


def _name_as_charged(
    sealed: cleared.ClearedRelease, charge: ledger.Charge, reservation: ledger.Reservation | None
) -> cleared.ClearedRelease:
    if reservation is None:
        return replace(sealed, release_id=charge.release_id)
    return replace(sealed, release_id=reservation.release_id, is_new=reservation.is_new)


@dataclass(frozen=True)
class _Made:
    tables: Sequence[cleared.ClearedTable]
    hidden: cleared.ClearedEstimate | None
    records: cleared.ClearedRecords | None


def _seal(made: _Made, *, charge: ledger.Charge, policy: Policy, ledger_path: Path) -> cleared.ClearedRelease:
    balance = ledger.read_balance(ledger_path, population=charge.population, policy=policy, today=charge.day)
    forecast = ledger_balance.forecast_of(balance, policy=policy, today=charge.day)
    return releases.clear_release(
        made.tables,
        estimate=made.hidden,
        records=made.records,
        policy=policy,
        epsilon_left=max(balance.left, 0.0),
        lasts_until=forecast.until if forecast else None,
    )


def _of_tables(wider: levels.Wider, tables: Sequence[tuple[str, ...]]) -> levels.Wider:
    held = {name for by in tables for name in by}
    return {name: made for name, made in wider.items() if made[0] in held}


def _check(request: _Request) -> None:
    """Refuses levels that would not add up, and published figures that no table holds."""
    if request.policy.kind == "threshold":
        needs = request.wider or request.invariants or request.policy.records
        raise_all([_needs_noise()] if needs else [])
        return
    several = request.several
    raise_all(levels.check_levels(request.wider, domain=request.domain, several=several))
    stacked, domain = request.stacked()
    once = [by for by in request.tables if not several & set(by)]
    columns = levels.Columns({name: len(codes) for name, codes in domain.items()}, stacked)
    raise_all(known_figures.check_invariants(request.invariants, tables=once, domain=domain, columns=columns))


def _needs_noise() -> Refusal:
    return Refusal(
        "protect.needs_noise",
        found="hub.toml has [[levels]], [[invariants]] or records = true, and its policy is thresholds",
        wanted='kind = "differential-privacy": exact parents, totals or records would give away cells withheld by a '
        "threshold",
        remedy="Leave them out, or choose the other policy before the first release",
    )


def _fingerprint(request: _Request, fingerprint: str) -> str:
    told = {
        "inputs": fingerprint,
        "tables": request.tables,
        "domain": {name: request.domain[name] for name in sorted({name for by in request.tables for name in by})},
        "policy": [request.policy.kind, *_rule(request.policy)],
        "estimate": [request.captures is not None, request.policy.estimates],
    }
    if request.wider:
        told["levels"] = {name: [column, dict(codes)] for name, (column, codes) in request.wider.items()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _rule(policy: Policy) -> list[float]:
    if policy.kind == "differential-privacy":
        return [policy.epsilon_release, policy.delta]
    return [policy.threshold, policy.dominance, policy.rounding]


def _release_tables(
    request: _Request, charge: ledger.Charge, *, ledger_path: Path, progress: Progress
) -> tuple[list[cleared.ClearedTable], draws.Draw | None, ledger.Reservation | None]:
    """The tables; under noise, as they were drawn, and the charge that stands for them."""
    if request.policy.kind == "differential-privacy":
        draw, reservation = _draw_once(request, charge, ledger_path=ledger_path, progress=progress)
        return _clear(request, draw), draw, reservation
    counted = clear_by_thresholds.clear_by_thresholds(
        request.people,
        tables=request.tables,
        domain=request.domain,
        policy=request.policy,
        charge=charge,
        ledger_path=ledger_path,
    )
    return counted, None, None


def _draw_once(
    request: _Request, charge: ledger.Charge, *, ledger_path: Path, progress: Progress
) -> tuple[draws.Draw, ledger.Reservation]:
    known = ledger.committed(ledger_path, population=charge.population, fingerprint=charge.fingerprint)
    if known and known.content is not None:
        return draws.unpack(known.content), known
    counts = counting.count_tables(request.people, request.tables, domain=request.domain)
    raise_all(list(budget.check_delta(charge.delta, people=int(counts[()]))))
    progress(Message("Charging the ledger"), done=1, total=_STEPS)
    reservation = ledger.reserve(ledger_path, charge, policy=request.policy)
    progress(Message("Drawing the noise"), done=2, total=_STEPS)
    content = reservation.content or draws.pack(_draw(request, counts))
    return draws.unpack(ledger.commit(ledger_path, reservation, content)), reservation


def _draw(request: _Request, counts: counting.Counts) -> draws.Draw:
    rho = budget.rho_of(request.policy.epsilon_release, delta=request.policy.delta)
    stacked, domain = request.stacked()
    counts = _with_levels(counts, levels.Columns({name: len(codes) for name, codes in domain.items()}, stacked))
    several = request.several
    norms = {by: counting.squared_norm(by, several=several) for by in counts}
    if request.captures is None or request.policy.estimates == "declared":
        return draws.Draw(noisy_tables.draw_tables(counts, rho=rho, squared_norms=norms, levels=stacked), None)
    share = budget.share_by_weight(rho, {"tables": 1.0 - HISTORIES_SHARE, "histories": HISTORIES_SHARE})
    return draws.Draw(
        noisy_tables.draw_tables(counts, rho=share["tables"], squared_norms=norms, levels=stacked),
        noise.add_noise(histories.histogram(request.captures), sigma=budget.sigma_of(share["histories"])),
    )


def _with_levels(counts: counting.Counts, columns: levels.Columns) -> counting.Counts:
    """Each table followed by those of its levels, which need no further count of the people."""
    complete = {}
    for by, table in counts.items():
        complete[by] = table
        for above in levels.tables_above(by, columns.levels):
            complete[above] = levels.add_up(table, by, above=above, columns=columns)
    return complete


def _clear(request: _Request, draw: draws.Draw) -> list[cleared.ClearedTable]:
    share = 1.0 - HISTORIES_SHARE if draw.histories else 1.0
    stacked, domain = request.stacked()
    return noisy_tables.clear_tables(
        draw.tables,
        domain=domain,
        epsilon=request.policy.epsilon_release * share,
        profile=request.policy.profile,
        levels=stacked,
        invariants=request.invariants,
    )


def _invent(
    request: _Request, draw: draws.Draw | None, released: Sequence[cleared.ClearedTable]
) -> cleared.ClearedRecords | None:
    """Records from the tables as they leave, where they are asked for; tables by levels are sums of the others."""
    if draw is None or not request.policy.records:
        return None
    stacked, domain = request.stacked()
    figures = Figures(
        families=noisy_tables.agree_tables(draw.tables, domain=domain, levels=stacked, invariants=request.invariants),
        released={frozenset(table.by): table for table in released if not set(table.by) & set(stacked)},
        domain=request.domain,
        several=frozenset(request.several),
        profile=request.policy.profile,
    )
    return table_records.invent_records(figures, rng=np.random.default_rng())


def _number_of_people(released: Sequence[cleared.ClearedTable]) -> int | None:
    total = next(table for table in released if not table.by)
    figure = total.observations["obs_value"][0].as_py()
    return None if figure is None else int(figure)
