"""From a partner's files to its records in the standard's fields, inside its own folder.

gather -> decide each distinct value -> apply -> derive -> reject. The result is kept under the fingerprint of the
files, the mapping and the fields agreed on: nothing is done twice.
"""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

import cauce
from cauce.gather import partner_files as files_read
from cauce.gather import tables
from cauce.gather.partner_files import Intake
from cauce.harmonise import apply, column_profiles, decisions, findings
from cauce.harmonise.apply import MappedColumn
from cauce.recipes import findings_report
from cauce.standards import ages, packs
from cauce.standards.errors import Finding, Refusal
from cauce.standards.mappings import Layout, PartnerMapping
from cauce.standards.messages import Message, Speaker
from cauce.standards.packs import Pack
from cauce.standards.progress import Progress, silent
from cauce.store import mappings, partner_files, steps
from cauce.store.partner_files import KeptFile
from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = ["HarmonisedPartner", "harmonise_partner"]

_FORM_OF_RECORDS = 1
_ALWAYS = frozenset({"record_id"})


@dataclass(frozen=True)
class HarmonisedPartner:
    """The records of one partner.

    path          Parquet in the partner's folder: partner_code, record_id, file, row, one text column per field, lists
                  where a person may have several values
    rejects       CSV of the rows rejected and the cells not read, with places and reasons and no value; None if none
    fingerprint   of all that the records were made of
    """

    partner: str
    path: Path
    rows_read: int
    rows_rejected: int
    findings: tuple[Finding, ...]
    rejects: Path | None
    fingerprint: str


def harmonise_partner(
    hub: Hub,
    partner: str,
    *,
    files: Sequence[Path] | None = None,
    allowed_fields: Collection[str] | None,
    progress: Progress = silent,
) -> HarmonisedPartner:
    """The records of a partner in the standard's fields, in its own folder.

    In
        hub              the hub
        partner          code of the partner
        files            those of its files to read; all where None
        allowed_fields   fields that the agreement covers; all that are mapped where None
        progress         told of each step
    Out
        HarmonisedPartner
    Refuses
        harmonise.no_mapping      nothing says what the columns mean
        harmonise.unknown_field   the mapping names a field that the pack does not have
        and what `gather.partner_files.read` refuses
    """
    mapping = _mapping_of(hub, partner)
    pack = packs.load(hub.settings.pack)
    kept = [one for one in partner_files.list_files(hub, partner) if files is None or one.path in set(files)]
    allowed = sorted(column.field for column in mapping.columns if _is_allowed(column.field, allowed_fields))
    fingerprint = steps.fingerprint_of(
        files=[(one.path.name, one.sha256, one.received) for one in kept],
        mapping=repr(mapping),
        allowed=allowed,
        pack=repr(sorted(pack.fields)),
        code=(cauce.__version__, _FORM_OF_RECORDS),
    )
    # Names stay in the partner's own folder: what lies in the vault can be linked without them.
    target = hub.partners_dir / partner / ".harmonised" / "records.parquet"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = steps.recall(target, fingerprint)
    if facts is None:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".harmonising-") as scratch:
            work = _Work(hub, partner, mapping, pack, frozenset(allowed), Path(scratch))
            facts = _harmonise(work, kept, target=target, progress=progress)
        steps.mark_done(target, fingerprint, facts)
    return _recalled(partner, target=target, facts=facts, fingerprint=fingerprint)


def _is_allowed(field: str, allowed: Collection[str] | None) -> bool:
    return bool(field) and (allowed is None or field in allowed or field in _ALWAYS)


def _mapping_of(hub: Hub, partner: str) -> PartnerMapping:
    mapping = mappings.load_mapping(hub, partner)
    if mapping is None:
        raise Refusal(
            "harmonise.no_mapping",
            found="Nothing says what the columns of {partner} mean",
            wanted="mappings/{partner}.toml",
            remedy="Run `cauce add HUB FILE --partner {partner}`",
            partner=partner,
        )
    unknown = [
        one.field for one in mapping.columns if one.field and one.field not in packs.load(hub.settings.pack).fields
    ]
    if unknown:
        raise Refusal(
            "harmonise.unknown_field",
            found="mappings/{partner}.toml names fields that the pack does not have: {fields}",
            wanted="fields of the pack {pack}",
            remedy="Correct their names; docs/reference/fields.md lists all",
            partner=partner,
            fields=", ".join(unknown),
            pack=hub.settings.pack,
        )
    return mapping


@dataclass(frozen=True)
class _Work:
    hub: Hub
    partner: str
    mapping: PartnerMapping
    pack: Pack
    allowed: frozenset[str]
    scratch: Path


def _harmonise(work: _Work, kept: Sequence[KeptFile], *, target: Path, progress: Progress) -> dict[str, Any]:
    engine = tables.open_engine(work.scratch)
    try:
        parts, told, read = [], list[Finding](), 0
        for done, one in enumerate(kept):
            progress(Message("Harmonising the files of {partner}", partner=work.partner), done, len(kept))
            part, intake, findings_here = _harmonise_file(engine, work, one, number=done)
            parts.append(part)
            told += findings_here
            read += intake.read
        records, rejected = _brought_together(engine, work, parts)
        beside = work.scratch / "records.parquet"
        engine.to_parquet(records, str(beside))
        told += findings.tell_rejected(rejected)
        rejects = _keep_rejects(work, told, rejected)
        beside.replace(target)
    finally:
        engine.disconnect()
    progress(Message("Harmonising the files of {partner}", partner=work.partner), len(kept), len(kept))
    return {
        "rows_read": read,
        "rows_rejected": len(rejected),
        "rejects": str(rejects) if rejects else None,
        "findings": [findings_report.facts_of(one) for one in told],
    }


