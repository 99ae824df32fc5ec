"""Where is it kept what the columns of a partner's files mean? `mappings/P.toml`, readable and kept by a person.

A proposal that still has doubts lies beside it in `mappings/P.proposed.toml` and decides nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from cauce.standards.errors import Refusal, raise_all
from cauce.standards.keys import Key, check_keys, is_text, is_texts, one_of
from cauce.standards.mappings import ColumnMapping, FileFormat, Layout, PartnerMapping
from cauce.store import toml_files
from cauce.store.partner_files import check_partner_code
from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = ["load_mapping", "mapping_path", "proposal_path", "save_mapping", "save_proposal"]

_FORMATS: Mapping[str, FileFormat] = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods"}


def _is_row(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _is_values(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


_TEXT = Key(is_text, '"..."')
_KEYS: Mapping[str, Mapping[str, Key]] = {
    "file": {
        "pattern": _TEXT,
        "sheet": _TEXT,
        "heading_row": Key(_is_row, "1, 2, ..."),
        "encoding": _TEXT,
        "delimiter": _TEXT,
        "missing": Key(is_texts, '["", "-99"]'),
    },
    "column": {
        "name": _TEXT,
        "field": _TEXT,
        "confidence": Key(_is_share, "0.98 (0 to 1)"),
        "evidence": _TEXT,
        "order": one_of("dmy", "mdy", "ymd"),
        "decimal": one_of(",", "."),
        "separator": _TEXT,
        "values": Key(_is_values, '{ "F" = "Feminine" }'),
    },
}


def mapping_path(hub: Hub, partner: str) -> Path:
    """Where the mapping of a partner lies, whether or not it is written yet."""
    check_partner_code(partner)
    return hub.mappings_dir / f"{partner}.toml"


def proposal_path(hub: Hub, partner: str) -> Path:
    """Where a proposal with doubts lies."""
    check_partner_code(partner)
    return hub.mappings_dir / f"{partner}.proposed.toml"


def load_mapping(hub: Hub, partner: str) -> PartnerMapping | None:
    """What was decided about a partner's files, or None where nothing was.

    Refuses
        store.bad_toml      the file is not TOML
        store.unknown_key   a key that a mapping does not have
        store.bad_setting   a value of the wrong kind
        store.bad_mapping   a column without its name or field
    """
    path = mapping_path(hub, partner)
    if not path.is_file():
        return None
    name = f"mappings/{path.name}"
    raw = toml_files.read_toml(path, name=name)
    raise_all(check_keys(raw, file=name, keys=_KEYS, repeated=("column",)))
    columns = raw.get("column", [])
    if not isinstance(columns, list) or any("name" not in one or "field" not in one for one in columns):
        raise Refusal(
            "store.bad_mapping",
            found="{file} has a column without its name or its field",
            wanted='[[column]] with name = "..." and field = "..."',
            remedy="Complete it in {file}, or add the file again",
            file=name,
        )
    return _mapping(partner, raw.get("file", {}), columns)


def _mapping(partner: str, file: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> PartnerMapping:
    pattern = str(file.get("pattern", "*"))
    layout = Layout(
        format=_FORMATS.get(PurePath(pattern).suffix.lower(), "csv"),
        heading_row=file.get("heading_row", 0),
        sheet=file.get("sheet"),
        encoding=file.get("encoding"),
        delimiter=file.get("delimiter"),
    )
    return PartnerMapping(
        partner=partner,
        pattern=pattern,
        layout=layout if file.keys() & {"heading_row", "sheet", "encoding", "delimiter"} else None,
        columns=tuple(_column(one) for one in columns),
        missing=tuple(file.get("missing", ("",))),
    )


def _column(raw: Mapping[str, Any]) -> ColumnMapping:
    return ColumnMapping(
        name=raw["name"],
        field=raw["field"],
        confidence=float(raw.get("confidence", 1.0)),
        evidence=raw.get("evidence", ""),
        order=raw.get("order"),
        decimal=raw.get("decimal"),
        separator=raw.get("separator"),
        values=dict(raw.get("values", {})),
    )


def save_mapping(hub: Hub, mapping: PartnerMapping) -> Path:
    """Writes the mapping of a partner whole, or not at all; a proposal that waited is gone then."""
    path = mapping_path(hub, mapping.partner)
    note = f"What the columns of {mapping.partner} mean. Correct it here: a person's word stands above every proposal."
    write_whole(path, _dumped(mapping, [note]))
    proposal_path(hub, mapping.partner).unlink(missing_ok=True)
    return path


def save_proposal(hub: Hub, mapping: PartnerMapping, doubts: Mapping[str, Sequence[str]]) -> Path:
    """Writes a proposal with its doubts as comments; it decides nothing until it is accepted.

    In
        mapping   what is proposed
        doubts    column -> questions, in the caller's language
    Out
        its path
    """
    path = proposal_path(hub, mapping.partner)
    notes = [f"? {column}: {question}" for column, questions in doubts.items() for question in questions]
    write_whole(path, _dumped(mapping, notes))
    return path


def _dumped(mapping: PartnerMapping, notes: Sequence[str]) -> bytes:
    document = tomlkit.document()
    for note in notes:
        document.add(tomlkit.comment(" ".join(note.split())))
    document.add(tomlkit.nl())
    document.add("file", _file_table(mapping))
    columns: AoT = tomlkit.aot()
    for column in mapping.columns:
        columns.append(_column_table(column))
    if mapping.columns:
        document.add("column", columns)
    return tomlkit.dumps(document).encode("utf-8")


def _file_table(mapping: PartnerMapping) -> Table:
    table = tomlkit.table()
    table.add("pattern", mapping.pattern)
    layout = mapping.layout
    if layout is not None:
        for key in ("sheet", "heading_row", "encoding", "delimiter"):
            if getattr(layout, key):
                table.add(key, getattr(layout, key))
    table.add("missing", list(mapping.missing))
    return table


def _column_table(column: ColumnMapping) -> Table:
    table = tomlkit.table()
    table.add("name", column.name)
    table.add("field", column.field)
    table.add("confidence", round(column.confidence, 2))
    table.add("evidence", column.evidence)
    for key in ("order", "decimal", "separator"):
        if getattr(column, key) is not None:
            table.add(key, getattr(column, key))
    if column.values:
        values = tomlkit.inline_table()
        values.update(dict(column.values))
        table.add("values", values)
    return table
