"""From the agreements to the release: `cauce run`.

agree -> gather and harmonise each partner -> link -> estimate and protect -> publish. Each step keeps its result in
the vault under the fingerprint of what it was made of: a run that is interrupted resumes, a run with nothing new
returns the stored release and spends nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

import cauce
from cauce.agree.agreements import Agreement
from cauce.publish import labels
from cauce.recipes import (
    agreed_partners,
    asked_before,
    clear_people,
    hub_provenance,
    linked_hub,
    publish_release,
    unheld_tables,
    wider_labels,
)
from cauce.recipes.agreed_partners import Participation
from cauce.recipes.harmonise_partner import HarmonisedPartner, harmonise_partner
from cauce.recipes.linked_hub import HubPeople
from cauce.standards import codelists, packs
from cauce.standards.cleared import ClearedRelease
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message
from cauce.standards.packs import Pack
from cauce.standards.progress import Progress
from cauce.store import charged_releases, decisions, hub_levels, hub_secret, releases, steps, vault, workspace
from cauce.store.hub_settings import HubSettings
from cauce.store.releases import StoredRelease
from cauce.store.workspace import Hub

__all__ = ["HubRun", "domain_of", "fingerprint_of_run", "labels_of", "run_hub"]


@dataclass(frozen=True)
class HubRun:
    """What a run found, exactly, for the steward's terminal inside the vault; `hidden` is the figure as released."""

    rows_read: int
    rows_rejected: int
    partners: tuple[str, ...]
    people: HubPeople
    release: StoredRelease
    epsilon_spent: float
    changes: tuple[Message, ...]

    @property
    def hidden(self) -> Mapping[str, Any]:
        """The hidden total as released: status, reason, figures, methods, the linkage's share."""
        told: Mapping[str, Any] = self.release.facts["estimate"]
        keys = ("status", "reason", "observed", "total", "lower", "upper", "methods", "linkage_share")
        return {key: told.get(key) for key in keys}

    @property
    def tables(self) -> int:
        """How many tables the release holds."""
        return len(self.release.facts["tables"])

    @property
    def withheld(self) -> int:
        """How many cells of them are withheld."""
        return sum(table["withheld"] for table in self.release.facts["tables"])

    @property
    def epsilon_left(self) -> float:
        """What the release left of the population's budget."""
        return float(self.release.facts["epsilon_left"])

    @property
    def site(self) -> Path:
        """The first page of the release, to open from disk."""
        return self.release.folder / "site" / "index.html"


def run_hub(root: Path, *, today: date, rng: np.random.Generator, progress: Progress) -> HubRun:
    """Runs a hub from its agreements to its release.

    In
        root       folder of the hub
        today      the day of the run: expiry, retention, the year's budget
        rng        for the draws of the linkage; never for the noise of a release
        progress   told of each step
    Out
        HubRun
    Refuses
        whatever stops a step: see `participation`, `harmonise_partner`, `link_people`, `clear_people`
        store.lost_ledger   releases exist that the ledger was not charged for
    """
    hub = workspace.open_hub(root)
    with vault.locked(hub, progress=progress):
        charged_releases.refuse_lost(hub)
        taking = agreed_partners.participation(hub, today=today)
        changes = list(taking.removed)
        for change in changes:  # told at once: a later step may refuse
            progress(change, 1, 1)
        read = [_harmonised(hub, one, progress=progress) for one in taking.partners]
        people = linked_hub.link_hub(hub, taking, read, rng=rng, progress=progress)
        fingerprint = fingerprint_of_run(hub, taking)
        stored = releases.find_release(hub, fingerprint)
        if stored is None:
            tables, kept_back = _tables(hub, taking, people)
            stored, spent = _released(_Made(hub, taking, people, tables), fingerprint, today=today, progress=progress)
            new = Message("New release {release}", release=stored.release_id)
            changes = [*changes, new, *(_kept_inside(refusal) for refusal in kept_back)]
        else:
            spent = 0.0
            changes = [*changes, Message("Nothing is new: release {release} stands", release=stored.release_id)]
        changes += unheld_tables.tell_unheld(hub.settings.tables, people.fields)
        changes += asked_before.tell_older(hub, fingerprint)
    return _summary(read, people, stored, spent=spent, changes=tuple(changes))


def _harmonised(hub: Hub, one: agreed_partners.Participant, *, progress: Progress) -> HarmonisedPartner:
    return harmonise_partner(
        hub, one.partner, files=[kept.path for kept in one.files], allowed_fields=one.fields, progress=progress
    )


def fingerprint_of_run(hub: Hub, taking: Participation) -> str:
    """Of all that decides what a release holds: files, mappings, clauses, settings, pack, code, decisions; no date.

    In
        hub      the hub
        taking   who takes part today
    Out
        str   the same while nothing is new
    """
    plain = steps.fingerprint_of(
        files=[(one.partner, [kept.sha256 for kept in one.files]) for one in taking.partners],
        mappings=[repr(one.mapping) for one in taking.partners],
        agreements=[_deciding(one.agreement) for one in taking.partners],
        settings=_decisive(hub.settings),
        code=cauce.__version__,
        **_decided(hub),
    )
    return hub_secret.keyed(hub, plain)  # a release tells the hash of the ledger's entry, which holds the fingerprint


