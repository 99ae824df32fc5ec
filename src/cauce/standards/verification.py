"""Which published numbers does Cauce recompute, from which inputs, and how near must it come?

Reads the groups of checks packaged in `standards/verification/` (their format is in its README). What our own value
is, `recipes/verify.py` asks the estimators.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cauce.standards.errors import Refusal

__all__ = ["Check", "Group", "groups", "read_companion"]

_OWN_KEYS = frozenset({"id", "quantity", "published", "tolerance", "source", "why"})


@dataclass(frozen=True)
class Check:
    """One published number: where it stands in the result (`quantity`), how near ours must be, who printed it."""

    id: str
    quantity: str
    published: float
    tolerance: float
    source: str
    why: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """Checks that share their inputs and their estimator."""

    name: str
    kind: str
    title: str
    source: str
    inputs: Mapping[str, Any]
    checks: tuple[Check, ...]


@cache
def groups() -> tuple[Group, ...]:
    """All groups of checks, by name.

    Out
        Group, ...
    Refuses
        standards.repeated_check   two checks have the same id

    >>> [group.kind for group in groups() if group.name == "flows_abel_cohen_2019"]
    ['flows']
    """
    folder = files("cauce.standards") / "verification"
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda one: one.name)
    found = tuple(
        _group(entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text("utf-8"))) for entry in entries
    )
    ids = [check.id for group in found for check in group.checks]
    repeated = sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
    if repeated:
        raise Refusal(
            "standards.repeated_check",
            found="Two checks of `cauce verify` have the id {id}",
            wanted="one id for each check",
            remedy="Rename one of them in standards/verification",
            id=repeated[0],
        )
    return found


def read_companion(name: str) -> bytes:
    """The bytes of an input too large for TOML, kept beside the groups.

    In
        name   file name
    Out
        bytes

    >>> read_companion("README.md")[:1]
    b'#'
    """
    return (files("cauce.standards") / "verification" / name).read_bytes()


def _group(name: str, text: Mapping[str, Any]) -> Group:
    inputs = text.get("inputs", {})
    checks = [_check(entry, text["source"]) for entry in text.get("checks", ())]
    for table in text.get("tables", ()):
        checks += _checks_of_table(table, areas=inputs["areas"], source=text["source"])
    return Group(name, text["kind"], text["title"], text["source"], inputs, tuple(checks))


def _check(entry: Mapping[str, Any], source: str) -> Check:
    return Check(
        id=entry["id"],
        quantity=str(entry.get("quantity", "")),
        published=float(entry["published"]),
        tolerance=float(entry["tolerance"]),
        source=entry.get("source", source),
        why=entry.get("why", ""),
        options={key: value for key, value in entry.items() if key not in _OWN_KEYS},
    )


def _checks_of_table(table: Mapping[str, Any], *, areas: Sequence[str], source: str) -> list[Check]:
    rows: list[list[float]] = table["published"]
    numbers = {"total": sum(map(sum, rows))}
    for row, origin in zip(rows, areas, strict=True):
        numbers |= {f"{origin}-{area}": number for area, number in zip(areas, row, strict=True) if area != origin}
    return [
        _check({**table, "id": f"{table['id']}.{quantity}", "quantity": quantity, "published": number}, source)
        for quantity, number in numbers.items()
    ]
