"""How does a table that may leave become a release of its own? Charged first, then counted, drawn and stored.

It is the part of `cauce ask` that touches the people; whether the table may leave was decided before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import ibis
import numpy as np

from cauce.protect import asking, budget, counting, draws, linked_counts, tables, wider_columns
from cauce.protect import releases as cleared_releases
from cauce.recipes import (
    asked_before,
    clear_hidden_total,
    hub_provenance,
    linked_hub,
    publish_release,
    run_hub,
    wider_labels,
)
from cauce.recipes.asked_hub import PURPOSE, AskedHub
from cauce.recipes.harmonise_partner import harmonise_partner
from cauce.standards.cleared import ClearedTable
from cauce.standards.messages import Message
from cauce.standards.progress import Progress
from cauce.store import ledger, ledger_balance, releases

__all__ = ["Delivered", "deliver_table", "find_paid"]


@dataclass(frozen=True)
class Delivered:
    """The file of codes of the table, and what it cost now: nothing where it was paid before."""

    path: Path
    cost: float


def find_paid(asked: AskedHub, question: asking.Question) -> asking.Question | None:
    """The question at the cost that stands in the ledger for it already, None where it was never charged.

    A run that was killed after it was charged is finished so, whatever is left of the budget.

    In
        asked      the hub
        question   as it was asked
    Out
        Question with its cost, or None
    """
    for epsilon in asking.costs_of(question):
        paid = replace(question, epsilon=epsilon)
        if ledger.committed(
            asked.hub.ledger_path,
            population=asked.hub.population,
            fingerprint=asked_before.fingerprint_of(asked.fingerprint, paid),
        ):
            return paid
    return None


def deliver_table(asked: AskedHub, question: asking.Question, *, progress: Progress) -> Delivered:
    """The table as a release of its own; the same one asked again is given again and costs nothing.

    In
        asked      the hub
        question   with its cost
        progress   told of every step
    Out
        Delivered
    Refuses
        store.over_*   the ledger has no budget for it
    """
    hub, cost = asked.hub, cast(float, question.epsilon)
    fingerprint = asked_before.fingerprint_of(asked.fingerprint, question)
    stored = releases.find_release(hub, fingerprint)
    spent = 0.0
    if stored is None:
        charge = ledger.Charge(
            population=hub.population,
            release_id=releases.next_release_id(hub, today=asked.today),
            fingerprint=fingerprint,
            purpose=PURPOSE,
            epsilon=cost,
            delta=hub.settings.policy.delta,
            day=asked.today,
        )
        reservation = ledger.reserve(hub.ledger_path, charge, policy=hub.settings.policy)
        spent = cost if reservation.is_new else 0.0
        charge = replace(charge, release_id=reservation.release_id)
        people = _people(asked, progress=progress)
        table = _draw(asked, question, people, reservation=reservation, progress=progress)
        files = _files(asked, table, people, charge=charge, progress=progress)
        stored = releases.store_release(hub, charge.release_id, files=files, fingerprint=fingerprint)
    return Delivered(_file_of(stored, question), spent)


def _file_of(stored: releases.StoredRelease, question: asking.Question) -> Path:
    """The file of the table; its columns stand in the order in which it was asked first."""
    files = (stored.folder / "tables").glob("*.csv")
    return next(path for path in files if sorted(path.stem.split("+")) == sorted(question.columns))


def _people(asked: AskedHub, *, progress: Progress) -> linked_hub.HubPeople:
    read = [
        harmonise_partner(
            asked.hub,
            one.partner,
            files=[kept.path for kept in one.files],
            allowed_fields=one.fields,
            progress=progress,
        )
        for one in asked.taking.partners
    ]
    return linked_hub.link_hub(asked.hub, asked.taking, read, rng=np.random.default_rng(), progress=progress)


def _draw(
    asked: AskedHub,
    question: asking.Question,
    people: linked_hub.HubPeople,
    *,
    reservation: ledger.Reservation,
    progress: Progress,
) -> ClearedTable:
    hub, cost = asked.hub, cast(float, question.epsilon)
    domain = dict(asked.domain) | {name: (code,) for name, code in question.where}
    content = reservation.content
    if content is None:
        progress(Message("Counting people"), done=0, total=2)
        content = _drawn(asked, question, people.table(), domain=domain)
    drawn = draws.unpack(ledger.commit(hub.ledger_path, reservation, content))
    profile = hub.settings.policy.profile
    table = tables.clear_tables(drawn.tables, domain=domain, epsilon=cost, profile=profile)[0]
    progress(Message("The gate is done"), done=2, total=2)
    return linked_counts.carry_linkage(table, people=_linkage(asked, people))


def _drawn(
    asked: AskedHub, question: asking.Question, people: ibis.Table, *, domain: Mapping[str, tuple[str, ...]]
) -> bytes:
    """A code of `where` in a column of several values counts whoever has it, once, among the values that count.

    A code that takes in the values without a code is cut from the counts by all codes: alone, it would take in all.
    """
    columns = question.columns
    wider = {name: asked.made_of[name] for name in columns if name in asked.made_of}
    people = wider_columns.add_wider_columns(people, wider)
    gathering = [name for name, code in question.where if code in (counting.MISSING, counting.OUTSIDE)]
    counted = dict(domain) | {name: asked.domain[name] for name in gathering}
    kept = np.ix_(*([counted[name].index(code) for code in domain[name]] for name in columns))
    counts = {columns: counting.count_tables(people, [columns], domain=counted)[columns][kept]}
    rho = budget.rho_of(cast(float, question.epsilon), delta=asked.hub.settings.policy.delta)
    norms = {columns: counting.squared_norm(question.by, several=counting.list_columns(people, set(question.by)))}
    return draws.pack(draws.Draw(tables.draw_tables(counts, rho=rho, squared_norms=norms), None))


def _linkage(asked: AskedHub, people: linked_hub.HubPeople) -> tuple[float, float]:
    """Persons in truth for each person counted, read off the histories that the last run drew with noise."""
    hub = asked.hub
    contents = ledger.contents_of(hub.ledger_path, population=hub.population, purpose="tables")
    if not contents:
        return 1.0, 1.0
    return clear_hidden_total.people_per_person_counted(
        draws.unpack(contents[-1]).histories, people.captures, linkage=people.error
    )


def _files(
    asked: AskedHub, table: ClearedTable, people: linked_hub.HubPeople, *, charge: ledger.Charge, progress: Progress
) -> Mapping[str, bytes]:
    hub, policy = asked.hub, asked.hub.settings.policy
    balance = ledger.read_balance(hub.ledger_path, population=hub.population, policy=policy, today=asked.today)
    forecast = ledger_balance.forecast_of(balance, policy=policy, today=asked.today)
    released = cleared_releases.clear_release(
        [table],
        estimate=None,
        policy=replace(policy, epsilon_release=charge.epsilon),
        epsilon_left=max(balance.left, 0.0),
        lasts_until=forecast.until if forecast else None,
    )
    return publish_release.render_release(
        released,
        hub_name=cast(Any, hub.settings.names),
        release_id=charge.release_id,
        issued=asked.today,
        provenance=hub_provenance.provenance_of(hub, asked.taking, people),
        names=wider_labels.add_wider_labels(run_hub.labels_of(asked.pack), asked.made_of, pack=asked.pack),
        fictitious=hub.settings.is_fictitious,
        languages=cast(Any, hub.settings.languages),
        progress=progress,
    )
