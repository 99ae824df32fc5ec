"""How do the files of one partner become one table of records? Each file by itself, then all together.

Where the result is kept, and whether it has to be made at all, is answered by `harmonise_partner`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from cauce.gather import partner_files as files_read
from cauce.gather import tables
from cauce.gather.partner_files import Intake
from cauce.harmonise import apply, column_profiles, decisions, findings
from cauce.harmonise.apply import MappedColumn
from cauce.recipes import findings_report
from cauce.standards import ages
from cauce.standards.errors import Finding
from cauce.standards.mappings import Layout, PartnerMapping
from cauce.standards.messages import Language, Message, Speaker
from cauce.standards.packs import Pack
from cauce.standards.progress import Progress
from cauce.store import written
from cauce.store.partner_files import KeptFile

__all__ = ["Work", "harmonise_files"]


@dataclass(frozen=True)
class Work:
    """What is to be done: whose files, by which mapping, for which fields, said in which language, and where."""

    partner: str
    mapping: PartnerMapping
    pack: Pack
    allowed: frozenset[str]
    language: Language
    scratch: Path


def harmonise_files(
    work: Work, kept: Sequence[KeptFile], *, target: Path, rejects: Path, progress: Progress
) -> dict[str, Any]:
    """The records of some files of a partner, and what is wrong in them.

    In
        work       whose files, and how
        kept       the files
        target     Parquet to write; it appears whole or not at all
        rejects    CSV to write where rows were rejected or cells not read
        progress   told of each file
    Out
        facts that JSON can keep: rows_read, rows_rejected, rejects, findings
    """
    engine = tables.open_engine(work.scratch)
    try:
        parts, told, read = [], list[Finding](), 0
        for done, one in enumerate(kept):
            progress(Message("Harmonising the files of {partner}", partner=work.partner), done, len(kept))
            part, intake, findings_here = _harmonise_file(engine, work, one, number=done)
            parts.append(part)
            told += findings_here
            read += intake.read
        whole = _brought_together(work, parts)
        rejected = _rejected(whole)
        beside = work.scratch / "records.parquet"
        records = whole.filter(whole.rejected.isnull()).order_by("file", "sheet", "row").drop("rejected", "sheet")
        engine.to_parquet(records, str(beside))
        told += findings.tell_rejected(rejected)
        kept_rejects = _keep_rejects(rejects, told, rejected, language=work.language)
        beside.replace(target)
    finally:
        engine.disconnect()
    progress(Message("Harmonising the files of {partner}", partner=work.partner), len(kept), len(kept))
    return {
        "rows_read": read,
        "rows_rejected": len(rejected),
        "rejects": str(kept_rejects) if kept_rejects else None,
        "findings": [findings_report.facts_of(one) for one in told],
    }


def _harmonise_file(
    engine: ibis.BaseBackend, work: Work, kept: KeptFile, *, number: int
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
    engine.to_parquet(
        _marked(derived, work, file=kept.path.name, is_many_sheets=layout.sheet == files_read.ALL_ALIKE), str(path)
    )
    part = engine.read_parquet(str(path))
    told = list(intake.findings)
    told += findings.tell_columns(*_column_changes(work.mapping, intake), file=kept.path.name)
    told += findings.tell_problems(part, columns, file=kept.path.name)
    return part.drop(*_problems(part)), intake, told


def _layout_of(mapping: PartnerMapping, path: Path) -> Layout:
    """As the mapping says where its pattern takes in the file; else as the file itself shows."""
    said = mapping.layout if fnmatchcase(path.name, mapping.pattern) else None
    return said if said is not None and said.heading_row else files_read.survey(path, known=said).layout


def _mapped_columns(work: Work, intake: Intake, rows: ir.Table, *, received: date) -> list[MappedColumn]:
    by_name = {one.name: one for one in work.mapping.columns}
    taken = [(one, by_name[one.name]) for one in intake.columns if one.name in by_name]
    taken = [(source, column) for source, column in taken if column.field in work.allowed]
    decided_keys = [
        (source.key, source.name)
        for source, column in taken
        if decisions.needs_decision(work.pack.fields[column.field])
    ]
    profiles = {one.key: one for one in column_profiles.profile_columns(rows, decided_keys, most=None)}
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


def _problems(part: ir.Table) -> list[str]:
    return [name for name in part.columns if name.startswith("problem_")]


def _marked(part: ir.Table, work: Work, *, file: str, is_many_sheets: bool) -> ir.Table:
    """With partner, record number, file, and whether the row is rejected."""
    fields = [name for name in part.columns if name in work.allowed]
    part = part.mutate(file=ibis.literal(file))
    marked = apply.mark_rejected(part, problems=_problems(part), fields=fields)
    own = marked.file.concat("#", marked.row.cast("string"))
    if is_many_sheets:
        own = marked.file.concat("#", marked.sheet, "#", marked.row.cast("string"))
    record_id = ibis.coalesce(marked.record_id, own) if "record_id" in part.columns else own
    marked = marked.mutate(partner_code=ibis.literal(work.partner), record_id=record_id)
    shown = [name for name in marked.columns if name in work.pack.fields and name not in ("partner_code", "record_id")]
    return marked.select("partner_code", "record_id", "file", "sheet", "row", *shown, "rejected", *_problems(part))


def _brought_together(work: Work, parts: Sequence[ir.Table]) -> ir.Table:
    """The rows of all files; of two with one record number, the later is rejected."""
    kinds = {name: kind for table in parts for name, kind in table.schema().items()}
    aligned = [
        table.mutate({name: ibis.null(kind) for name, kind in kinds.items() if name not in table.columns}).select(
            *kinds
        )
        for table in parts
    ]
    whole = aligned[0] if len(aligned) == 1 else ibis.union(*aligned)
    if "record_id" not in work.allowed:
        return whole
    return apply.mark_repeated(whole, apply.find_repeated(whole).to_pyarrow())


def _rejected(whole: ir.Table) -> list[dict[str, Any]]:
    lost = (
        whole.filter(whole.rejected.notnull())
        .select("file", "sheet", "row", "rejected")
        .order_by("file", "sheet", "row")
    )
    rows: list[dict[str, Any]] = lost.to_pyarrow().to_pylist()
    return rows


def _keep_rejects(
    path: Path, told: Sequence[Finding], rejected: Sequence[Mapping[str, Any]], *, language: Language
) -> Path | None:
    if not told and not rejected:
        path.unlink(missing_ok=True)
        return None
    written.write_whole(path, findings_report.as_csv(told, speaker=Speaker(language), rejected=rejected))
    return path
