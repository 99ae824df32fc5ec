"""How is an encoding laid out in a file, and how does a reader know that it is whole and was not made up?

One row per record: `record_id`, `person`, `missing`, `tokens` (eight bytes for each place, in the order of the
families). The heading carries the parameters, the key's fingerprint, the aggregates and a checksum over all of it.
The page docs/explanation/linking-without-names.md describes every field.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, cast

import numpy as np
import pyarrow as pa

from cauce.link.encoding import Encoding
from cauce.link.facts import Facts
from cauce.link.lattice import WIDTH
from cauce.link.levels import Cell
from cauce.link.tokens import EMPTY, FAMILY_BOUNDS, TOKEN_BYTES, Tokens
from cauce.standards.errors import Refusal

__all__ = ["read_encoding", "read_tokens", "write_encoding", "write_tokens"]

_HEADING = b"cauce.encoding"
_COLUMNS = {
    "record_id": pa.string(),
    "person": pa.int64(),
    "missing": pa.int8(),
    "tokens": pa.binary(WIDTH * TOKEN_BYTES),
}


def write_encoding(encoding: Encoding) -> pa.Table:
    """The encoding as a table with its heading.

    In
        encoding   one list, encoded
    Out
        record_id string, person int64, missing int8, tokens fixed bytes; the heading under the key `cauce.encoding`
    """
    columns = [
        pa.array(encoding.record_ids, pa.string()),
        pa.array(encoding.persons),
        pa.array(encoding.missing[encoding.persons].astype(np.int8)),
        write_tokens(encoding.tokens),
    ]
    heading = {
        "parameters": dict(encoding.parameters),
        "fingerprint": encoding.fingerprint,
        "facts": _write_facts(encoding.facts),
    }
    heading["checksum"] = _sum_up(encoding, heading)
    table = pa.table(columns, schema=pa.schema(list(_COLUMNS.items())))
    return table.replace_schema_metadata({_HEADING: json.dumps(heading, sort_keys=True)})


def read_encoding(table: pa.Table, *, list_code: str) -> Encoding:
    """The encoding in a table, if it is whole.

    In
        table       as `write_encoding` lays it out
        list_code   what the list is to be called
    Out
        the encoding
    Refuses
        link.not_encoding       columns or heading are not those of an encoding
        link.damaged_encoding   the checksum does not fit: it was cut short or changed
        link.forged_encoding    tokens that an owner would have dropped, or none at all where some must be
        link.forged_persons     persons numbered as no owner numbers them
        link.repeated_record    two rows have one record_id
    """
    heading = _read_heading(table, list_code=list_code)
    persons = table["person"].to_numpy().astype(np.int64)
    if persons.size and not 0 <= persons.min() <= persons.max() < persons.size:
        raise _refuse_persons(list_code)
    missing = np.zeros(int(persons.max(initial=-1)) + 1, dtype=np.int64)
    missing[persons] = table["missing"].to_numpy().astype(np.int64)
    encoding = Encoding(
        list_code=list_code,
        record_ids=tuple(table["record_id"].to_pylist()),
        persons=persons,
        missing=missing,
        tokens=read_tokens(table["tokens"]),
        facts=_read_facts(heading["facts"], list_code=list_code),
        parameters=heading["parameters"],
        fingerprint=heading["fingerprint"],
    )
    _check(encoding, heading)
    return encoding


def write_tokens(tokens: Tokens) -> pa.Array:
    """The tokens as cells of a table, one for each record.

    In
        tokens   (record, place) int64
    Out
        (record,) fixed bytes
    """
    raw = pa.py_buffer(np.ascontiguousarray(tokens))
    return pa.Array.from_buffers(_COLUMNS["tokens"], len(tokens), [None, raw])


def read_tokens(cells: pa.ChunkedArray) -> Tokens:
    """The tokens in cells of a table.

    In
        cells   (record,) fixed bytes, as `write_tokens` gives them
    Out
        (record, place) int64

    >>> tokens = np.arange(2 * WIDTH).reshape(2, WIDTH)
    >>> (read_tokens(pa.chunked_array([write_tokens(tokens)])) == tokens).all()
    np.True_
    """
    whole = pa.concat_arrays(cells.chunks) if cells.num_chunks != 1 else cells.chunk(0)
    raw = np.frombuffer(whole.buffers()[1] or b"", dtype=np.int64)
    return raw[whole.offset * WIDTH : (whole.offset + len(whole)) * WIDTH].reshape(-1, WIDTH)


def _read_heading(table: pa.Table, *, list_code: str) -> dict[str, Any]:
    raw = (table.schema.metadata or {}).get(_HEADING)
    if raw is None or not table.schema.equals(pa.schema(list(_COLUMNS.items()))):
        raise _refuse_other(list_code)
    try:
        heading = json.loads(raw)
    except ValueError as error:
        raise _refuse_other(list_code) from error
    is_whole = isinstance(heading, dict) and {"parameters", "fingerprint", "facts", "checksum"} <= set(heading)
    if not is_whole or any(column.null_count for column in table.columns):
        raise _refuse_other(list_code)
    return cast(dict[str, Any], heading)


def _check(encoding: Encoding, heading: Mapping[str, Any]) -> None:
    if _sum_up(encoding, heading) != heading["checksum"]:
        raise Refusal(
            "link.damaged_encoding",
            found="The encoding of {list_code} was cut short or changed after it was made",
            wanted="the file as `cauce encode` wrote it",
            remedy="Ask the partner to send it again",
            list_code=encoding.list_code,
        )
    if len(set(encoding.record_ids)) < len(encoding.record_ids):
        raise Refusal(
            "link.repeated_record",
            found="List {list_code} numbers {count} records as others of the same list",
            wanted="a record_id of its own for each record",
            remedy="Number the records of {list_code} again; linking cannot tell them apart",
            list_code=encoding.list_code,
            count=len(encoding.record_ids) - len(set(encoding.record_ids)),
        )
    if np.unique(encoding.persons).size < encoding.missing.size or encoding.facts.persons != encoding.missing.size:
        raise _refuse_persons(encoding.list_code)
    families = (np.sort(encoding.tokens[:, start:end], axis=None) for start, end in FAMILY_BOUNDS)
    common = sum(int((family[1:] == family[:-1]).sum()) for family in families)
    if common or (encoding.tokens == EMPTY).any():
        raise Refusal(
            "link.forged_encoding",
            found="The encoding of {list_code} has {count} tokens that `cauce encode` would have dropped or filled",
            wanted="every record padded, and no token twice in the file",
            remedy="Do not link it; ask the partner to encode her file again with `cauce encode`",
            list_code=encoding.list_code,
            count=common + int((encoding.tokens == EMPTY).sum()),
        )


def _refuse_persons(list_code: str) -> Refusal:
    return Refusal(
        "link.forged_persons",
        found="The encoding of {list_code} numbers its persons as `cauce encode` never does",
        wanted="persons numbered from 0, as many as the heading tells",
        remedy="Do not link it; ask the partner to encode her file again with `cauce encode`",
        list_code=list_code,
    )


def _refuse_other(list_code: str) -> Refusal:
    return Refusal(
        "link.not_encoding",
        found="{list_code} is not an encoding of this version of Cauce",
        wanted="a file that `cauce encode` wrote",
        remedy="Encode the list first, or link files with names with --clear --on given_name,surname,birth_date",
        list_code=list_code,
    )


def _sum_up(encoding: Encoding, heading: Mapping[str, Any]) -> str:
    summed = blake2b(digest_size=16)
    told = {name: heading[name] for name in ("parameters", "fingerprint", "facts")}
    summed.update(json.dumps(told, sort_keys=True).encode())
    summed.update("\x00".join(encoding.record_ids).encode())
    for column in (encoding.persons, encoding.missing[encoding.persons], encoding.tokens):
        summed.update(np.ascontiguousarray(column).data)
    return summed.hexdigest()


def _write_facts(facts: Facts) -> dict[str, Any]:
    return {
        "persons": facts.persons,
        "missing": {str(pattern): share for pattern, share in facts.missing.items()},
        "names": dict(facts.names),
        "given": dict(facts.given),
        "surname": dict(facts.surname),
        "dates": dict(facts.dates),
        "crossing": facts.crossing,
        "collisions": {f"{cell.missing}|{cell.part}|{cell.form}": count for cell, count in facts.collisions.items()},
        "borne": {form: list(counts) for form, counts in facts.borne.items()},
    }


def _read_facts(raw: Mapping[str, Any], *, list_code: str) -> Facts:
    try:
        return Facts(
            persons=int(raw["persons"]),
            missing={int(pattern): float(share) for pattern, share in raw["missing"].items()},
            names=raw["names"],
            given=raw["given"],
            surname=raw["surname"],
            dates=raw["dates"],
            crossing=float(raw["crossing"]),
            collisions=dict(_read_collision(name, count) for name, count in raw["collisions"].items()),
            borne={form: (int(once), int(twice), int(more)) for form, (once, twice, more) in raw["borne"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _refuse_other(list_code) from error


def _read_collision(name: str, count: Any) -> tuple[Cell, int]:
    missing, part, form = name.split("|")
    return Cell(int(missing), part, form), int(count)
