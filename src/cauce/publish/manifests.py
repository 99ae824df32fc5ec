"""What is in a release, for machines: release.json, provenance.json, datapackage.json, checksums.txt?"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cauce.publish.cells import Cell, cells_of
from cauce.publish.derivations import HIDDEN_TOTAL, Step, chain_of, chain_of_estimate, public_provenance, write_step
from cauce.publish.estimates import cells_of_estimate
from cauce.publish.labels import Labels
from cauce.standards.cleared import ClearedEstimate, ClearedRecords, ClearedRelease, ClearedTable
from cauce.standards.messages import LANGUAGES, Language, Message, Speaker

__all__ = ["Imprint", "write_checksums", "write_datapackage", "write_provenance", "write_release"]

_DATAPACKAGE = "https://specs.frictionlessdata.io/schemas/data-package.json"
_MEASURE_TYPES = {
    "obs_value": "integer",
    "lower": "integer",
    "upper": "integer",
    "confidence_level": "number",
    "obs_status": "string",
}
_ANALYST_FIELDS = {
    "unbiased": {
        "type": "number",
        "description": "Estimate before rounding, withholding and cutting at zero; consistent with all other tables",
    },
    "sigma": {"type": "number", "description": "Standard deviation of the noise of `unbiased`"},
    "drawn": {"type": "integer", "description": "Figure as drawn; its noise is independent of that of all others"},
    "drawn_sigma": {
        "type": "number",
        "description": "Standard deviation of the noise of `drawn`; of a sum of m of them, times the square root of m",
    },
}
_MEDIA = "text/csv"
_RECORDS = "records/records.csv"


@dataclass(frozen=True)
class Imprint:
    """Who published what, when, in which languages, and whether its people are invented."""

    hub_name: Mapping[Language, str]
    release_id: str
    issued: date
    fictitious: bool
    languages: tuple[Language, ...]

    def named(self, language: Language) -> str:
        """The hub's name in a language; in the first one that has it where this one has none.

        >>> Imprint({"es": "Mesa"}, "2026-11-22.1", date(2026, 11, 22), True, ("es", "en")).named("en")
        'Mesa'
        """
        return self.hub_name.get(language) or next(iter(self.hub_name.values()), "")


def write_release(release: ClearedRelease, imprint: Imprint) -> bytes:
    """`release.json`: what left, under which policy, what it spent and what is left.

    In
        release    ClearedRelease
        imprint    Imprint
    Out
        bytes    JSON
    """
    return _json(
        {
            "id": imprint.release_id,
            "issued": imprint.issued.isoformat(),
            "hub": dict(imprint.hub_name),
            "fictitious": imprint.fictitious,
            "languages": list(imprint.languages),
            "policy": release.policy,
            "epsilon": release.epsilon,
            "delta": release.delta,
            "epsilon_left": release.epsilon_left,
            "lasts_until": release.lasts_until,
            "tables": [_table(table) for table in release.tables],
            "estimate": _estimate(release.estimate),
            "records": _records(release.records),
            "site": "site/index.html",
        }
    )


def write_provenance(release: ClearedRelease, imprint: Imprint, *, provenance: Mapping[str, object]) -> bytes:
    """`provenance.json`: the chain of each table and of the hidden total and, under it, each number by its codes.

    In
        release       ClearedRelease
        imprint       Imprint
        provenance    as `derivations.public_provenance` describes it
    Out
        bytes    JSON
    """
    tables = [_derived(table.table_id, chain_of(table, provenance), cells_of(table)) for table in release.tables]
    estimate = release.estimate
    hidden = (
        _derived(HIDDEN_TOTAL, chain_of_estimate(estimate, provenance), cells_of_estimate(estimate))
        if estimate
        else None
    )
    told = {"release": imprint.release_id, **public_provenance(provenance), "tables": tables}
    return _json(told | {HIDDEN_TOTAL: hidden, "records": _records_source(release.records)})


def write_datapackage(
    release: ClearedRelease, imprint: Imprint, *, labels: Labels, files: Mapping[str, bytes]
) -> bytes:
    """`datapackage.json`: each CSV of codes with its schema, size and checksum.

    In
        release    ClearedRelease
        imprint    Imprint
        labels     Labels
        files      the release's files by path, those of the tables among them
    Out
        bytes    JSON
    Source
        Data Package 1.0 (Frictionless)
    """
    language = imprint.languages[0]
    resources = [_resource(table, labels, language=language, files=files) for table in release.tables]
    resources += [_unbiased_resource(table, files) for table in release.tables if table.unbiased is not None]
    if release.records:
        resources.append(_records_resource(release.records, files))
    title = imprint.named(language)
    return _json(
        {
            "$schema": _DATAPACKAGE,
            "profile": "tabular-data-package",
            "name": f"release-{imprint.release_id}",
            "id": imprint.release_id,
            "title": f"{title}: {imprint.release_id}",
            "created": imprint.issued.isoformat() + "T00:00:00Z",
            "fictitious": imprint.fictitious,
            "languages": list(imprint.languages),
            "resources": resources,
        }
    )


def write_checksums(files: Mapping[str, bytes]) -> bytes:
    """`checksums.txt`, as `sha256sum --check` reads it: one line a file, in the order of the paths.

    In
        files    bytes by path within the release
    Out
        bytes    text

    >>> write_checksums({"a.txt": b""}).decode()[:20]
    'e3b0c44298fc1c149afb'
    """
    lines = [f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)]
    return "".join(lines).encode("utf-8")


def _derived(table_id: str, chain: Sequence[Step], cells: Sequence[Cell]) -> dict[str, object]:
    numbers = {cell.number: _figure(cell) for cell in cells}
    return {"table": table_id, "chain": [write_step(step) for step in chain], "numbers": numbers}


def _table(table: ClearedTable) -> dict[str, object]:
    cells = cells_of(table)
    return {
        "id": table.table_id,
        "by": list(table.by),
        "cells": len(cells),
        "released": sum(cell.is_released for cell in cells),
        "withheld": sum(cell.is_withheld for cell in cells),
        "epsilon": table.epsilon,
        "sigma": table.sigma,
        "notes": [str(note) for note in table.notes],
    }


def _estimate(estimate: ClearedEstimate | None) -> dict[str, object] | None:
    if estimate is None:
        return None
    return {
        "status": estimate.status,
        "reason": _in_each_language(estimate.reason) if estimate.reason else None,
        "manner": estimate.manner,
        "observed": estimate.observed,
        "total": estimate.total,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "epsilon": estimate.epsilon,
        "methods": [{key: _plain(value) for key, value in method.items()} for method in estimate.methods],
        "linkage_share": estimate.linkage_share,
    }


def _in_each_language(message: Message) -> dict[str, str]:
    return {one: Speaker(one).say(message) for one in LANGUAGES}


def _records(records: ClearedRecords | None) -> dict[str, object] | None:
    if records is None:
        return None
    return {
        "columns": list(records.columns),
        "rows": records.rows.num_rows,
        "expected_error": dict(records.expected_error),
        "distances": dict(records.distances),
    }


def _records_source(records: ClearedRecords | None) -> dict[str, object] | None:
    """Of which tables of the release, and of nothing else, the records were drawn."""
    return None if records is None else {"file": _RECORDS, "drawn_from": list(records.distances)}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Message) else value


def _figure(cell: Cell) -> dict[str, object]:
    return {"obs_value": cell.value, "lower": cell.lower, "upper": cell.upper, "obs_status": cell.status}


def _resource(
    table: ClearedTable, labels: Labels, *, language: Language, files: Mapping[str, bytes]
) -> dict[str, object]:
    path = f"tables/{table.table_id}.csv"
    fields = [{"name": name, "type": "string", "title": labels.field(name, language)} for name in table.by]
    fields += [{"name": name, "type": kind} for name, kind in _MEASURE_TYPES.items()]
    schema = {"fields": fields, "missingValues": [""]}
    if table.by:
        schema["primaryKey"] = list(table.by)
    return _described(path, files[path]) | {"schema": schema}


def _unbiased_resource(table: ClearedTable, files: Mapping[str, bytes]) -> dict[str, object]:
    path = f"tables/{table.table_id}.unbiased.csv"
    fields: list[Mapping[str, str]] = [{"name": name, "type": "string"} for name in table.by]
    fields += [{"name": name, **told} for name, told in _ANALYST_FIELDS.items()]
    return _described(path, files[path]) | {"schema": {"fields": fields, "missingValues": [""]}}


def _records_resource(records: ClearedRecords, files: Mapping[str, bytes]) -> dict[str, object]:
    path = _RECORDS
    fields: Sequence[object] = [{"name": name, "type": "string"} for name in records.columns]
    return _described(path, files[path]) | {"schema": {"fields": fields, "missingValues": [""]}}


def _described(path: str, content: bytes) -> dict[str, object]:
    stem = path.rpartition("/")[2].removesuffix(".csv")
    return {
        "name": stem.lower().replace("+", ".").replace("@", "-"),  # Data Package: no other signs
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": _MEDIA,
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
    }


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n").encode("utf-8")
