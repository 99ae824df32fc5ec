"""Where does a published number come from? `cauce explain`, from the release's own provenance.json.

With the vault open it also tells the exact count, which must not leave; of the hidden total nobody knows one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from cauce.publish import derivations, subjects
from cauce.standards import packs, wider_codes
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message
from cauce.store import hub_levels, releases, vault, workspace
from cauce.store.workspace import Hub

__all__ = ["Explained", "explain_number"]

_MISSING = "_U"
_TOTAL = "total"
_WITHHELD = "Q"
_SHOWN = 8


@dataclass(frozen=True)
class Explained:
    """A number as released, its chain, and the exact count where the vault was opened.

    `rule` says why the number was withheld, where it was.
    """

    address: str
    value: Mapping[str, Any]
    chain: tuple[Mapping[str, Any], ...]
    exact: int | None
    rule: Message | None


def explain_number(root: Path, address: str, *, with_vault: bool) -> Explained:
    """The derivation of one number, by its address RELEASE/TABLE/CODE+CODE.

    In
        root         folder of the hub
        address      "2026-11-22.1/prs_Gender+age_code/Feminine+Y0T8"; "2026-11-22.1/total/total" is the number of
                     people, "2026-11-22.1/hidden_total/total" the hidden total, and with a method's code in place of
                     the last word the figure of that method
        with_vault   True adds the exact count of the vault that the release was made of
    Out
        Explained
    Refuses
        explain.bad_address   it has not two or three parts; of two, the last is the table and its number is "total"
        store.no_release      no such release
        explain.no_table      the release holds no such table
        explain.no_code       a table is named and none of its numbers
        explain.no_number     the table holds no such number
        explain.hidden_unknown   the exact figure of the hidden total is asked, which nobody knows
        explain.no_vault      the vault holds no people: nothing was run, or a partner withdrew since
        explain.vault_moved_on   the people of the vault were made anew after this release
    """
    hub = workspace.open_hub(root)
    parts = address.split("/")
    if len(parts) not in (2, 3):
        raise Refusal(
            "explain.bad_address",
            found="{address} is not the address of a number",
            wanted="RELEASE/TABLE/CODE+CODE, as the pages show it",
            remedy="Copy the address from the page of the table",
            address=address,
        )
    release_id, table, number = (*parts, _TOTAL)[:3]
    kept = releases.open_release(hub, release_id)
    provenance = json.loads((kept.folder / "provenance.json").read_text(encoding="utf-8"))
    told = _table_told(provenance, release_id=release_id, table=table)
    value = told["numbers"].get(number)
    if value is None:
        raise _no_number(parts, list(told["numbers"]))
    exact = _exact(hub, release_id, table=table, number=number) if with_vault else None
    rule = subjects.rule_of(kept.facts["policy"]) if value.get("obs_status") == _WITHHELD else None
    return Explained(address, value, tuple(told["chain"]), exact, rule)


def _table_told(provenance: Mapping[str, Any], *, release_id: str, table: str) -> Mapping[str, Any]:
    hidden = provenance.get(derivations.HIDDEN_TOTAL)
    tables = {told["table"]: told for told in [*provenance["tables"], *([hidden] if hidden else [])]}
    if table not in tables:
        raise Refusal(
            "explain.no_table",
            found="Release {release} holds no table {table}",
            wanted="one of {tables}",
            remedy="Correct the table, or copy the address of the number from its page",
            release=release_id,
            table=table,
            tables=", ".join(tables),
        )
    found: Mapping[str, Any] = tables[table]
    return found


def _no_number(parts: Sequence[str], numbers: Sequence[str]) -> Refusal:
    release_id, table, *asked = parts
    told = {"release": release_id, "table": table, "example": numbers[0], "numbers": ", ".join(numbers[:_SHOWN])}
    if not asked:
        return Refusal(
            "explain.no_code",
            found="{release}/{table} names a table and none of its numbers",
            wanted="a code of each of its fields, joined by +, as in {release}/{table}/{example}",
            remedy="Add one of these, or another of its page: {numbers}",
            **told,
        )
    return Refusal(
        "explain.no_number",
        found="Release {release} holds no number {number} in table {table}",
        wanted="a code of each of its fields, joined by +, as in {release}/{table}/{example}",
        remedy="Give one of these, or another of its page: {numbers}",
        number=asked[0],
        **told,
    )


def _exact(hub: Hub, release_id: str, *, table: str, number: str) -> int:
    if table == derivations.HIDDEN_TOTAL:
        raise _unknown(release_id)
    _check_vault(hub, release_id)
    people = vault.connect(hub, may_spill=True).read_parquet(str(_people_path(hub)))
    fields = [] if table == _TOTAL else table.split("+")
    codes = number.split("+") if fields else []
    year = int(release_id[:4])
    for field, code in zip(fields, codes, strict=True):
        base, members = _members(hub, field, code, year=year)
        people = people.filter(reduce(or_, (_holds(people, base, member) for member in members)))
    return int(people.count().execute())


def _unknown(release_id: str) -> Refusal:
    return Refusal(
        "explain.hidden_unknown",
        found="Nobody knows the true hidden total: it counts people whom no partner saw",
        wanted="a number that counts people of the vault",
        remedy="Explain it without --vault, or {release}/total/total with it: the people whom the partners saw",
        release=release_id,
    )


def _people_path(hub: Hub) -> Path:
    return hub.vault_dir / "people.parquet"


def _check_vault(hub: Hub, release_id: str) -> None:
    """The people must be those whom the release counts: none made or removed since its fingerprint was kept."""
    if not _people_path(hub).is_file():
        raise Refusal(
            "explain.no_vault",
            found="The vault holds no linked people, so there is no exact count",
            wanted="the vault as the run of this release left it",
            remedy="Run `cauce run`, or explain the number without --vault",
        )
    kept = hub.vault_dir / "fingerprints" / release_id
    if not kept.is_file() or _people_path(hub).stat().st_mtime_ns > kept.stat().st_mtime_ns:
        raise Refusal(
            "explain.vault_moved_on",
            found="The people in the vault are not those of release {release}: they were made again after it",
            wanted="a release made of the people that the vault holds now",
            remedy="Explain a number of the newest release, or this one without --vault",
            release=release_id,
        )


def _members(hub: Hub, field: str, code: str, *, year: int) -> tuple[str, list[str]]:
    """The field itself and its codes that a code stands for: of a wider category, all that lie in it."""
    base = wider_codes.base_of(field)
    if base == field:
        return base, [code]
    pack = packs.load(hub.settings.pack)
    own = hub_levels.wider_of(hub.settings.levels, pack, year=year)
    wider = own[field][1] if field in own else pack.wider_codes(field, year=year)
    return base, [narrow for narrow, above in wider.items() if above == code] or [code]


def _holds(people: ibis.Table, field: str, code: str) -> ir.BooleanValue:
    column = people[field]
    if code == _MISSING:
        return column.isnull()
    return column.contains(code) if column.type().is_array() else column == code
