"""What would the capture histories be, had every record of a person been linked and no two persons joined?

A missed link splits a person in two and inflates the estimate; a false link does the reverse. Given the linkage's
precision and recall, this undoes both in expectation, for many draws at once. It reads counts and rates only, so that
it may be applied to counts already noised by the gate. Draws of the links themselves are made by the room `link`.
"""

import math
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST_RATE", "LinkageError", "draw_rates", "lose_links", "round_rates", "undo_linkage_error"]

_Z = 1.959963984540054
LEAST_RATE = 0.3


@dataclass(frozen=True)
class LinkageError:
    """Shares between 0 and 1, each with its 95 % interval: links made that are true, true links that were made."""

    precision: tuple[float, float, float]
    recall: tuple[float, float, float]


def round_rates(error: LinkageError, *, steps: int = 200) -> LinkageError:
    """The rates to half a percent, their intervals outwards: a finer rate would tell of single links.

    In
        error   precision and recall, with their intervals
        steps   of the scale from 0 to 1
    Out
        LinkageError

    >>> round_rates(LinkageError((0.9931, 0.9871, 0.9993), (0.9, 0.9, 0.9))).precision
    (0.995, 0.985, 1.0)
    """

    def rounded(rate: tuple[float, float, float]) -> tuple[float, float, float]:
        value, lower, upper = (share * steps for share in rate)
        # A share that is whole already must not move outwards for the last bit of its product.
        return round(value) / steps, math.floor(lower + 1e-9) / steps, math.ceil(upper - 1e-9) / steps

    return LinkageError(precision=rounded(error.precision), recall=rounded(error.recall))


def draw_rates(error: LinkageError, *, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rates that may well be the true ones, drawn around the estimates with their uncertainty.

    In
        error   precision and recall: value, lower, upper
        draws   how many
        rng     the generator
    Out
        (draw, 2) float   precision and recall, within (0, 1]
    """
    columns = []
    for value, lower, upper in (error.precision, error.recall):
        spread = max(upper - lower, 0.0) / (2 * _Z)
        columns.append(np.clip(value + spread * rng.standard_normal(draws), LEAST_RATE, 1.0))
    return np.column_stack(columns)


def undo_linkage_error(counts: NDArray[np.float64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Capture histories as they would be without linkage error, in expectation.

    Each pair of a person's lists is taken to be linked with the probability `recall`, apart from the others, and her
    records to be joined through any chain of links; each link made is false with the probability 1 - `precision`.

    In
        counts   (draw, history) float   people in each history 1 .. 2^lists - 1; bit i of a history's number is list i
        rates    (draw, 2) float         precision and recall of each draw
    Out
        (draw, history) float   people, none below zero
    Source
        Gilbert 1959 (random graphs), Annals of Mathematical Statistics 30, for the chance that links hold together

    >>> split = np.array([[60.0, 50.0, 40.0]])
    >>> undo_linkage_error(split, np.array([[1.0, 0.8]])).round(6).tolist()
    [[50.0, 40.0, 50.0]]
    """
    lists = int(counts.shape[1] + 1).bit_length() - 1
    undone = np.empty_like(counts, dtype=float)
    for place, (precision, recall) in enumerate(rates):
        split = _parted(lists, float(precision)) @ counts[place]
        undone[place] = np.linalg.solve(_joined(lists, float(recall)), split)
    return np.maximum(undone, 0.0)


def lose_links(counts: NDArray[np.float64], *, recall: float) -> NDArray[np.float64]:
    """Capture histories as they are seen when links are missed, in expectation: what `undo_linkage_error` undoes.

    In
        counts   (history,) float   people in each history 1 .. 2^lists - 1
        recall   share of the true links that are made
    Out
        (history,) float   people as they are counted

    >>> lose_links(np.array([50.0, 40.0, 50.0]), recall=0.8).round(6).tolist()
    [60.0, 50.0, 40.0]
    """
    lists = int(counts.size + 1).bit_length() - 1
    seen: NDArray[np.float64] = _joined(lists, recall) @ counts
    return seen


def _parted(lists: int, precision: float) -> NDArray[np.float64]:
    """(history, history): a linked person of k lists holds k - 1 links; a false one parts a list from the rest."""
    size = 2**lists
    parted = np.eye(size)
    for history in range(1, size):
        held = [place for place in range(lists) if history >> place & 1]
        if len(held) < 2:
            continue
        false = min((1.0 - precision) * (len(held) - 1), 1.0)
        parted[history, history] -= false
        for place in held:
            parted[history & ~(1 << place), history] += false / len(held)
            parted[1 << place, history] += false / len(held)
    return parted[1:, 1:]


def _joined(lists: int, recall: float) -> NDArray[np.float64]:
    """(observed history, true history): persons seen in a history for each person truly in another.

    Records of k lists part into the piece of b lists when its links hold together and all b (k - b) others are missed.
    """
    together = _held_together(lists, recall)
    histories = np.arange(1, 2**lists)
    seen, true = np.meshgrid(histories, histories, indexing="ij")
    held_seen, held_true = np.bitwise_count(seen).astype(int), np.bitwise_count(true).astype(int)
    chance = together[held_seen] * (1.0 - recall) ** (held_seen * np.maximum(held_true - held_seen, 0))
    return np.where((seen & ~true) == 0, chance, 0.0)


def _held_together(lists: int, recall: float) -> NDArray[np.float64]:
    """(lists + 1,) chance that the records of n lists form one chain of links: a random graph that is connected."""
    together = np.ones(lists + 1)
    for size in range(2, lists + 1):
        parts = range(1, size)
        apart = (comb(size - 1, part - 1) * together[part] * (1.0 - recall) ** (part * (size - part)) for part in parts)
        together[size] = 1.0 - sum(apart)
    return together
