"""What did hub.toml promise when a population was last charged, does it promise less now, and what was changed since?

The terms stand in the ledger as entries of their own, in its chain, each with its day: those of the first charge, and
those of each later one where hub.toml says something else. What may not be weakened is refused; what may be changed
is so kept and can be told.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from cauce.standards.policy import Policy
from cauce.store import ledger_refusals
from cauce.store.ledger_balance import MICRO

__all__ = ["PURPOSE", "describe", "history_of", "require_no_weaker", "unpack"]

PURPOSE = "terms"
_SPENDING = ("epsilon_total", "epsilon_year", "epsilon_release", "delta", "purposes")
_RULE = ("threshold", "dominance", "rounding")

Terms = Mapping[str, Any]


def describe(policy: Policy) -> bytes:
    """The terms of a policy, as the ledger keeps them.

    >>> describe(Policy(kind="threshold"))
    b'{"dominance": 0.85, "rounding": 1, "threshold": 10}'
    """
    names = _SPENDING if policy.kind == "differential-privacy" else _RULE
    told = {name: getattr(policy, name) for name in names}
    return json.dumps(told, sort_keys=True, default=dict).encode()


def unpack(content: bytes) -> Terms:
    """The terms that `describe` wrote."""
    told: Terms = json.loads(content)
    return told


def history_of(connection: sqlite3.Connection, population: str) -> list[tuple[str, bytes]]:
    """The day and the terms of each change, the first charge's first; none in a ledger begun before they were kept."""
    rows = connection.execute(
        "SELECT day, content FROM entries JOIN contents USING (entry_id) WHERE kind = 'commit' AND purpose = ? "
        "AND population = ? ORDER BY entry_id",
        (PURPOSE, population),
    )
    return [(str(day), bytes(content)) for day, content in rows]


def require_no_weaker(history: Sequence[tuple[str, bytes]], policy: Policy, *, population: str) -> None:
    """Nothing where the whole budget is not raised and the rule of thresholds is as strict as before.

    In
        history      from `history_of`
        policy       of hub.toml
        population   whose people
    Refuses
        store.raised_budget   the whole budget is above that of the first charge
        store.weakened_rule   the threshold is lower, the share of dominance higher or the rounding finer
    """
    if not history:
        return
    if policy.kind == "differential-privacy":
        kept = unpack(history[0][1])
        if policy.epsilon_total > kept["epsilon_total"] + 0.5 / MICRO:
            raise ledger_refusals.raised_budget(population, kept=kept["epsilon_total"], asked=policy.epsilon_total)
        return
    kept = unpack(history[-1][1])
    weaker = {
        "threshold": policy.threshold < kept["threshold"],
        "dominance": policy.dominance > kept["dominance"],
        "rounding": policy.rounding < kept["rounding"],
    }
    for name in (name for name, is_weaker in weaker.items() if is_weaker):
        asked = str(getattr(policy, name))
        raise ledger_refusals.weakened_rule(population, name=name, kept=str(kept[name]), asked=asked)
