"""Which persons of two to eight lists are the same, and how sure is it?

Joins each two lists, by their tokens on the engine or, where both may show their names, by Splink; clusters over all
lists. The records behind the persons, and what is made of them, are the affair of `link_people` and `link_files`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from typing import Literal

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import assignment, clear_text, clusters, decisions, joint_fit, matching, meetings, pairing, quality
from cauce.link.assignment import Pairs
from cauce.link.clear_text import NamedList
from cauce.link.clusters import Links
from cauce.link.decisions import Decided
from cauce.link.encoding import Encoding
from cauce.link.meetings import Meetings
from cauce.link.pairing import ListPair
from cauce.link.people import People
from cauce.link.quality import Share
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store import parts, steps
from cauce.store.parts import Parts

__all__ = ["DOUBTFUL", "JoinedLists", "Method", "join_lists"]

Method = Literal["splink-clear-text", "encoded", "splink-clear-text-and-encoded"]

PRECISION, _LEAST_PRECISION = 0.995, 0.95
_ROUNDS = 20
DOUBTFUL = (0.05, 0.95)


@dataclass(frozen=True)
class JoinedLists:
    """Lists linked two by two, their persons numbered through all lists.

    codes       what each list is called
    starts      (list,) number of the first person of each list, and one more for the end
    lists       (person,) number of the list of each
    links       each person with her likeliest partner in each other list, accepted or not
    accepted    those accepted
    doubts      pairs that are neither clearly one person nor clearly two, rivals included
    decided     what persons decided of the persons
    cluster     (person,) the cluster of each, with at most one of each list
    between     pairs of lists
    matches     (draw, pair of lists) persons in both, drawn
    precision, recall   of the persons put together, as estimated
    method      how the lists were compared
    """

    codes: tuple[str, ...]
    starts: NDArray[np.int64]
    lists: NDArray[np.int64]
    links: Links
    accepted: Links
    doubts: Links
    decided: Decided | None
    cluster: NDArray[np.int64]
    between: tuple[tuple[int, int], ...]
    matches: NDArray[np.float64]
    precision: Share
    recall: Share
    method: Method

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
    shown: Mapping[str, People] | None = None,
    draws: int = 0,
    rng: np.random.Generator,
    decided: Sequence[Decided] | None = None,
    engine: ibis.BaseBackend | None = None,
    parts_dir: Path | None = None,
    progress: Progress = silent,
) -> JoinedLists:
    """Link lists, two by two and then all.

    In
        lists      two to eight, encoded with one key and the same parameters
        shown      list -> its people, of lists that may show their names to one another
        draws      draws of the number of matches wanted, at least twenty are made
        rng        redraws the counts behind the intervals
        decided    (list,) what persons decided of the persons of each
        engine     joins the tokens; DuckDB in memory where none is given
        parts_dir  keeps the joins that are done, so that a run that was killed goes on; without it nothing is kept
        progress   hears of each join
    Out
        persons linked, clustered and rated
    """
    between = tuple(combinations(range(len(lists)), 2))
    starts = np.cumsum([0, *(one.missing.size for one in lists)])
    named = _name_lists(lists, shown or {})
    encoded = [(left, right) for left, right in between if not {left, right} <= set(named)]
    met = _join_all(lists, encoded, engine=engine, parts_dir=parts_dir, progress=progress)
    rounds = max(draws, _ROUNDS)
    found = _pair_all(lists, between, named=named, met=met, decided=decided, draws=rounds, rng=rng, progress=progress)
    matches = np.stack([pair.drawn for pair in found], axis=1) if found else np.zeros((rounds, 0))
    links = _number_through([pair.pairs for pair in found], between, starts=starts)
    doubts = _number_through([_take_doubtful(pair.doubts) for pair in found], between, starts=starts)
    settled = decisions.join_lists_decided(decided) if decided else None
    number_of_list = np.repeat(np.arange(len(lists)), [one.missing.size for one in lists])
    threshold = assignment.choose_threshold(links.probability, precision=PRECISION, least_precision=_LEAST_PRECISION)
    accepted = links.take(links.probability >= threshold)
    cluster = clusters.join_clusters(accepted, lists=number_of_list, decided=settled)
    together = _rate_together(links, accepted, cluster=cluster)
    expected = sum(pair.matches for pair in found)
    precision, recall = quality.rate_linkage(together, matches=matches.sum(axis=1), total=expected)
    codes = tuple(one.list_code for one in lists)
    method = _name_method(compared=len(between), encoded=len(encoded))
    return JoinedLists(
        codes=codes,
        starts=starts,
        lists=number_of_list,
        links=links,
        accepted=accepted,
        doubts=doubts,
        decided=settled,
        cluster=cluster,
        between=between,
        matches=matches,
        precision=precision,
        recall=recall,
        method=method,
    )


def _join_all(
    lists: Sequence[Encoding],
    between: Sequence[tuple[int, int]],
    *,
    engine: ibis.BaseBackend | None,
    parts_dir: Path | None,
    progress: Progress,
) -> Iterator[Meetings]:
    """The meetings of each two lists, a part of the families at a time."""
    plan = matching.plan_parts(max(len(one.tokens) for one in lists))
    kept = parts.open_parts(parts_dir, made_of=_fingerprint(lists, plan)) if parts_dir else Parts()
    total = len(between) * len(plan)
    for number, (left, right) in enumerate(between):
        met = []
        for place, families in enumerate(plan):
            name = f"{left}-{right}-{place}"
            part = kept.recall(name)
            if part is None:
                progress(Message("Linking the lists two by two"), number * len(plan) + place, total)
                part = _join_part(engine, lists[left], lists[right], families=families)
                kept.keep(name, part)
            met.append(part)
        yield meetings.read_meetings(met)


def _join_part(engine: ibis.BaseBackend | None, left: Encoding, right: Encoding, *, families: range) -> pa.Table:
    joined = matching.join_tokens(
        *(ibis.memtable(matching.lay_out_tokens(one.tokens, families)) for one in (left, right))
    )
    if engine is not None:
        return engine.to_pyarrow(joined)
    # DuckDB keeps every table that it was shown until it is closed: a connection for each part.
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        return ibis.duckdb.from_connection(connection).to_pyarrow(joined)


def _fingerprint(lists: Sequence[Encoding], plan: Sequence[range]) -> str:
    """Of all that a part is made of: another Cauce may cut the families, or encode, in another way."""
    return steps.fingerprint_of(
        lists=[blake2b(np.ascontiguousarray(one.tokens).data).hexdigest() for one in lists],
        parameters=[dict(one.parameters) for one in lists],
        plan=[(families.start, families.stop) for families in plan],
    )


def _name_lists(lists: Sequence[Encoding], shown: Mapping[str, People]) -> dict[int, NamedList]:
    """Those compared by name: chance is learnt within a list, of which a single person says nothing."""
    return {
        number: NamedList(one.list_code, shown[one.list_code], one.persons, one.missing)
        for number, one in enumerate(lists)
        if one.list_code in shown and one.missing.size > 1
    }


def _name_method(*, compared: int, encoded: int) -> Method:
    if encoded == compared:
        return "encoded"
    return "splink-clear-text-and-encoded" if encoded else "splink-clear-text"


def _pair_all(
    lists: Sequence[Encoding],
    between: Sequence[tuple[int, int]],
    *,
    named: Mapping[int, NamedList],
    met: Iterator[Meetings],
    decided: Sequence[Decided] | None,
    draws: int,
    rng: np.random.Generator,
    progress: Progress,
) -> list[ListPair]:
    """Each two lists, in order: names meet only names, and whoever does not show hers is met by tokens."""
    stretches = quality.draw_stretches(draws, rng=rng)
    compared = [(left, right) for left, right in between if left in named and right in named]
    tallied = {
        (left, right): pairing.tally_lists(lists[left], lists[right], next(met))
        for left, right in between
        if (left, right) not in compared
    }
    models = joint_fit.fit_models([one.met for one in tallied.values()])
    drawn = quality.draw_matches([one.met for one in tallied.values()], models, stretches=stretches, rng=rng)
    told = {ends: (model, drawn[:, place]) for place, (ends, model) in enumerate(zip(tallied, models, strict=True))}
    found = []
    for number, (left, right) in enumerate(between):
        decided_here = (decided[left], decided[right]) if decided else None
        if (left, right) in compared:
            progress(Message("Comparing the names of two lists"), number, len(between))
            ones, others = named[left], named[right]
            pair = clear_text.pair_named_lists(ones, others, stretches=stretches, rng=rng, decided=decided_here)
        else:
            codes, (model, matches) = (lists[left].list_code, lists[right].list_code), told[left, right]
            pair = pairing.pair_lists(codes, tallied.pop((left, right)), model, drawn=matches, decided=decided_here)
        found.append(pair)
    progress(Message("Linking the lists two by two"), len(between), len(between))
    return found


def _take_doubtful(pairs: Pairs) -> Pairs:
    least, most = DOUBTFUL
    return pairs.take((pairs.probability >= least) & (pairs.probability < most))


def _number_through(found: Sequence[Pairs], between: Sequence[tuple[int, int]], *, starts: NDArray[np.int64]) -> Links:
    nothing = np.zeros(0, dtype=np.int64)
    return Links(
        np.concatenate([nothing, *(pair.left + starts[left] for pair, (left, _) in zip(found, between, strict=True))]),
        np.concatenate(
            [nothing, *(pair.right + starts[right] for pair, (_, right) in zip(found, between, strict=True))]
        ),
        np.concatenate([np.zeros(0), *(pair.probability for pair in found)]),
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
