"""May one more table of a hub leave, at what cost, and if not, which is the finest that may? `cauce ask`.

The answer is settled from public figures before the people are counted; then the table is charged, drawn and stored
as a release of its own. A table released before is given again and costs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import ibis
import numpy as np

from cauce.protect import asking, budget, counting, domains, draws, linked_counts, tables
from cauce.protect import releases as cleared_releases
from cauce.recipes import agreed_partners, clear_hidden_total, hub_provenance, linked_hub, publish_release, run_hub
from cauce.recipes.agreed_partners import Participation
from cauce.recipes.harmonise_partner import harmonise_partner
from cauce.standards import packs
from cauce.standards.cleared import ClearedTable
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.messages import Message
from cauce.standards.progress import Progress
from cauce.store import ledger, released_figures, releases, steps, vault, workspace
from cauce.store.workspace import Hub

__all__ = ["Asked", "ask"]


@dataclass(frozen=True)
class Asked:
    """What came of asking: where the table is and what it cost now, or why not and the finest one instead."""

    question: asking.Question
    verdict: asking.Verdict
    delivered: bool
    path: Path | None
    cost: float
    reason: Message
    finest: asking.Question | None
    finest_cost: float | None


@dataclass(frozen=True)
class _Setting:
    hub: Hub
    taking: Participation
    people: linked_hub.HubPeople
    fingerprint: str
    domain: Mapping[str, tuple[str, ...]]
    today: date


def ask(
    root: Path,
    *,
    by: Sequence[str],
    where: Mapping[str, str],
    epsilon: float | None,
    today: date,
    progress: Progress,
) -> Asked:
    """One more table through the gate, or the finest safe one instead.

    In
        root       folder of the hub
        by         fields of the table
        where      field -> code: only people with this code
        epsilon    offered; None for the least that is worth it
        today      day of the release
        progress   told of every step
    Out
        Asked
    Refuses
        ask.run_first                  the hub was not run since its files, mappings, agreements or settings changed
        standards.no_domain            a field without codes
        ask.no_such_code               a code that is not in the field's codelist
        ask.unknown_field              a field that no partner gives
        ask.threshold                  the hub releases by thresholds: its tables are those of `cauce run`
        agree.uncovered                an agreement does not let the field be published
        store.over_*                   the ledger has no budget for it
    """
    hub = workspace.open_hub(root)
    with vault.locked(hub):
        setting = _setting(hub, by=by, where=where, today=today, progress=progress)
        known, question = _public_figures(setting), asking.Question(tuple(by), tuple(where.items()), epsilon)
        before = released_figures.newest_table(hub, question.columns) if not where else None
        verdict = asking.judge(question, known)
        if before is not None:
            reason = Message("Release {release} holds this table already", release=before[0].parent.parent.name)
            return Asked(question, verdict, True, before[0], 0.0, reason, None, None)
        if verdict.cost is None:
            return _refused(hub, question, verdict, known=known)
        return _delivered(setting, replace(question, epsilon=verdict.cost), verdict, progress=progress)


def _setting(hub: Hub, *, by: Sequence[str], where: Mapping[str, str], today: date, progress: Progress) -> _Setting:
    columns = tuple(dict.fromkeys([*where, *by]))
    if hub.settings.policy.kind != "differential-privacy":
        raise Refusal(
            "ask.threshold",
            found="This hub releases by thresholds, and one more table could undo its suppressions",
            wanted="the policy differential-privacy for tables on demand",
            remedy="Add the table to hub.toml and run `cauce run`, which suppresses all tables together",
        )
    domain = run_hub.domain_of(packs.load(hub.settings.pack), [columns], year=today.year)
    raise_all(_check_codes(where, domain))
    taking = agreed_partners.participation(hub, today=today)
    _, kept_back = agreed_partners.publishable_tables(taking.partners, [columns])
    raise_all(kept_back)
    fingerprint = run_hub.fingerprint_of_run(hub, taking)
    if releases.find_release(hub, fingerprint) is None:
        raise Refusal(
            "ask.run_first",
            found="Files, mappings, agreements or settings changed since the last run",
            wanted="a hub whose newest release is of what it holds",
            remedy="Run `cauce run {hub}` first",
            hub=hub.root.name,
        )
    read = [
        harmonise_partner(
            hub, one.partner, files=[kept.path for kept in one.files], allowed_fields=one.fields, progress=progress
        )
        for one in taking.partners
    ]
    people = linked_hub.link_hub(hub, taking, read, rng=np.random.default_rng(), progress=progress)
    raise_all(_check_fields(columns, people.fields))
    return _Setting(hub, taking, people, fingerprint, domains.with_missing(domain), today)


def _check_codes(where: Mapping[str, str], domain: Mapping[str, Sequence[str]]) -> list[Refusal]:
    return [
        Refusal(
            "ask.no_such_code",
            found="Field {field} has no code {asked}",
            wanted="one of its codelist: {codes}",
            remedy="Correct the code after --where",
            field=name,
            asked=code,
            codes=", ".join(domain[name][:12]),
        )
        for name, code in where.items()
        if code not in domain[name]
    ]


def _check_fields(columns: Sequence[str], held: Sequence[str]) -> list[Refusal]:
    return [
        Refusal(
            "ask.unknown_field",
            found="No partner gives the field {field}",
            wanted="one of {fields}",
            remedy="Correct the field after --by, or map it first",
            field=name,
            fields=", ".join(held),
        )
        for name in columns
        if name not in held
    ]


def _public_figures(setting: _Setting) -> asking.PublicFigures:
    """People and shares as they were released: the newest table of each field, even shares where there is none."""
    hub, policy = setting.hub, setting.hub.settings.policy
    total = released_figures.newest_table(hub, ())
    people = float(total[1][0]["obs_value"] or 0) if total else 0.0
    balance = ledger.read_balance(hub.ledger_path, population=hub.population, policy=policy, today=setting.today)
    held = setting.people.table()
    return asking.PublicFigures(
        people=people,
        shares={name: _shares(hub, name, codes, people=people) for name, codes in setting.domain.items()},
        domain=setting.domain,
        repeats=frozenset(counting.list_columns(held, set(setting.domain))),
        affordable=min(policy.epsilon_release, balance.affordable),
        delta=policy.delta,
        profile=policy.profile,
    )


def _shares(hub: Hub, name: str, codes: Sequence[str], *, people: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    released = released_figures.newest_table(hub, (name,))
    if released is None or people <= 0:
        return np.full(len(codes), 1.0 / len(codes))
    figures = {row[name]: float(row["obs_value"] or 0.0) for row in released[1]}
    return np.array([figures.get(code, 0.0) / people for code in codes])


def _refused(hub: Hub, question: asking.Question, verdict: asking.Verdict, *, known: asking.PublicFigures) -> Asked:
    if known.affordable <= 0:
        reason = Message("Nothing is left of the budget that may be spent now")
    elif question.epsilon is not None and question.epsilon > known.affordable:
        reason = Message(
            "It would cost epsilon {asked}, and {left} may be spent now",
            asked=question.epsilon,
            left=round(known.affordable, 6),
        )
    else:
        reason = Message(
            "Too fine: of the people foretold in its {cells} cells, {visible} in 100 would stand above the noise",
            cells=verdict.cells,
            visible=round(100 * verdict.visible),
        )
    found = asking.find_finest(question, known)
    finest, cost = (found[0], found[1].cost) if found else (None, None)
    if finest and not finest.where and released_figures.newest_table(hub, finest.columns):
        cost = 0.0
    return Asked(question, verdict, False, None, verdict.cost or 0.0, reason, finest, cost)


def _delivered(setting: _Setting, question: asking.Question, verdict: asking.Verdict, *, progress: Progress) -> Asked:
    hub, cost = setting.hub, cast(float, question.epsilon)
    release_id = releases.next_release_id(hub, today=setting.today)
    fingerprint = steps.fingerprint_of(
        run=setting.fingerprint, by=sorted(question.by), where=sorted(question.where), epsilon=cost
    )
    stored = releases.find_release(hub, fingerprint)
    if stored is None:
        charge = ledger.Charge(
            population=hub.population,
            release_id=release_id,
            fingerprint=fingerprint,
            purpose="ask",
            epsilon=cost,
            delta=hub.settings.policy.delta,
            day=setting.today,
        )
        table = _draw(setting, question, charge, progress=progress)
        stored = releases.store_release(
            hub, release_id, files=_files(setting, table, charge, progress=progress), fingerprint=fingerprint
        )
        spent = cost
    else:
        spent = 0.0
    path = stored.folder / "tables" / f"{'+'.join(question.columns)}.csv"
    reason = Message(
        "Delivered: {visible} in 100 of the people foretold stand above the noise", visible=round(100 * verdict.visible)
    )
    return Asked(question, verdict, True, path, spent, reason, None, None)


def _draw(setting: _Setting, question: asking.Question, charge: ledger.Charge, *, progress: Progress) -> ClearedTable:
    hub, columns = setting.hub, question.columns
    domain = dict(setting.domain) | {name: (code,) for name, code in question.where}
    people = setting.people.table()
    reservation = ledger.reserve(hub.ledger_path, charge, policy=hub.settings.policy)
    content = reservation.content
    if content is None:
        progress(Message("Counting people"), done=0, total=2)
        counts = _counted(people, question, domain=domain)
        several = counting.list_columns(people, set(columns))
        rho = budget.rho_of(charge.epsilon, delta=charge.delta)
        norms = {columns: counting.squared_norm(columns, several=several)}
        content = draws.pack(draws.Draw(tables.draw_tables(counts, rho=rho, squared_norms=norms), None))
    drawn = draws.unpack(ledger.commit(hub.ledger_path, reservation, content))
    profile = hub.settings.policy.profile
    table = tables.clear_tables(drawn.tables, domain=domain, epsilon=charge.epsilon, profile=profile)[0]
    progress(Message("The gate is done"), done=2, total=2)
    return linked_counts.carry_linkage(table, people=_linkage(setting))


def _counted(people: ibis.Table, question: asking.Question, *, domain: Mapping[str, Sequence[str]]) -> counting.Counts:
    """A code of `where` in a column of several values counts whoever has it, among the values she is counted with."""
    return counting.count_tables(people, [question.columns], domain=domain)


def _linkage(setting: _Setting) -> tuple[float, float]:
    """Persons in truth for each person counted, read off the histories that the last run drew with noise."""
    hub = setting.hub
    contents = ledger.contents_of(hub.ledger_path, population=hub.population, purpose="tables")
    if not contents:
        return 1.0, 1.0
    return clear_hidden_total.people_per_person_counted(
        draws.unpack(contents[-1]).histories, setting.people.captures, linkage=setting.people.error
    )


def _files(setting: _Setting, table: ClearedTable, charge: ledger.Charge, *, progress: Progress) -> Mapping[str, bytes]:
    hub, policy = setting.hub, setting.hub.settings.policy
    balance = ledger.read_balance(hub.ledger_path, population=hub.population, policy=policy, today=setting.today)
    released = cleared_releases.clear_release(
        [table],
        estimate=None,
        policy=replace(policy, epsilon_release=charge.epsilon),
        epsilon_left=max(balance.left, 0.0),
    )
    return publish_release.render_release(
        released,
        hub_name=cast(Any, hub.settings.names),
        release_id=charge.release_id,
        issued=setting.today,
        provenance=hub_provenance.provenance_of(hub, setting.taking, setting.people),
        names=run_hub.labels_of(packs.load(hub.settings.pack)),
        fictitious=hub.settings.is_fictitious,
        languages=cast(Any, hub.settings.languages),
        progress=progress,
    )
