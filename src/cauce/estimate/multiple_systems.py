"""How many people did nobody count, going by who is on several lists: the figure to publish, and whether there is one?

The figure does not rest on one method. Four answer each for themselves (`each_method`) and are pooled: BIC average and
decomposable graphs, which let lists depend in pairs, have together the weight of latent classes and that of
heterogeneity, which let people differ. The total is the median of the pool and the interval its middle 95 %, so that
disagreement between methods widens the interval (docs/explanation/multiple-systems.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from cauce.estimate import capture_tables, each_method, existence, method_results, noised_counts, spread
from cauce.standards.messages import Message

__all__ = ["HiddenPopulation", "estimate"]

# Three assumptions of equal weight: people alike and pairs dependent (twice told), hidden classes, people who differ.
_POOLED: Mapping[str, int] = MappingProxyType({"bic_average": 1, "decomposable": 1, "latent": 2, "heterogeneity": 2})
_LEAST_OVERLAP = 10
_POOL_VALUES = 2000
_NOISE_DRAWS = 30


@dataclass(frozen=True, eq=False)
class HiddenPopulation:
    """The people seen and unseen, or why they cannot be estimated.

    status           "estimated" or "not_estimable"
    reason           why not; None when estimated
    observed         people on at least one list
    total            people observed and unseen, the median of the pooled methods; None unless estimated
    lower, upper     its 95 % interval
    methods          the answer of every method asked for
    spread           how far the methods differ, in words
    linkage_share    share of the variance of log(unseen) that is due to the draws of the linkage, where given;
                     not told where the counts carry noise as well
    """

    status: str
    reason: Message | None
    observed: float
    total: float | None
    lower: float | None
    upper: float | None
    methods: tuple[method_results.MethodResult, ...]
    spread: Message
    linkage_share: float | None = None


def estimate(
    captures: pa.Table | capture_tables.CaptureTable,
    *,
    methods: Sequence[method_results.Method] = method_results.ALL_METHODS,
    interval: method_results.Interval = "wald",
    order: int = 2,
    draws: Sequence[capture_tables.CaptureTable] | None = None,
    noise_sigma: float = 0.0,
    replicates: int = 1000,
    rng: np.random.Generator,
) -> HiddenPopulation:
    """The people seen and unseen, from who is on several lists.

    In
        captures      table of list columns 0/1 and `count` (see capture_tables.read_table), or a CaptureTable
        methods       methods to apply; the figure pools those of them that allow dependence between lists
        interval      of each method that has the choice; the figure's own interval is that of the pool
        order         largest number of lists in one term of the models averaged
        draws         the same table under draws of the linkage; a column `draw` of `captures` does the same
        noise_sigma   spread of the discrete Gaussian noise that every count of `captures` carries; every possible
                      history must then have its row, and counts may be below zero
        replicates    resamples of BCa intervals
        rng           the generator, for methods that draw
    Out
        HiddenPopulation
    Refuses
        what capture_tables.read_table refuses
    Source
        Silverman 2020; the coverage of the pool is in docs/explanation/coverage.md

    >>> lists = {"A": [1, 0, 0, 1, 1, 0, 1], "B": [0, 1, 0, 1, 0, 1, 1], "C": [0, 0, 1, 0, 1, 1, 1]}
    >>> table = pa.table(lists | {"count": [60, 50, 40, 20, 15, 12, 5]})
    >>> found = estimate(table, methods=["main", "bic_average"], rng=np.random.default_rng(1))
    >>> found.status, found.observed, round(found.total)
    ('estimated', 202.0, 358)
    """
    tables = _read(captures, is_noised=noise_sigma > 0) if not draws else tuple(draws)
    if noise_sigma > 0 and len(tables[0].lists) > 1:
        tables = _without_noise(tables, noise_sigma, rng)
    observed = float(np.mean([table.observed for table in tables]))
    reason = _too_little(tables)
    if reason is not None and not _has_overlap(tables):
        return _without_figure(reason, observed, ())
    setting = each_method.Setting(order=order, rng=rng, memo=existence.Memo(), interval=interval, replicates=replicates)
    # The matrices are small and many: a second thread of BLAS costs more than it brings.
    with threadpool_limits(limits=1, user_api="blas"):
        answers = tuple(
            method_results.combine_draws(each_method.apply_method(method, tables, setting=setting))
            for method in methods
        )
    if noise_sigma > 0:
        answers = tuple(replace(answer, linkage_share=None) for answer in answers)
    if reason is not None:
        return _without_figure(reason, observed, answers)
    pooled = [answer for answer in answers if answer.status == "estimated" and answer.method in _POOLED]
    pooled = pooled or [answer for answer in answers if answer.status == "estimated"]
    if not pooled:
        return _without_figure(Message("No method can estimate from these overlaps"), observed, answers)
    return _pool(pooled, answers, observed)


def _read(
    captures: pa.Table | capture_tables.CaptureTable, *, is_noised: bool
) -> tuple[capture_tables.CaptureTable, ...]:
    if isinstance(captures, capture_tables.CaptureTable):
        return (captures,)
    return capture_tables.read_table(captures, is_noised=is_noised, is_part=True)


def _without_noise(
    tables: Sequence[capture_tables.CaptureTable], sigma: float, rng: np.random.Generator
) -> tuple[capture_tables.CaptureTable, ...]:
    each = -(-_NOISE_DRAWS // len(tables))
    drawn = [noised_counts.draw_true_counts(table, sigma=sigma, draws=each, rng=rng) for table in tables]
    return tuple(table for several in drawn for table in several)


def _too_little(tables: Sequence[capture_tables.CaptureTable]) -> Message | None:
    """Why the lists cannot say anything about the people on none of them, if so."""
    lists = tables[0].lists
    if len(lists) < 2:
        return Message("Not estimable: one list. People nobody saw can be estimated only from lists that overlap")
    overlap = _overlap(tables)
    if overlap == 0:
        return Message("Not estimable: nobody is on more than one list")
    if overlap < _LEAST_OVERLAP:
        return Message(
            "Not estimable: only {overlap} people are on more than one list, and {least} are the least",
            overlap=round(overlap),
            least=_LEAST_OVERLAP,
        )
    return None


def _overlap(tables: Sequence[capture_tables.CaptureTable]) -> float:
    """People on more than one list, on average over the draws."""
    several = np.array([int(history).bit_count() >= 2 for history in range(tables[0].counts.size)])
    return float(np.mean([table.counts[several].sum() for table in tables]))


def _has_overlap(tables: Sequence[capture_tables.CaptureTable]) -> bool:
    return len(tables[0].lists) > 1 and _overlap(tables) > 0


def _without_figure(
    reason: Message, observed: float, answers: tuple[method_results.MethodResult, ...]
) -> HiddenPopulation:
    return HiddenPopulation("not_estimable", reason, observed, None, None, None, answers, spread.in_words(answers))


def _pool(
    pooled: Sequence[method_results.MethodResult],
    answers: tuple[method_results.MethodResult, ...],
    observed: float,
) -> HiddenPopulation:
    levels = (np.arange(_POOL_VALUES) + 0.5) / _POOL_VALUES
    parts = [np.tile(np.quantile(answer.likely_unseen, levels), _POOLED.get(answer.method, 1)) for answer in pooled]
    unseen = np.concatenate(parts)
    lower, total, upper = np.quantile(unseen, [0.025, 0.5, 0.975]) + observed
    shares = [answer.linkage_share for answer in pooled if answer.linkage_share is not None]
    return HiddenPopulation(
        status="estimated",
        reason=None,
        observed=observed,
        total=float(total),
        lower=float(lower),
        upper=float(upper),
        methods=answers,
        spread=spread.in_words(answers),
        linkage_share=float(np.mean(shares)) if shares else None,
    )
