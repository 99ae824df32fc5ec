"""How many records can be named by the shape of a list alone: who resembles whom, and by how much?

The attacker encodes a list of known people with a key of his own and the same hardening, and lays the web of
similarities of his list over that of the encoded one. He starts from the records with the most singular neighbours,
or from pairs that he knows, and lets each round of sure matches decide the next.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link.encoding import Encoding

__all__ = ["Web", "count_shared_tokens", "match_webs"]

_NEIGHBOURS = 60
_ROUNDS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 1.0)
_FEWEST_ANCHORS = 20
_MOST_ANCHORS = 400


@dataclass(frozen=True)
class Web:
    """What a stranger sees of one list: how similar each two records are, and what each record lacks."""

    similarity: NDArray[np.float64]
    kinds: NDArray[np.int64]


def count_shared_tokens(encoding: Encoding) -> Web:
    """The web of an encoded list: tokens that two records share.

    In
        encoding   one list, as the linking unit holds it
    Out
        a web whose kinds tell what a record lacks and whether its person has others
    """
    records = len(encoding.record_ids)
    similarity = np.zeros((records, records))
    order = np.argsort(encoding.tokens.ravel(), kind="stable")
    tokens, rows = encoding.tokens.ravel()[order], order // encoding.tokens.shape[1]
    for offset in range(1, 50):
        same = np.flatnonzero(tokens[offset:] == tokens[:-offset])
        if not same.size:
            break
        np.add.at(similarity, (rows[same], rows[same + offset]), 1.0)
    several = np.bincount(encoding.persons)[encoding.persons] - 1
    return Web(similarity + similarity.T, encoding.missing[encoding.persons] * 100 + np.minimum(several, 99))


def match_webs(known: Web, encoded: Web, *, anchors: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The encoded record that the attacker takes each known person for.

    In
        known      web of the attacker's own list
        encoded    web of the list under attack
        anchors    (pair, 2) pairs that he knows already: known record, encoded record
        rng        breaks ties
    Out
        (known record,) place in the encoded list, -1 where he would not guess
    """
    apart = known.kinds[:, None] != encoded.kinds[None, :]
    distance = _distance_of_shapes(known, encoded)
    for share in _ROUNDS:
        guesses, margins = _take_best(_blur(distance, apart, rng))
        sure = np.flatnonzero((guesses >= 0) & (margins > 0))
        most = min(max(int(share * sure.size), _FEWEST_ANCHORS), _MOST_ANCHORS)
        sure = sure[np.argsort(-margins[sure])[:most]]
        pairs = np.concatenate([np.stack([sure, guesses[sure]], axis=1), anchors]).astype(np.int64)
        distance = _distance_to_anchors(known, encoded, pairs)
    guesses, _ = _take_best(_blur(distance, apart, rng))
    guesses[anchors[:, 0]] = anchors[:, 1]
    return guesses


def _distance_of_shapes(known: Web, encoded: Web) -> NDArray[np.float64]:
    """How differently two records' neighbours lie: their similarities, best first."""
    shapes = [_shape(web) for web in (known, encoded)]
    spread = shapes[0].std(axis=0) + 1e-9
    return _distances(shapes[0] / spread, shapes[1] / spread)


def _shape(web: Web) -> NDArray[np.float64]:
    size = web.similarity.shape[0]
    ordered = -np.sort(-(web.similarity - np.diag(np.full(size, np.inf))), axis=1)
    best = ordered[:, : min(_NEIGHBOURS, size - 1)]
    quantiles = np.quantile(ordered[:, :-1], np.linspace(0.05, 0.95, 19), axis=1).T
    return np.concatenate([best, quantiles], axis=1)


def _distance_to_anchors(known: Web, encoded: Web, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """How differently two records lie towards the anchors."""
    left, right = known.similarity[:, pairs[:, 0]], encoded.similarity[:, pairs[:, 1]]
    middle, spread = left.mean(axis=0), left.std(axis=0) + 1e-9
    return _distances((left - middle) / spread, (right - right.mean(axis=0)) / (right.std(axis=0) + 1e-9))


def _distances(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :] - 2 * left @ right.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0) / max(left.shape[1], 1)))


def _blur(distance: NDArray[np.float64], apart: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    return distance + 1e-9 * rng.random(distance.shape) + np.where(apart, 1e6, 0.0)


def _take_best(distance: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Mutual best partners, and by how much each beats the next."""
    best = distance.argmin(axis=1)
    back = distance.argmin(axis=0)
    rows = np.arange(distance.shape[0])
    second = np.partition(distance, 1, axis=1)[:, 1] if distance.shape[1] > 1 else distance[:, 0]
    margins = second - distance[rows, best]
    return np.where(back[best] == rows, best, -1), margins
