"""What may somebody who reads no statistics take away from estimated moves, and what must she not?

One paragraph: how many, how sure, which corridors, who gained and lost, and the limit of the method in plain words.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cauce.estimate.flow_draws import FlowIntervals
from cauce.estimate.flows import FlowEstimate
from cauce.standards.messages import Message

__all__ = ["round_for_reading", "summarise"]

Array = NDArray[np.float64]

_FEWEST = Message(
    "This is the smallest number of moves that explains both counts: whoever left and came back between them, "
    "or moved twice, is not seen. The true number is as a rule larger."
)
_INDEPENDENT = Message(
    "This assumes that nobody is attached to the place where she lives, so it is as a rule far above the true "
    "number: use it as an outer bound."
)
_MIXED = Message(
    "This mixes the smallest number of moves with a far larger one, in shares that were fitted to flows between "
    "European countries: elsewhere the shares, and with them the number, are uncertain."
)
_DIFFERENCES = Message(
    "This only compares two counts of foreign-born: births, deaths and moves between third areas are not seen."
)
_RATES = Message(
    "This spreads net migration as the foreign-born lived at the start: it shows a pattern, not measured moves."
)
_TRANSITIONS = Message("This can give fewer moves than none: negative figures have no meaning of their own.")
_LIMITS: Mapping[str, Message] = MappingProxyType(
    {
        "sd_drop_neg": _DIFFERENCES,
        "sd_rev_neg": _DIFFERENCES,
        "mig_rate": _RATES,
        "rogers_von_rabenau": _TRANSITIONS,
        "da_min_closed": _FEWEST,
        "da_min_open": _FEWEST,
        "da_min_open_dr": _FEWEST,
        "da_ind_closed": _INDEPENDENT,
        "da_pb_closed": _MIXED,
    }
)


def summarise(
    table: Array, estimate: FlowEstimate, *, intervals: FlowIntervals | None, names: Mapping[str, str]
) -> tuple[Message, ...]:
    """The sentences of one paragraph, in order.

    In
        table       (origin, destination) float   moves, after reconciliation where there was any
        estimate    FlowEstimate                  where they come from
        intervals   FlowIntervals or None
        names       area code -> name, in the reader's language
    Out
        Message, ...

    >>> from cauce.estimate.flows import StockPair, estimate_flows
    >>> pair = StockPair(("A", "B"), np.diag([900.0, 900.0]), np.array([[800.0, 100.0], [0.0, 900.0]]))
    >>> found = estimate_flows(pair, method="da_min_closed")
    >>> said = summarise(found.between_areas, found, intervals=None, names={"A": "Andorra", "B": "Brazil"})
    >>> str(said[1])
    'The largest corridor is from Andorra to Brazil, with about 100 moves, 100 % of all.'
    """
    said = [_how_many(table, estimate, intervals), _LIMITS[estimate.method]]
    if float(table.max()) > 0:
        said[1:1] = [_largest(table, estimate, names), _gains_and_losses(table, estimate, names)]
    return tuple(said)


def round_for_reading(value: float, *, digits: int = 3) -> int:
    """A figure to a few significant digits, so that it does not look surer than it is.

    In
        value    any number
        digits   how many digits to keep
    Out
        int

    >>> round_for_reading(13_567_919.9)
    13600000
    """
    if value == 0 or not math.isfinite(value):
        return 0
    return int(round(value, min(0, digits - 1 - math.floor(math.log10(abs(value))))))


def _how_many(table: Array, estimate: FlowEstimate, intervals: FlowIntervals | None) -> Message:
    total, areas = round_for_reading(float(table.sum())), len(estimate.areas)
    if intervals is None:
        return Message(
            "About {total} moves between {areas} areas explain how the two counts differ.", total=total, areas=areas
        )
    return Message(
        "About {total} moves between {areas} areas explain how the two counts differ; if the counts err as assumed, "
        "between {lower} and {upper}.",
        total=total,
        areas=areas,
        lower=round_for_reading(intervals.total[0]),
        upper=round_for_reading(intervals.total[1]),
    )


def _largest(table: Array, estimate: FlowEstimate, names: Mapping[str, str]) -> Message:
    origin, destination = divmod(int(table.argmax()), len(table))
    return Message(
        "The largest corridor is from {origin} to {destination}, with about {moves} moves, {share} % of all.",
        origin=_name(estimate, origin, names),
        destination=_name(estimate, destination, names),
        moves=round_for_reading(float(table.max())),
        share=round(100 * float(table.max() / table.sum())) if table.sum() > 0 else 0,
    )


def _gains_and_losses(table: Array, estimate: FlowEstimate, names: Mapping[str, str]) -> Message:
    net = table.sum(axis=0) - table.sum(axis=1)
    gained, lost = int(net.argmax()), int(net.argmin())
    return Message(
        "{gained} gained most, about {gain} people more than it lost; {lost} lost most, about {loss} more than it "
        "gained.",
        gained=_name(estimate, gained, names),
        gain=round_for_reading(float(net[gained])),
        lost=_name(estimate, lost, names),
        loss=round_for_reading(-float(net[lost])),
    )


def _name(estimate: FlowEstimate, place: int, names: Mapping[str, str]) -> str:
    code = estimate.areas[place]
    return names.get(code, code)
