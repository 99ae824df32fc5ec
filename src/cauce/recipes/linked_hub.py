"""Who are the people of this hub, each counted once? Joins the partners' records, links and merges them.

The result lies in the vault: links.parquet, doubts.parquet, people.parquet. Identifying fields are read for linking
and stay out of all of them. Decisions of persons about pairs of records stand as long as both records do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cauce.agree import permissions
from cauce.estimate.linkage_error import LinkageError
from cauce.recipes.agreed_partners import Participant, Participation
from cauce.recipes.harmonise_partner import HarmonisedPartner
from cauce.recipes.link_people import LinkedPeople, Manner, link_people
from cauce.recipes.merged_people import merge_people
from cauce.standards import packs
from cauce.standards.errors import raise_all
from cauce.standards.messages import Message
from cauce.standards.packs import Pack
from cauce.standards.progress import Progress
from cauce.store import decisions, steps, vault
from cauce.store.decisions import Decision
from cauce.store.workspace import Hub

__all__ = ["HubPeople", "link_hub"]

_ROLES = ("given_name", "surname", "birth_date", "sex")


@dataclass(frozen=True)
class HubPeople:
    """The people of a hub and what linking them is worth.

    linkage    {"precision", "recall", ...} as estimated, or None below two lists that can be linked
    method     how records were compared, be it within one list only; "none" where each counts as one person
    captures   one 0/1 column per list and `count`, None where no two lists could be linked
    error      how good the linkage is, for intervals that contain its error; None where nothing was linked
    """

    path: Path
    count: int
    fields: tuple[str, ...]
    linkage: Mapping[str, Any] | None
    method: str
    captures: pa.Table | None
    error: LinkageError | None

    def table(self) -> ibis.Table:
        """The people as a table of the engine, one row a person."""
        return ibis.duckdb.connect().read_parquet(str(self.path))


def link_hub(
    hub: Hub, taking: Participation, read: Sequence[HarmonisedPartner], *, rng: np.random.Generator, progress: Progress
) -> HubPeople:
    """Links the records of all partners and merges what is known of each person.

    In
        hub        the hub
        taking     who takes part today
        read       the harmonised records of each partner
        rng        for the draws of the linkage
        progress   told of each step
    Out
        HubPeople
    Refuses
        agree.uncovered   an identifying field is to be linked and no clause lets it be
    """
    pack = packs.load(hub.settings.pack)
    manner = _manner(taking, pack)
    path = hub.vault_dir / "people.parquet"
    decided = _keep_standing(hub, read, manner=manner, progress=progress)
    fingerprint = steps.fingerprint_of(
        records=[one.fingerprint for one in read], manner=manner, pack=pack.name, decided=decisions.content_of(decided)
    )
    known = steps.recall(path, fingerprint)
    if known is None:
        known = _link_anew(hub, read, manner=manner, pack=pack, decided=decided, rng=rng, progress=progress)
        steps.mark_done(path, fingerprint, known)
    return _people(path, known, lists=_lists(taking, manner))


def _manner(taking: Participation, pack: Pack) -> dict[str, Manner]:
    """How each partner may be linked: as agreed, "none" where its files do not identify people."""
    roles = {name: field.role for name, field in pack.fields.items() if field.role in _ROLES}
    manner: dict[str, Manner] = {}
    for one in taking.partners:
        identifying = [field for field in one.fields if field in roles]
        is_named = any(roles[field] in ("given_name", "surname") for field in identifying)
        manner[one.partner] = cast(Manner, one.agreement.linkage) if is_named else "none"
        if manner[one.partner] != "none":
            raise_all(permissions.uncovered_uses(one.agreement, identifying, purpose="link", recipient="committee"))
    return manner


def _lists(taking: Participation, manner: Mapping[str, Manner]) -> list[str]:
    """The partners whose lists may be counted against one another."""
    return [one.partner for one in taking.partners if manner[one.partner] != "none" and _lets_estimate(one)]


def _lets_estimate(one: Participant) -> bool:
    clauses = one.agreement.clauses
    return any("estimate" in clause.purposes and "committee" in clause.recipients for clause in clauses)


def _keep_standing(
    hub: Hub, read: Sequence[HarmonisedPartner], *, manner: Mapping[str, Manner], progress: Progress
) -> tuple[Decision, ...]:
    """The decisions that stand; those about records that are gone, or that may no longer be linked, are removed.

    So are those about records without a number of the partner's own: nobody knows whether they are still the same.
    """
    known = decisions.load_decisions(hub)
    if not known:
        return ()
    engine = vault.connect(hub, may_spill=False)
    linked = [one for one in read if manner[one.partner] != "none"]
    there = {
        (one.partner, row["record_id"])
        for one in linked
        for row in engine.read_parquet(str(one.path)).select("record_id", "file").to_pyarrow().to_pylist()
        if not decisions.names_row(row["record_id"], files=[row["file"]])
    }
    kept = [one for one in known if one.pair <= there]
    if len(kept) < len(known):
        decisions.save_decisions(hub, kept)
        gone = Message("{count} decisions about pairs of records went with their records", count=len(known) - len(kept))
        progress(gone, 1, 1)
    return decisions.standing(kept)


def _link_anew(
    hub: Hub,
    read: Sequence[HarmonisedPartner],
    *,
    manner: Mapping[str, Manner],
    pack: Pack,
    decided: Sequence[Decision],
    rng: np.random.Generator,
    progress: Progress,
) -> dict[str, Any]:
    names = {field.role: name for name, field in pack.fields.items() if field.role in _ROLES}
    linked = link_people(
        _records(vault.connect(hub, may_spill=False), read),
        fields={str(role): name for role, name in names.items()},
        manner=manner,
        decided=decided,
        rng=rng,
        progress=progress,
    )
    fields = _merge(hub, read, linked, pack=pack, progress=progress)
    return _facts(hub, linked, fields=fields, decided=len(decided))


def _merge(
    hub: Hub, read: Sequence[HarmonisedPartner], linked: LinkedPeople, *, pack: Pack, progress: Progress
) -> list[str]:
    """Writes people.parquet and links.parquet; returns the fields that people have, none of them identifying."""
    engine = vault.connect(hub, may_spill=True)
    records = _records(engine, read)
    held = [name for name in records.columns if name in pack.fields and pack.fields[name].sensitivity != "identifying"]
    codes = [name for name in held if pack.fields[name].kind in ("code", "flag")]
    several = [name for name in held if pack.fields[name].kind == "codes"]
    days = [name for name in held if name == "registered_date"]
    progress(Message("Merging what is known of each person"), 0, 1)
    kept = records.select("partner_code", "record_id", *codes, *several, *days)
    links = ibis.memtable(linked.people)
    people = merge_people(kept, links, codes=codes, lists_of=several)
    # A field that counts one code a person is kept as one code: its figures then need less noise.
    ones = {name: people[name][0] for name in several if pack.fields[name].at_most == 1}
    vault.keep_table(people.mutate(**ones), hub.vault_dir / "people.parquet")
    vault.keep_arrow(linked.people, hub.vault_dir / "links.parquet")
    progress(Message("Merging what is known of each person"), 1, 1)
    return [*codes, *several]


def _records(engine: ibis.BaseBackend, read: Sequence[HarmonisedPartner]) -> ibis.Table:
    """The records of all partners under the same columns: what a partner does not record is missing."""
    tables = [engine.read_parquet(str(one.path)) for one in read]
    kinds = {name: kind for table in tables for name, kind in table.schema().items()}
    aligned = [
        table.mutate({name: ibis.null(kind) for name, kind in kinds.items() if name not in table.columns}).select(
            *kinds
        )
        for table in tables
    ]
    return aligned[0] if len(aligned) == 1 else ibis.union(*aligned)


def _facts(hub: Hub, linked: LinkedPeople, *, fields: Sequence[str], decided: int) -> dict[str, Any]:
    if linked.captures is not None:
        vault.keep_arrow(linked.captures, hub.vault_dir / "captures.parquet")
    linkage = None
    if linked.doubts is None:
        (hub.vault_dir / "doubts.parquet").unlink(missing_ok=True)
    else:
        vault.keep_arrow(linked.doubts, hub.vault_dir / "doubts.parquet")
    if linked.precision is not None and linked.recall is not None and linked.doubts is not None:
        linkage = {
            "method": linked.method,
            "precision": round(linked.precision.value, 4),
            "precision_interval": [round(linked.precision.lower, 4), round(linked.precision.upper, 4)],
            "recall": round(linked.recall.value, 4),
            "recall_interval": [round(linked.recall.lower, 4), round(linked.recall.upper, 4)],
            "clusters": linked.clusters,
            "share": round(linked.share, 4),
            "doubts": linked.doubts.num_rows,
            "decisions": decided,
        }
    return {
        "count": linked.persons,
        "fields": list(fields),
        "linkage": linkage,
        "method": linked.method or "none",
        "notes": [str(n) for n in linked.notes],
    }


def _people(path: Path, known: Mapping[str, Any], *, lists: Sequence[str]) -> HubPeople:
    linkage = known["linkage"]
    captures = pq.read_table(path.with_name("captures.parquet")) if linkage else None
    return HubPeople(
        path=path,
        count=known["count"],
        fields=tuple(known["fields"]),
        linkage=linkage,
        method=linkage["method"] if linkage else known.get("method", "none"),
        captures=_of_lists(captures, lists) if captures else None,
        error=_error(linkage) if linkage else None,
    )


def _error(linkage: Mapping[str, Any]) -> LinkageError:
    return LinkageError(
        precision=(linkage["precision"], *linkage["precision_interval"]),
        recall=(linkage["recall"], *linkage["recall_interval"]),
    )


def _of_lists(captures: pa.Table, lists: Sequence[str]) -> pa.Table | None:
    """The captures of the lists that may be estimated with; the columns of others go, their people merge."""
    kept = [name for name in captures.column_names if name in lists]
    if len(kept) < 2:
        return None
    totals = captures.group_by(kept).aggregate([("count", "sum")]).rename_columns([*kept, "count"])
    seen = np.column_stack([totals[name].to_numpy() for name in kept]).any(axis=1)
    return totals.filter(pa.array(seen))
