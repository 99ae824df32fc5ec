"""How does a corrected file differ from the one that it replaces? Told by record number, else by row."""

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from cauce.gather import partner_files as files_read
from cauce.gather import tables
from cauce.gather.partner_files import Intake
from cauce.standards.mappings import PartnerMapping

__all__ = ["RowDifference", "differ"]

_TOLD_ROWS = 200


@dataclass(frozen=True)
class RowDifference:
    """Rows that came, went and changed.

    by        "record_id" or "row"
    added     rows of the new file that the old has not
    removed   rows of the old file that the new has not
    changed   rows of the new file that stand in both with other cells
    """

    by: str
    added: int
    removed: int
    changed: int
    changed_rows: tuple[int, ...]


def differ(old: Path, new: Intake, *, mapping: PartnerMapping, scratch: Path) -> RowDifference:
    """The difference between a file that is here and its correction.

    In
        old       the file that is here
        new       the correction, brought in
        mapping   names the column of the record number, if there is one
        scratch   folder for what is needed meanwhile
    Out
        RowDifference
    """
    before = files_read.read(old, files_read.survey(old).layout, into=scratch / "before.parquet")
    names = {one.name for one in mapping.columns if one.field == "record_id"}
    engine = tables.open_engine(scratch)
    try:
        left, right = (_cells(engine, intake, names) for intake in (before, new))
        by = "record_id" if left[1] and right[1] else "row"
        return _differ(left[0], right[0], by=by)
    finally:
        engine.disconnect()


def _cells(engine: ibis.BaseBackend, intake: Intake, names: set[str]) -> tuple[ir.Table, bool]:
    """One text per row: its cells by heading, so that columns may change their order."""
    rows = engine.read_parquet(str(intake.rows)).filter(lambda table: table.kind == "data")
    ordered = sorted(intake.columns, key=lambda column: column.name)
    said = [ibis.literal(one.name + "=").concat(ibis.coalesce(rows[one.key], "")) for one in ordered]
    keyed = [rows[one.key] for one in intake.columns if one.name in names]
    place = rows.sheet.concat("#", rows.row.cast("string"))
    identity = ibis.coalesce(*keyed, place) if keyed else place
    return rows.select("row", place=place, identity=identity, said=ibis.literal("\x1f").join(said)), bool(keyed)


def _differ(left: ir.Table, right: ir.Table, *, by: str) -> RowDifference:
    if by == "row":
        left, right = (table.mutate(identity=table.place) for table in (left, right))
    before = left.group_by("identity").agg(said=left.said.min())
    after = right.group_by("identity").agg(said=right.said.min(), row=right.row.min())
    added = after.anti_join(before, "identity").count().to_pyarrow().as_py()
    removed = before.anti_join(after, "identity").count().to_pyarrow().as_py()
    both = after.join(before, "identity")
    changed = both.filter(both.said != both.said_right)
    rows = changed.order_by("row").limit(_TOLD_ROWS).row.to_pyarrow().to_pylist()
    return RowDifference(by, added, removed, changed.count().to_pyarrow().as_py(), tuple(rows))
