"""Which persons of two to eight encoded lists are the same, and how sure is it?

Joins the tokens of each two lists on the engine, scores and assigns, and clusters over all lists. The records behind
the persons, and what is made of them, are the affair of `link_people` and `link_files`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import assignment, clusters, matching, meetings, pairing, quality
from cauce.link.clusters import Links
from cauce.link.encoding import Encoding
from cauce.link.meetings import Meetings
from cauce.link.pairing import ListPair
from cauce.link.quality import Share
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store import steps
from cauce.store.parts import Parts, open_parts

__all__ = ["JoinedLists", "join_lists"]

PRECISION = 0.995
_ROUNDS = 20


@dataclass(frozen=True)
class JoinedLists:
    """Lists linked two by two, their persons numbered through all lists.

    codes       what each list is called
    starts      (list,) number of the first person of each list, and one more for the end
    lists       (person,) number of the list of each
    links       each person with her likeliest partner in each other list, accepted or not
    accepted    those accepted
    cluster     (person,) the cluster of each, with at most one of each list
    between     pairs of lists
    matches     (draw, pair of lists) persons in both, drawn
    precision, recall   of the persons put together, as estimated
    """

    codes: tuple[str, ...]
    starts: NDArray[np.int64]
    lists: NDArray[np.int64]
    links: Links
    accepted: Links
    cluster: NDArray[np.int64]
    between: tuple[tuple[int, int], ...]
    matches: NDArray[np.float64]
    precision: Share
    recall: Share

    def chances_together(self) -> dict[tuple[int, int], float]:
        """Two persons put together, of different lists -> probability, direct or through others."""
        weakest = _weakest_links(self.accepted, cluster=self.cluster)
        order = np.argsort(self.cluster, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(self.cluster[order]) > 0])
        groups = [group.tolist() for group in np.split(order, starts[1:]) if group.size > 1]
        chances = {
            pair: float(weakest[self.cluster[pair[0]]]) if len(group) > 2 else 0.0
            for group in groups
            for pair in combinations(group, 2)
        }
        links = zip(self.links.first.tolist(), self.links.second.tolist(), self.links.probability.tolist(), strict=True)
        for first, second, chance in links:
            if (first, second) in chances:
                chances[first, second] = max(chance, chances[first, second])
        return chances


def join_lists(
    lists: Sequence[Encoding],
    *,
    draws: int = 0,
    rng: np.random.Generator,
    engine: ibis.BaseBackend | None = None,
    parts_dir: Path | None = None,
    progress: Progress = silent,
) -> JoinedLists:
    """Link encoded lists.

    In
        lists      two to eight, encoded with one key and the same parameters
        draws      draws of the number of matches wanted, at least twenty are made
        rng        redraws the counts behind the intervals
        engine     joins the tokens; DuckDB in memory where none is given
        parts_dir  keeps the joins that are done, so that a run that was killed goes on; without it nothing is kept
        progress   hears of each join
    Out
        persons linked, clustered and rated
    """
    between = tuple(combinations(range(len(lists)), 2))
    starts = np.cumsum([0, *(one.missing.size for one in lists)])
    met = _join_all(lists, between, engine=engine, parts_dir=parts_dir, progress=progress)
    found, matches = _pair_all(lists, between, met=met, draws=max(draws, _ROUNDS), rng=rng)
    links = _number_through(found, between, starts=starts)
    number_of_list = np.repeat(np.arange(len(lists)), [one.missing.size for one in lists])
    threshold = assignment.choose_threshold(links.probability, precision=PRECISION)
    accepted = links.take(links.probability >= threshold)
    cluster = clusters.join_clusters(accepted, lists=number_of_list)
    together = _rate_together(links, accepted, cluster=cluster)
    expected = sum(pair.model.matches for pair in found)
    precision, recall = quality.rate_linkage(together, matches=matches.sum(axis=1), total=expected)
    codes = tuple(one.list_code for one in lists)
    return JoinedLists(codes, starts, number_of_list, links, accepted, cluster, between, matches, precision, recall)


def _join_all(
    lists: Sequence[Encoding],
    between: Sequence[tuple[int, int]],
    *,
    engine: ibis.BaseBackend | None,
    parts_dir: Path | None,
    progress: Progress,
) -> Iterator[Meetings]:
    """The meetings of each two lists, a part of the families at a time."""
    joining = engine or ibis.duckdb.from_connection(duckdb.connect(config={"temp_directory": ""}))
    kept = open_parts(parts_dir, made_of=_fingerprint(lists)) if parts_dir else Parts()
    plan = matching.plan_parts(max(len(one.tokens) for one in lists))
    total = len(between) * len(plan)
    for number, (left, right) in enumerate(between):
        met = []
        for place, families in enumerate(plan):
            name = f"{left}-{right}-{place}"
            part = kept.recall(name)
            if part is None:
                progress(Message("Linking the lists two by two"), number * len(plan) + place, total)
                part = _join_part(joining, lists[left], lists[right], families=families)
                kept.keep(name, part)
            met.append(part)
        yield meetings.read_meetings(met)
    progress(Message("Linking the lists two by two"), total, total)


def _join_part(engine: ibis.BaseBackend, left: Encoding, right: Encoding, *, families: range) -> pa.Table:
    tables = [ibis.memtable(matching.lay_out_tokens(one.tokens, families)) for one in (left, right)]
    return engine.to_pyarrow(matching.join_tokens(*tables))


def _fingerprint(lists: Sequence[Encoding]) -> str:
    return steps.fingerprint_of(lists=[blake2b(np.ascontiguousarray(one.tokens).data).hexdigest() for one in lists])


def _pair_all(
    lists: Sequence[Encoding],
    between: Sequence[tuple[int, int]],
    *,
    met: Iterable[Meetings],
    draws: int,
    rng: np.random.Generator,
) -> tuple[list[ListPair], NDArray[np.float64]]:
    found = []
    matches = np.zeros((draws, len(between)))
    stretches = quality.draw_stretches(draws, rng=rng)
    for number, ((left, right), meeting) in enumerate(zip(between, met, strict=True)):
        pair = pairing.pair_lists(lists[left], lists[right], meeting)
        facts = (lists[left].facts, lists[right].facts)
        matches[:, number] = quality.draw_matches(pair.counts, facts, stretches=stretches, rng=rng)
        found.append(pair)
    return found, matches


def _number_through(
    found: Sequence[ListPair], between: Sequence[tuple[int, int]], *, starts: NDArray[np.int64]
) -> Links:
    nothing = np.zeros(0, dtype=np.int64)
    return Links(
        np.concatenate(
            [nothing, *(pair.pairs.left + starts[left] for pair, (left, _) in zip(found, between, strict=True))]
        ),
        np.concatenate(
            [nothing, *(pair.pairs.right + starts[right] for pair, (_, right) in zip(found, between, strict=True))]
        ),
        np.concatenate([np.zeros(0), *(pair.pairs.probability for pair in found)]),
    )


def _rate_together(links: Links, accepted: Links, *, cluster: NDArray[np.int64]) -> NDArray[np.float64]:
    """The probability of each two persons put together; those that meet only through others too."""
    same = cluster[links.first] == cluster[links.second]
    weakest = _weakest_links(accepted, cluster=cluster)
    sizes = np.bincount(cluster, minlength=cluster.size)
    direct = np.bincount(cluster[links.first[same]], minlength=cluster.size)
    through_others = np.repeat(weakest, np.maximum(sizes * (sizes - 1) // 2 - direct, 0))
    # A direct pair that others confirm is at least as sure as the weakest link that holds them together.
    confirmed = np.maximum(links.probability[same], np.where(sizes > 2, weakest, 0.0)[cluster[links.first[same]]])
    return np.concatenate([confirmed, through_others])


def _weakest_links(accepted: Links, *, cluster: NDArray[np.int64]) -> NDArray[np.float64]:
    weakest = np.ones(cluster.size)
    kept = cluster[accepted.first] == cluster[accepted.second]
    np.minimum.at(weakest, cluster[accepted.first[kept]], accepted.probability[kept])
    return weakest
