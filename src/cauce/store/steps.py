"""Was this step done already, of the same inputs? Each step's result in the vault carries the fingerprint of what
it was made of, so that a run resumes where it stopped and does nothing twice."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cauce.store.written import write_whole

__all__ = ["fingerprint_of", "mark_done", "recall"]


def fingerprint_of(**inputs: object) -> str:
    """A SHA-256 over named inputs: texts, numbers, lists, mappings.

    >>> fingerprint_of(a=1) == fingerprint_of(a=1), fingerprint_of(a=1) == fingerprint_of(a=2)
    (True, False)
    """
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def recall(result: Path, fingerprint: str) -> Mapping[str, Any] | None:
    """The facts kept with a step's result when it was made of the same inputs and is still there; else None."""
    mark = _mark_of(result)
    if not result.exists() or not mark.is_file():
        return None
    kept: dict[str, Any] = json.loads(mark.read_text(encoding="utf-8"))
    facts: Mapping[str, Any] = kept["facts"]
    return facts if kept["fingerprint"] == fingerprint else None


def mark_done(result: Path, fingerprint: str, facts: Mapping[str, Any]) -> None:
    """Keeps beside a step's result what it was made of, and its facts.

    In
        result        file of the result
        fingerprint   of all that it was made of
        facts         what the step told
    """
    kept = {"fingerprint": fingerprint, "facts": dict(facts)}
    write_whole(_mark_of(result), json.dumps(kept, ensure_ascii=False, default=str).encode("utf-8"))


def _mark_of(result: Path) -> Path:
    return result.with_name(result.name + ".done.json")
