"""Where do tests find populations whose links are lost or false, with the truth beside them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa

from cauce.link.clusters import Links, count_shared, join_clusters
from cauce.link.draws import draw_captures, tabulate_captures

__all__ = ["Linkage", "as_captures", "as_found", "draw_tables", "link_imperfectly"]

LIKELY, FALSE_LIKELY = 0.995, 0.5


@dataclass(frozen=True)
class Linkage:
    """Records of several lists, the links that were found, and how many persons are truly in each two lists."""

    lists: np.ndarray
    links: Links
    between: list[tuple[int, int]]
    matches: np.ndarray


def link_imperfectly(members: np.ndarray, *, lost: float, rng: np.random.Generator) -> Linkage:
    """Every person's records linked two by two; a share of those in two lists only is lost."""
    lists, first, second = [], [], []
    for row in members:
        captured = np.flatnonzero(row)
        nodes = range(len(lists), len(lists) + captured.size)
        lists += captured.tolist()
        if captured.size == 2 and rng.random() < lost:
            continue
        for one, other in combinations(nodes, 2):
            first.append(one)
            second.append(other)
    between = list(combinations(range(members.shape[1]), 2))
    matches = np.array([int((members[:, left] & members[:, right]).sum()) for left, right in between])
    links = Links(np.array(first), np.array(second), np.full(len(first), LIKELY))
    return Linkage(np.array(lists), links, between, matches)


def as_found(linkage: Linkage) -> np.ndarray:
    """(person, list) who is where, if the links found are all there are."""
    return count_shared(join_clusters(linkage.links, lists=linkage.lists), lists=linkage.lists)


def draw_tables(
    linkage: Linkage, names: Sequence[str], *, draws: int, spread: float, rng: np.random.Generator
) -> pa.Table:
    """Capture tables of draws of the linkage, the number of matches known up to a relative spread."""
    drawn = []
    for _ in range(draws):
        # What a linkage does not know of its recall, it does not know for all lists alike.
        together, alone = rng.standard_normal(), rng.standard_normal(linkage.matches.size)
        wanted = linkage.matches * (1 + spread * together + spread * alone)
        drawn.append(
            draw_captures(
                linkage.links, lists=linkage.lists, between=linkage.between, matches=np.maximum(wanted, 0), rng=rng
            )
        )
    return as_captures(drawn, names)


def as_captures(drawn: Sequence[np.ndarray], names: Sequence[str]) -> pa.Table:
    """A capture table, with a column `draw` where there are several."""
    tabulated = [tabulate_captures(shared) for shared in drawn]
    histories = np.concatenate([histories for histories, _ in tabulated])
    columns = {name: histories[:, place] for place, name in enumerate(names)}
    if len(drawn) > 1:
        columns["draw"] = np.repeat(np.arange(len(drawn)), [counts.size for _, counts in tabulated])
    return pa.table(columns | {"count": np.concatenate([counts for _, counts in tabulated])})
