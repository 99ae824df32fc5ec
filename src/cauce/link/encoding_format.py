"""How is an encoding laid out in a file, and how does a reader know that it is whole and was not made up?

One row per record: `record_id`, `person`, `missing`, `tokens` (eight bytes for each place, in the order of the
families). The heading carries the parameters, the key's fingerprint, the aggregates and a checksum over all of it.
The page docs/explanation/linking-without-names.md describes every field.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from itertools import product
from typing import Any, cast

import numpy as np
import pyarrow as pa

from cauce.link.encoding import Encoding
from cauce.link.facts import BORNE_FORMS, Facts
from cauce.link.lattice import FAMILIES, WIDTH
from cauce.link.levels import LEVELS, MISSING_DATE, MISSING_GIVEN, MISSING_SURNAME, PARTS, RARE, Cell
from cauce.link.name_forms import NAME_FORMS, Known
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
_LACKS_ALL = MISSING_GIVEN | MISSING_SURNAME | MISSING_DATE
_ROUNDED = 1e-6
_MOST_CHANCE = 3.0
_TWO_LEVELS = tuple(given + surname for given, surname in product(LEVELS, LEVELS))


def _forms_of(part: str) -> set[str]:
    """The forms of a cell of this part, as `levels.decode_cell` writes them."""
    if part == "full":
        return {given + surname for given, surname in product(LEVELS + "_", LEVELS + "_")} | {"crossed", "half"}
    if part == "name":
        return set(NAME_FORMS)
    forms = {family.name.split(".")[1] for family in FAMILIES if family.name.startswith(f"{part}.")}
    return forms | {form + RARE for form in forms}


_FORMS = {part: _forms_of(part) for part in PARTS}


def write_encoding(encoding: Encoding) -> pa.Table:
    """The encoding as a table with its heading, in the order of the tokens: that of the list may be the alphabet's.

    In
        encoding   one list, encoded
    Out
        record_id string, person int64, missing int8, tokens fixed bytes; the heading under the key `cauce.encoding`
    """
    encoding = _order_by_tokens(encoding)
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
        link.not_encoding       columns or heading are not those of an encoding, or tell what no list can be
        link.damaged_encoding   the checksum does not fit: it was cut short or changed
        link.forged_encoding    tokens that an owner would have dropped, or none at all where some must be
        link.forged_persons     persons numbered as no owner numbers them
        link.repeated_record    two rows have one record_id
    """
    heading = _read_heading(table, list_code=list_code)
    persons = table["person"].to_numpy().astype(np.int64)
    lacks = table["missing"].to_numpy().astype(np.int64)
    if lacks.size and not 0 <= lacks.min() <= lacks.max() <= _LACKS_ALL:
        raise _refuse_other(list_code)
    if persons.size and not 0 <= persons.min() <= persons.max() < persons.size:
        raise _refuse_persons(list_code)
    missing = np.zeros(int(persons.max(initial=-1)) + 1, dtype=np.int64)
    missing[persons] = lacks
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


def _order_by_tokens(encoding: Encoding) -> Encoding:
    """Records in the order of their first token, and persons numbered as they come."""
    order = np.argsort(encoding.tokens[:, 0], kind="stable")
    held, first, persons = np.unique(encoding.persons[order], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return replace(
        encoding,
        record_ids=tuple(encoding.record_ids[place] for place in order.tolist()),
        persons=rank[persons].astype(np.int64),
        missing=encoding.missing[held[np.argsort(first)]],
        tokens=encoding.tokens[order],
    )


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
    if not is_whole or not _is_named(heading) or any(column.null_count for column in table.columns):
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
        remedy="Encode the list with this version, again if an earlier one did; "
        "or link files with names with --clear --on given_name,surname,birth_date",
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
        "known": {str(pattern): list(known) for pattern, known in facts.known.items()},
        "names": dict(facts.names),
        "given": dict(facts.given),
        "surname": dict(facts.surname),
        "dates": dict(facts.dates),
        "crossing": facts.crossing,
        "collisions": {f"{cell.missing}|{cell.part}|{cell.form}": count for cell, count in facts.collisions.items()},
        "borne": {form: list(counts) for form, counts in facts.borne.items()},
    }


def _is_named(heading: Mapping[str, Any]) -> bool:
    """Parameters and fingerprint are texts, as those who compare them expect."""
    parameters = heading["parameters"]
    texts = [heading["fingerprint"], *(parameters.values() if isinstance(parameters, dict) else [None])]
    return all(isinstance(text, str) for text in texts)


def _read_facts(raw: Mapping[str, Any], *, list_code: str) -> Facts:
    try:
        facts = Facts(
            persons=int(raw["persons"]),
            missing={int(pattern): float(share) for pattern, share in raw["missing"].items()},
            known={int(pattern): Known(float(place), float(sex)) for pattern, (place, sex) in raw["known"].items()},
            names=_read_chances(raw["names"], _TWO_LEVELS),
            given=_read_chances(raw["given"], LEVELS),
            surname=_read_chances(raw["surname"], LEVELS),
            dates=_read_chances(raw["dates"], PARTS),
            crossing=float(raw["crossing"]),
            collisions=dict(_read_collision(name, count) for name, count in raw["collisions"].items()),
            borne={form: (int(once), int(twice), int(more)) for form, (once, twice, more) in raw["borne"].items()},
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise _refuse_other(list_code) from error
    if not _is_possible(facts):
        raise _refuse_other(list_code)
    return facts


def _is_possible(facts: Facts) -> bool:
    """Some list may have these: shares that make a whole, no negative count, and no form that nobody writes."""
    shares = facts.missing.values()
    is_whole = all(0 <= share <= 1 for share in shares) and abs(sum(shares) - (facts.persons > 0)) < _ROUNDED
    counts = [facts.persons, *facts.collisions.values(), *(count for borne in facts.borne.values() for count in borne)]
    is_known = set(facts.missing) <= set(range(_LACKS_ALL + 1)) and set(facts.borne) == BORNE_FORMS
    is_known &= set(facts.known) == {0, MISSING_DATE}
    is_whole &= all(0 <= share <= 1 for known in facts.known.values() for share in known)
    return is_whole and is_known and min(counts) >= 0 and 0 <= facts.crossing < math.inf


def _read_chances(raw: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, float]:
    """A chance for each level; above one where a short list has one name only, counted for each of its three forms."""
    chances = {level: float(raw[level]) for level in wanted}
    if len(raw) != len(chances) or not all(0 <= chance <= _MOST_CHANCE for chance in chances.values()):
        raise ValueError
    return chances


def _read_collision(name: str, count: Any) -> tuple[Cell, int]:
    missing, part, form = name.split("|")
    if int(missing) not in range(_LACKS_ALL + 1) or form not in _FORMS[part]:
        raise ValueError
    return Cell(int(missing), part, form), int(count)
