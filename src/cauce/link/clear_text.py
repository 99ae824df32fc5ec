"""Who of one list is who of another, where both may lay their names side by side?

Splink on DuckDB learns without labels what each level of agreement is worth. The tables lie in memory and nowhere
else. Lists of which one may not show its names meet in `pairing`, on tokens.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker

from cauce.link.assignment import Pairs, choose_mutual_best, weigh_rivals
from cauce.link.clear_columns import lay_out_people, share_met, write_settings
from cauce.link.decisions import Decided, settle_pairs
from cauce.link.pairing import ListPair
from cauce.link.people import People

__all__ = ["NamedList", "pair_named_lists"]

_SAMPLED_PAIRS = 400_000
_PATTERNS = 8
_ROUNDS = 40
_SURE = 0.95
_LEAST_MET = 0.05
_LEAST_FREE = 0.01
_PRIOR_PAIRS = 1.0
_STEPS = np.arange(-8.0, 26.0, 2.0)

_Model = Mapping[str, Any]


@dataclass(frozen=True)
class NamedList:
    """A list whose names may be shown.

    list_code   what the list is called
    people      the fields of each record, as written
    persons     (record,) the person of each record, numbered from 0
    missing     (person,) sum of MISSING_... for what each lacks
    """

    list_code: str
    people: People
    persons: NDArray[np.int64]
    missing: NDArray[np.int64]


def pair_named_lists(
    left: NamedList,
    right: NamedList,
    *,
    stretches: NDArray[np.float64],
    rng: np.random.Generator,
    decided: tuple[Decided, Decided] | None = None,
) -> ListPair:
    """The likeliest partner of each person.

    In
        left, right   the lists, of two persons or more: what chance brings together is learnt within each
        stretches     (draw,) as `quality.draw_stretches` gives them
        rng           chooses the pairs over which chance agreement is measured
        decided       what persons decided of the persons of each list
    Out
        pairs of persons, their probabilities, and how many persons are in both lists
    """
    sizes = (left.missing.size, right.missing.size)
    compared = _compare(left, right, rng=rng)
    met = _share_met(compared.model, left, right)
    doubts = _settle(compared, met=met, sizes=sizes, decided=decided)
    matches = min(float(doubts.probability.sum()) / met, float(min(sizes)))
    # Those surely in both are counted; the doubtful and the unseen are known to a factor.
    sure = float(doubts.probability[doubts.probability >= _SURE].sum())
    drawn = np.clip(sure + (matches - sure) * stretches, 0.0, min(sizes))
    return ListPair(left.list_code, right.list_code, choose_mutual_best(doubts), doubts, matches, drawn)


@dataclass(frozen=True)
class _Compared:
    """What Splink makes of two lists.

    left, right   (pair,) persons that met
    weights       (pair,) how many times likelier one person is to look like this than two
    within        (pair within one list,) the same of persons known to be two
    model         Splink's, as it describes it
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weights: NDArray[np.float64]
    within: NDArray[np.float64]
    model: _Model


def _compare(left: NamedList, right: NamedList, *, rng: np.random.Generator) -> _Compared:
    lists = (left, right)
    records = [lay_out_people(one.people) for one in lists]
    persons = [_take_firsts(table, one) for table, one in zip(records, lists, strict=True)]
    with _open_engine() as engine, _keep_quiet():
        chances = [_learn_chance(engine, table, seed=int(rng.integers(2**31))) for table in persons]
        # Splink puts the list whose name sorts first on the left.
        named = [engine.register(table, dataset_display_name=name) for table, name in zip(records, "ab", strict=True)]
        start = _join_models(chances, sizes=[one.missing.size for one in lists])
        linker = Linker(named, start, log_level=None, validate_settings=False)
        _learn_matches(linker, records)
        model = linker.misc.save_model_to_json()
        between = linker.inference.predict().as_pyarrow_table()
        within = [_weigh_within(engine, table, model=model) for table in persons]
    ends = [left.persons[between["unique_id_l"].to_numpy()], right.persons[between["unique_id_r"].to_numpy()]]
    return _join_persons(ends, _weigh(between, model), within=np.concatenate(within), model=model)


def _take_firsts(records: pa.Table, one: NamedList) -> pa.Table:
    """The first record of each person."""
    return records.take(pa.array(np.unique(one.persons, return_index=True)[1]))


@contextmanager
def _open_engine() -> Iterator[DuckDBAPI]:
    """DuckDB in memory, which may not put on a disk what does not fit; one thread, so that no sum varies."""
    connection = duckdb.connect(config={"temp_directory": "", "threads": 1})
    try:
        yield DuckDBAPI(connection)
    finally:
        connection.close()