def _decided(hub: Hub) -> dict[str, object]:
    known = decisions.standing(decisions.load_decisions(hub))
    return {"decisions": decisions.content_of(known)} if known else {}


def _deciding(agreement: Agreement) -> list[object]:
    clauses = [(sorted(one.fields), sorted(one.purposes), sorted(one.recipients)) for one in agreement.clauses]
    return [agreement.partner, agreement.linkage, clauses]


def _decisive(settings: HubSettings) -> list[object]:
    policy = settings.policy
    rule = (policy.kind, policy.profile, policy.estimates, policy.epsilon_release, policy.delta, policy.threshold)
    shown = (dict(settings.names), settings.languages, settings.is_fictitious)
    decided: list[object] = [settings.pack, settings.tables, rule, shown]
    if policy.kind == "threshold":
        decided.append((policy.dominance, policy.rounding))
    if policy.records:
        decided.append("records")
    return decided + [list(map(repr, some)) for some in (settings.levels, settings.invariants) if some]


@dataclass(frozen=True)
class _Made:
    hub: Hub
    taking: Participation
    people: HubPeople
    tables: list[tuple[str, ...]]


def _released(made: _Made, fingerprint: str, *, today: date, progress: Progress) -> tuple[StoredRelease, float]:
    hub, people = made.hub, made.people
    pack = packs.load(hub.settings.pack)
    wider = hub_levels.wider_of(hub.settings.levels, pack, year=today.year)
    cleared: ClearedRelease = clear_people.clear_people(
        people.table(),
        tables=made.tables,
        domain=domain_of(pack, made.tables, year=today.year),
        policy=hub.settings.policy,
        wider=wider,
        invariants=hub.settings.invariants,
        ledger_path=hub.ledger_path,
        population=hub.population,
        release_id=releases.next_release_id(hub, today=today),
        fingerprint=fingerprint,
        captures=people.captures,
        estimate=True,
        linkage=people.error,
        today=today,
        progress=progress,
    )
    files = publish_release.render_release(
        cleared,
        hub_name=hub.settings.names,
        release_id=cleared.release_id,
        issued=today,
        provenance=hub_provenance.provenance_of(hub, made.taking, people),
        names=wider_labels.add_wider_labels(labels_of(pack), wider, pack=pack),
        fictitious=hub.settings.is_fictitious,
        languages=hub.settings.languages,
        progress=progress,
    )
    stored = releases.store_release(hub, cleared.release_id, files=files, fingerprint=fingerprint)
    return stored, cleared.epsilon if cleared.is_new else 0.0


def _kept_inside(refusal: Refusal) -> Message:
    return Message("Not published: {reason}", reason=refusal.found)


def _tables(hub: Hub, taking: Participation, people: HubPeople) -> tuple[list[tuple[str, ...]], list[Refusal]]:
    """The tables of the pack and of hub.toml that the people's fields allow and that every partner lets leave."""
    held = set(people.fields)
    wanted = dict.fromkeys([(), *packs.load(hub.settings.pack).tables, *hub.settings.tables])
    able = [table for table in wanted if set(table) <= held]
    tables, kept_back = agreed_partners.publishable_tables(taking.partners, able)
    if not tables:
        raise ExceptionGroup("refused", kept_back)
    return tables, kept_back


def domain_of(pack: Pack, tables: list[tuple[str, ...]], *, year: int) -> dict[str, tuple[str, ...]]:
    """The public domain of each field of the tables: its codelist in a year, never the data.

    In
        pack     the subject
        tables   fields of each table
        year     of the release
    Out
        field -> codes
    """
    fields = dict.fromkeys(field for table in tables for field in table)
    return {field: pack.domain_of(field, year=year) for field in fields}


def labels_of(pack: Pack) -> labels.Labels:
    """What the pages call the fields and codes of a pack.

    In
        pack   the subject
    Out
        Labels
    """
    listed = {name: field.codelist for name, field in pack.fields.items() if field.codelist}
    return labels.Labels(
        fields={name: field.labels for name, field in pack.fields.items()},
        codes={name: codelists.load(codelist) for name, codelist in listed.items()},
        ordered=frozenset({"age_code", "registered_year"}),
        codelists=listed,
    )


def _summary(
    read: list[HarmonisedPartner],
    people: HubPeople,
    stored: StoredRelease,
    *,
    spent: float,
    changes: tuple[Message, ...],
) -> HubRun:
    return HubRun(
        rows_read=sum(one.rows_read for one in read),
        rows_rejected=sum(one.rows_rejected for one in read),
        partners=tuple(one.partner for one in read),
        people=people,
        release=stored,
        epsilon_spent=spent,
        changes=changes,
    )
