"""What does one release hold, what did it spend, and what is left?"""

from collections.abc import Sequence

from cauce.standards import clearance, cleared
from cauce.standards.policy import Policy

__all__ = ["clear_release"]


def clear_release(
    tables: Sequence[cleared.ClearedTable],
    *,
    estimate: cleared.ClearedEstimate | None,
    policy: Policy,
    epsilon_left: float,
    lasts_until: int | None = None,
    records: cleared.ClearedRecords | None = None,
) -> cleared.ClearedRelease:
    """Cleared tables, estimate and records under one seal.

    In
        tables         cleared
        estimate       the hidden total, None where none was asked
        policy         under which they leave
        epsilon_left   of the population's whole budget
        lasts_until    last year that it pays at the pace so far; None where that is not known
        records        synthetic records, None where there are none
    Out
        ClearedRelease   epsilon and delta are 0 under thresholds, which spend nothing
    """
    is_private = policy.kind == "differential-privacy"
    return clearance.clear_release(
        tables=tuple(tables),
        estimate=estimate,
        records=records,
        policy=policy.kind,
        epsilon=policy.epsilon_release if is_private else 0.0,
        delta=policy.delta if is_private else 0.0,
        epsilon_left=epsilon_left,
        lasts_until=lasts_until,
    )