def _harmonise_file(
    engine: ibis.BaseBackend, work: _Work, kept: KeptFile, *, number: int
) -> tuple[ir.Table, Intake, list[Finding]]:
    layout = _layout_of(work.mapping, kept.path)
    intake = files_read.read(kept.path, layout, into=work.scratch / f"rows{number}.parquet")
    rows = engine.read_parquet(str(intake.rows))
    rows = rows.filter(rows.kind.isin(["data", "extra"]))
    columns = _mapped_columns(work, intake, rows, received=kept.received)
    harmonised = apply.harmonise_rows(rows, columns, missing=work.mapping.missing)
    domain = work.pack.domains.get("age_code", ())
    derived = apply.derive_fields(harmonised, dict(ages.code_table(domain)))
    path = work.scratch / f"fields{number}.parquet"
    engine.to_parquet(derived.mutate(file=ibis.literal(kept.path.name)), str(path))
    part = engine.read_parquet(str(path))
    told = list(intake.findings)
    told += findings.tell_columns(*_column_changes(work.mapping, intake), file=kept.path.name)
    told += findings.tell_problems(part, columns, file=kept.path.name, sheet=layout.sheet)
    return part, intake, told


def _layout_of(mapping: PartnerMapping, path: Path) -> Layout:
    """As the mapping says where its pattern takes in the file; else as the file itself shows."""
    if mapping.layout is not None and fnmatchcase(path.name, mapping.pattern):
        return mapping.layout
    return files_read.survey(path).layout


def _mapped_columns(work: _Work, intake: Intake, rows: ir.Table, *, received: date) -> list[MappedColumn]:
    by_name = {one.name: one for one in work.mapping.columns}
    taken = [(one, by_name[one.name]) for one in intake.columns if one.name in by_name]
    taken = [(source, column) for source, column in taken if column.field in work.allowed]
    decided_keys = [
        (source.key, source.name)
        for source, column in taken
        if decisions.needs_decision(work.pack.fields[column.field])
    ]
    profiles = {one.key: one for one in column_profiles.profile_columns(rows, decided_keys)}
    return [
        MappedColumn(
            source.key,
            column,
            work.pack.fields[column.field],
            decisions.decide_values(
                profiles[source.key].values,
                column,
                work.pack.fields[column.field],
                missing=work.mapping.missing,
                latest=received,
                domain=work.pack.domains.get(column.field),
            )
            if source.key in profiles
            else None,
        )
        for source, column in taken
    ]


def _column_changes(mapping: PartnerMapping, intake: Intake) -> tuple[list[str], list[str]]:
    known = {one.name for one in mapping.columns}
    here = {one.name for one in intake.columns}
    absent = [one.name for one in mapping.columns if one.field and one.name not in here]
    return absent, [one.name for one in intake.columns if one.name not in known]


def _brought_together(
    engine: ibis.BaseBackend, work: _Work, parts: Sequence[ir.Table]
) -> tuple[ir.Table, list[dict[str, Any]]]:
    """The records of all files, and the rows that were rejected."""
    marked = [_marked(part, work) for part in parts]
    kinds = {name: kind for table in marked for name, kind in table.schema().items()}
    aligned = [
        table.mutate({name: ibis.null(kind) for name, kind in kinds.items() if name not in table.columns}).select(
            *kinds
        )
        for table in marked
    ]
    whole = aligned[0] if len(aligned) == 1 else ibis.union(*aligned)
    whole = apply.mark_repeated(whole) if "record_id" in work.allowed else whole
    path = work.scratch / "marked.parquet"
    engine.to_parquet(whole, str(path))
    whole = engine.read_parquet(str(path))
    lost = whole.filter(whole.rejected.notnull()).select("file", "row", "rejected").order_by("file", "row")
    records = whole.filter(whole.rejected.isnull()).drop("rejected")
    return records, lost.to_pyarrow().to_pylist()


def _marked(part: ir.Table, work: _Work) -> ir.Table:
    problems = [name for name in part.columns if name.startswith("problem_")]
    fields = [name for name in part.columns if name in work.allowed]
    marked = apply.mark_rejected(part, problems=problems, fields=fields)
    own = part.file.concat("#", part.row.cast("string"))
    record_id = ibis.coalesce(marked.record_id, own) if "record_id" in part.columns else own
    marked = marked.mutate(partner_code=ibis.literal(work.partner), record_id=record_id)
    shown = [name for name in marked.columns if name in work.pack.fields and name not in ("partner_code", "record_id")]
    return marked.select("partner_code", "record_id", "file", "row", *shown, "rejected")


def _keep_rejects(work: _Work, told: Sequence[Finding], rejected: Sequence[Mapping[str, Any]]) -> Path | None:
    path = work.hub.vault_dir / "rejects" / f"{work.partner}.csv"
    if not told and not rejected:
        path.unlink(missing_ok=True)
        return None
    speaker = Speaker(work.hub.settings.languages[0])
    write_whole(path, findings_report.as_csv(told, speaker=speaker, rejected=rejected))
    return path


def _recalled(partner: str, *, target: Path, facts: Mapping[str, Any], fingerprint: str) -> HarmonisedPartner:
    return HarmonisedPartner(
        partner=partner,
        path=target,
        rows_read=facts["rows_read"],
        rows_rejected=facts["rows_rejected"],
        findings=tuple(findings_report.finding_of(one) for one in facts["findings"]),
        rejects=Path(facts["rejects"]) if facts["rejects"] else None,
        fingerprint=fingerprint,
    )
