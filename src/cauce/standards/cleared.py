"""What may be published?

Only values of these types, and only `protect` can make them (through `clearance`): a room that publishes refuses
anything else, so a table that skipped the gate cannot leave by mistake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from cauce.standards.invariants import KnownFigure
from cauce.standards.messages import Message

__all__ = ["SEAL", "ClearedEstimate", "ClearedRecords", "ClearedRelease", "ClearedTable"]

SEAL = object()


@dataclass(frozen=True, kw_only=True)
class _Sealed:
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not SEAL:
            raise TypeError("Only cauce.protect clears a table for release, through cauce.standards.clearance")


@dataclass(frozen=True, kw_only=True)
class ClearedTable(_Sealed):
    """One table that passed the gate.

    observations, one row per cell of the public domain:
        F ...              string          one column per name in `by`: a code, "_U" where the value is missing
        obs_value          int64 or null   the figure as released
        lower, upper       int64 or null   its interval
        confidence_level   float64         0.95
        obs_status         string          SDMX CL_OBS_STATUS: A normal, E estimated, Q withheld, M missing
    unbiased, for analysts, with the same codes in the same order; None under thresholds:
        unbiased, sigma       float64   the figure before rounding, withholding and cutting at zero; its noise
        drawn, drawn_sigma    int64, float64   the figure as drawn, with noise independent of that of all others
    known, figures published by others that the table holds or adds up to
    rounding, of which every figure is a multiple
    """

    by: tuple[str, ...]
    observations: pa.Table
    epsilon: float
    sigma: float
    notes: tuple[Message, ...] = ()
    unbiased: pa.Table | None = None
    known: tuple[KnownFigure, ...] = ()
    rounding: int = 1

    @property
    def table_id(self) -> str:
        return "+".join(self.by) or "total"


@dataclass(frozen=True, kw_only=True)
class ClearedEstimate(_Sealed):
    """The hidden total as it may be published, or the reason why there is none.

    `manner` is "noised" (from captures noised under the ledger) or "declared" (outside epsilon, rounded to the width
    of its interval, by the steward's decision). `methods` holds one mapping per method: method, total, lower, upper.
    `linkage_share` is the share of the interval's variance that comes from not knowing who is the same person.
    """

    status: str
    reason: Message | None
    manner: str
    observed: int | None
    total: int | None
    lower: int | None
    upper: int | None
    epsilon: float
    methods: tuple[Mapping[str, object], ...] = ()
    linkage_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClearedRecords(_Sealed):
    """Synthetic records, one invented row a person, drawn from released tables only.

    `expected_error` is foretold from the noise; `distances` holds for each table by how many persons a figure counted
    from the records is off it, mean over the figures shown.
    """

    columns: tuple[str, ...]
    rows: pa.Table
    expected_error: Mapping[str, float]
    distances: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ClearedRelease(_Sealed):
    """All that one release lets out, what it spent, what is left, and until which year it lasts at the pace so far.

    `release_id` is the name under which the ledger was charged for it, and `is_new` whether it was charged just now.
    """

    tables: Sequence[ClearedTable]
    estimate: ClearedEstimate | None
    records: ClearedRecords | None
    policy: str
    epsilon: float
    delta: float
    epsilon_left: float
    lasts_until: int | None = None
    release_id: str = ""
    is_new: bool = True