@contextmanager
def _keep_quiet() -> Iterator[None]:
    """Nothing that Splink says of its work reaches a log."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _learn_chance(engine: DuckDBAPI, persons: pa.Table, *, seed: int) -> _Model:
    """How often two different persons agree at each level: measured within one list, where nobody is her own match."""
    linker = Linker(engine.register(persons), write_settings(), log_level=None, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=_SAMPLED_PAIRS, seed=seed, min_count_per_level=None, num_chunks=1
    )
    model: _Model = linker.misc.save_model_to_json()
    return model


def _join_models(models: Sequence[_Model], *, sizes: Sequence[int]) -> dict[str, Any]:
    """The settings of the linkage: the chance of each level as in both lists together."""
    pairs = [min(size * (size - 1) / 2, _SAMPLED_PAIRS) for size in sizes]
    comparisons = zip(*(model["comparisons"] for model in models), strict=True)
    return dict(models[0]) | {
        "link_type": "link_only",
        "probability_two_random_records_match": 0.5 / max(sizes),
        "comparisons": [_join_chances(alike, pairs=pairs) for alike in comparisons],
    }


def _join_chances(alike: Sequence[_Model], *, pairs: Sequence[float]) -> dict[str, Any]:
    joined = []
    for of_lists in zip(*(comparison["comparison_levels"] for comparison in alike), strict=True):
        seen = [_read_share(level, "u_probability") * count for level, count in zip(of_lists, pairs, strict=True)]
        # What was never seen is rarer than half a pair.
        chance = max(sum(seen), 0.5) / sum(pairs)
        joined.append(of_lists[0] if of_lists[0].get("is_null_level") else of_lists[0] | {"u_probability": chance})
    return dict(alike[0]) | {"comparison_levels": joined}


def _read_share(level: _Model, name: str) -> float:
    """Splink leaves out, or puts into words, what it never saw."""
    value = level.get(name)
    return value if isinstance(value, float) else 0.0


def _learn_matches(linker: Linker, records: Sequence[pa.Table]) -> None:
    """How often records of one person agree: in the date, of those alike in a rare name; in the names, by the date."""
    learn = linker.training.estimate_parameters_using_expectation_maximisation
    if _share_texts(records, "rare_name"):
        # Named though implied: what a rule names is not learnt by it.
        learn("l.rare_name = r.rare_name and l.given = r.given and l.surname = r.surname")
    if _share_texts(records, "by_date"):
        learn("l.born = r.born and l.by_date[1] = r.by_date[1]")


def _share_texts(records: Sequence[pa.Table], column: str) -> bool:
    """Whether any pair would be left to learn from: Splink refuses to learn from none."""
    first, second = (set(pc.list_flatten(table[column]).to_pylist()) for table in records)
    return not first.isdisjoint(second)


def _weigh_within(engine: DuckDBAPI, persons: pa.Table, *, model: _Model) -> NDArray[np.float64]:
    settings = dict(model) | {"link_type": "dedupe_only"}
    linker = Linker(engine.register(persons), settings, log_level=None, validate_settings=False)
    return _weigh(linker.inference.predict().as_pyarrow_table(), model)


def _weigh(met: pa.Table, model: _Model) -> NDArray[np.float64]:
    prior = model["probability_two_random_records_match"]
    return np.asarray(np.exp2(met["match_weight"].to_numpy()) * (1 - prior) / prior)


def _join_persons(
    ends: Sequence[NDArray[np.int64]], weights: NDArray[np.float64], *, within: NDArray[np.float64], model: _Model
) -> _Compared:
    """Two persons look as alike as the most alike of their records."""
    pairs, place = np.unique(np.stack(ends, axis=1), axis=0, return_inverse=True)
    best = np.zeros(len(pairs))
    np.maximum.at(best, place.ravel(), weights)
    return _Compared(pairs[:, 0], pairs[:, 1], best, within, model)


def _share_met(model: _Model, left: NamedList, right: NamedList) -> float:
    """Share of the persons in both lists that were compared at all, whatever they lack."""
    shares = {comparison["output_column_name"]: _share_levels(comparison) for comparison in model["comparisons"]}
    lacks = [np.bincount(one.missing, minlength=_PATTERNS) / one.missing.size for one in (left, right)]
    met = 0.0
    for of_left, of_right in product(range(_PATTERNS), range(_PATTERNS)):
        weight = float(lacks[0][of_left] * lacks[1][of_right])
        met += weight * share_met(of_left | of_right, shares) if weight else 0.0
    return max(met, _LEAST_MET)


def _share_levels(comparison: _Model) -> dict[str, float]:
    levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    shares = {level["label_for_charts"]: _read_share(level, "m_probability") for level in levels}
    total = max(sum(shares.values()), 1e-9)
    return {label: share / total for label, share in shares.items()}


def _settle(compared: _Compared, *, met: float, sizes: Sequence[int], decided: tuple[Decided, Decided] | None) -> Pairs:
    """The probability of each pair, once as many matches are expected beforehand as are found in the end."""
    possible = float(sizes[0]) * sizes[1]
    times = possible / sum(size * (size - 1) / 2 for size in sizes)
    matches = 0.5 * min(sizes)
    for _ in range(_ROUNDS):
        prior = matches / max(possible - matches, 1.0)
        odds = compared.weights * prior
        odds = odds / _count_strangers(np.log2(odds), np.log2(compared.within * prior), times=times)
        # Only who has nobody of her own in the other list, or does not show it, is left for a stranger.
        odds = odds / max(float(np.prod([1 - matches * met / size for size in sizes])), _LEAST_FREE)
        pairs = Pairs(compared.left, compared.right, odds / (1 + odds))
        doubts = weigh_rivals(settle_pairs(pairs, *decided) if decided else pairs)
        matches = float(np.clip(doubts.probability.sum() / met, 0.1, min(sizes)))
    return doubts


def _count_strangers(between: NDArray[np.float64], within: NDArray[np.float64], *, times: float) -> NDArray[np.float64]:
    """(pair,) how many times more pairs of two persons look as much alike as Splink expects; at least one.

    Splink takes the fields for independent. Within a list everybody is somebody else, so that twins, relatives and
    names that go together can be counted there; `times` as many are expected between the lists. Both arrays hold log2
    of the odds.
    """
    expected = np.histogram(between, bins=_STEPS, weights=1 / (1 + np.exp2(between)))[0]
    counted = times * np.histogram(within, bins=_STEPS)[0]
    excess = np.log2(np.maximum((counted + _PRIOR_PAIRS) / (expected + _PRIOR_PAIRS), 1.0))
    return np.asarray(np.exp2(np.interp(between, (_STEPS[:-1] + _STEPS[1:]) / 2, excess)))
