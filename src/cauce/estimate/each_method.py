"""What does each method say of one table? One function per method, all with the same arguments.

All methods together, and the figure to publish: `multiple_systems`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import (
    bootstrap,
    capture_tables,
    decomposable,
    existence,
    heterogeneity,
    latent_classes,
    loglinear,
    method_results,
    model_average,
    profile_likelihood,
    stepwise,
)
from cauce.standards.messages import Message

__all__ = ["Setting", "apply_method"]

_Z = 1.959963984540054
_EDGES = np.array([0.025, 0.975])
_MOST_VALUES = 4000
_MOST_DISAGREEMENT = 1.5
_MODELS_RESAMPLED = 20


@dataclass(frozen=True, eq=False)
class Setting:
    """What the methods share.

    order        largest number of lists in one term of the models averaged
    rng          the generator, for methods that draw and for resampling
    memo         verdicts on existence already reached
    fitted       sets of models already fitted, by the counts of their table
    interval     "wald", "profile" or "bca", for methods that have the choice
    replicates   resamples of a BCa interval
    """

    order: int
    rng: np.random.Generator
    memo: existence.Memo
    interval: method_results.Interval = "wald"
    replicates: int = 1000
    fitted: dict[bytes, model_average.ModelSet] = field(default_factory=dict)


def apply_method(
    method: method_results.Method, tables: Sequence[capture_tables.CaptureTable], *, setting: Setting
) -> list[method_results.MethodResult]:
    """One method on one table, or on each draw of it.

    In
        method    word of the method
        tables    CaptureTables of the same lists
        setting   Setting
    Out
        one MethodResult for each table

    >>> table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> setting = Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    >>> round(apply_method("main", [table], setting=setting)[0].total, 6)
    120.0
    """
    if method == "latent":
        return _latent(tables, setting)
    one = {
        "main": _main,
        "stepwise": _stepwise,
        "bic": _bic,
        "bic_average": _bic_average,
        "decomposable": _graphs,
        "heterogeneity": _heterogeneity,
    }
    return [one[method](table, setting) for table in tables]


def wald(
    method: method_results.Method,
    table: capture_tables.CaptureTable,
    *,
    intercept: tuple[float, float],
    terms: Sequence[int],
) -> method_results.MethodResult:
    """The answer of a log-linear model: the total and its interval from the intercept and its standard error."""
    centre, spread = intercept
    return method_results.MethodResult(
        method=method,
        status="estimated",
        observed=table.observed,
        total=table.observed + float(np.exp(centre)),
        lower=table.observed + float(np.exp(centre - _Z * spread)),
        upper=table.observed + float(np.exp(centre + _Z * spread)),
        model=tuple(tuple(table.names_of(term)) for term in terms if term.bit_count() >= 2),
        likely_unseen=method_results.unseen_values(centre, spread),
    )


def _main(table: capture_tables.CaptureTable, setting: Setting) -> method_results.MethodResult:
    design = loglinear.design_of(len(table.lists), 1)
    counts = table.counts[None, 1:]
    included = np.full((1, design.terms.size), True)
    finite, kept = loglinear.mask_model(design, included, counts @ design.matrix)
    codes, fits = existence.check_fits(design, counts, finite=finite, kept=kept, memo=existence.Memo())
    if codes[0] != existence.SOUND:
        return _unsound("main", table, int(codes[0]))
    answer = wald("main", table, intercept=(float(fits.coefficients[0, 0]), float(fits.intercept_sd[0])), terms=())
    return _with_interval(answer, table, (design, included[0], lambda: bootstrap.main_totals(table)), setting=setting)


def _stepwise(table: capture_tables.CaptureTable, setting: Setting) -> method_results.MethodResult:
    design = loglinear.design_of(len(table.lists), 2)
    chosen = stepwise.select(design, table.counts[None, 1:], memo=setting.memo)
    if chosen.codes[0] != existence.SOUND:
        return _unsound("stepwise", table, int(chosen.codes[0]))
    intercept = float(chosen.fits.coefficients[0, 0]), float(chosen.fits.intercept_sd[0])
    answer = wald("stepwise", table, intercept=intercept, terms=design.terms[chosen.included[0]].tolist())
    again = (design, chosen.included[0], lambda: bootstrap.stepwise_totals(table, memo=setting.memo))
    return _with_interval(answer, table, again, setting=setting)


def _models(table: capture_tables.CaptureTable, setting: Setting) -> tuple[loglinear.Design, model_average.ModelSet]:
    order = max(1, min(setting.order, len(table.lists) - 1))
    design = loglinear.design_of(len(table.lists), order)
    key = table.counts.tobytes()
    if key not in setting.fitted:
        setting.fitted[key] = model_average.fit_all(design, table.counts[1:], memo=existence.Memo(), order=order)
    return design, setting.fitted[key]


def _bic(table: capture_tables.CaptureTable, setting: Setting) -> method_results.MethodResult:
    design, found = _models(table, setting)
    if not found.bic.size:
        return _unsound("bic", table, existence.DOES_NOT_EXIST)
    intercept = float(found.intercept[0]), float(found.intercept_sd[0])
    answer = wald("bic", table, intercept=intercept, terms=design.terms[found.included[0]].tolist())
    again = (design, found.included[0], lambda: bootstrap.totals_of_models(design, found.included[:_MODELS_RESAMPLED]))
    return _with_interval(answer, table, again, setting=setting)


def _bic_average(table: capture_tables.CaptureTable, setting: Setting) -> method_results.MethodResult:
    """The mean over models, and the interval of the mixture of their Wald distributions."""
    design, found = _models(table, setting)
    if not found.bic.size:
        return _unsound("bic_average", table, existence.DOES_NOT_EXIST)
    weighty = found.weights > 1e-6
    weights = found.weights[weighty] / found.weights[weighty].sum()
    values = np.array(
        [
            method_results.unseen_values(*pair)
            for pair in zip(found.intercept[weighty], found.intercept_sd[weighty], strict=True)
        ]
    )
    unseen = _weighted_values(values.ravel(), np.repeat(weights / values.shape[1], values.shape[1]))
    lower, upper = np.quantile(unseen, _EDGES)
    answer = method_results.MethodResult(
        method="bic_average",
        status="estimated",
        observed=table.observed,
        total=table.observed + float(found.weights @ np.exp(found.intercept)),
        lower=table.observed + float(lower),
        upper=table.observed + float(upper),
        likely_unseen=unseen,
    )
    if setting.interval != "bca":
        return answer
    totals = bootstrap.totals_of_models(design, found.included[:_MODELS_RESAMPLED], is_averaged=True)
    return _with_bca(answer, table, totals, setting=setting)


def _with_interval(
    answer: method_results.MethodResult,
    table: capture_tables.CaptureTable,
    model: tuple[loglinear.Design, NDArray[np.bool_], Callable[[], bootstrap.Totals]],
    *,
    setting: Setting,
) -> method_results.MethodResult:
    """The same answer with the interval asked for."""
    design, included, make_totals = model
    if setting.interval == "bca":
        return _with_bca(answer, table, make_totals(), setting=setting)
    if setting.interval == "wald" or answer.total is None:
        return answer
    unseen = answer.total - answer.observed
    lower, upper = profile_likelihood.interval(design, table.counts[1:], included=included, unseen=unseen)
    bounded = answer.observed + upper if np.isfinite(upper) else None
    return replace(answer, lower=answer.observed + lower, upper=bounded, interval="profile")


def _with_bca(
    answer: method_results.MethodResult,
    table: capture_tables.CaptureTable,
    totals: bootstrap.Totals,
    *,
    setting: Setting,
) -> method_results.MethodResult:
    counts = bootstrap.resample(table, replicates=setting.replicates, rng=setting.rng)
    found = bootstrap.bca_interval(table, totals, counts=counts)
    return replace(answer, lower=found.lower, upper=found.upper, interval="bca")


def _weighted_values(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equally likely values of a weighted sample."""
    order = np.argsort(values)
    levels = (np.arange(_MOST_VALUES) + 0.5) / _MOST_VALUES
    places = np.searchsorted(weights[order].cumsum(), levels)
    return values[order][np.minimum(places, values.size - 1)]


def _graphs(table: capture_tables.CaptureTable, setting: Setting) -> method_results.MethodResult:
    if len(table.lists) > decomposable.MOST_LISTS:
        reason = Message(
            "{count} lists have too many decomposable graphs to go through; {most} lists are the most",
            count=len(table.lists),
            most=decomposable.MOST_LISTS,
        )
        return method_results.refuse_method("decomposable", "not_estimable", table.observed, reason=reason)
    posterior = decomposable.posterior_of(table)
    levels = (np.arange(_MOST_VALUES) + 0.5) / _MOST_VALUES
    lower, middle, upper = posterior.quantiles(np.array([0.025, 0.5, 0.975])) + table.observed
    return method_results.MethodResult(
        method="decomposable",
        status="estimated",
        observed=table.observed,
        total=float(middle),
        lower=float(lower),
        upper=float(upper),
        interval="posterior",
        likely_unseen=posterior.quantiles(levels),
    )


def _latent(tables: Sequence[capture_tables.CaptureTable], setting: Setting) -> list[method_results.MethodResult]:
    draws = latent_classes.sample(tables, rng=setting.rng)
    reason = None
    if draws.disagreement > _MOST_DISAGREEMENT:
        reason = Message("The chains of the latent classes do not agree yet; take this figure with care")
    return [
        _from_draws("latent", table, (draws.unseen[:, draws.source == place], reason))
        for place, table in enumerate(tables)
    ]


def _from_draws(
    method: method_results.Method,
    table: capture_tables.CaptureTable,
    drawn: tuple[NDArray[np.float64], Message | None],
) -> method_results.MethodResult:
    reason = drawn[1]
    unseen = np.sort(drawn[0], axis=None)
    lower, middle, upper = np.quantile(unseen, [0.025, 0.5, 0.975]) + table.observed
    return method_results.MethodResult(
        method=method,
        status="estimated",
        observed=table.observed,
        total=float(middle),
        lower=float(lower),
        upper=float(upper),
        interval="posterior",
        likely_unseen=np.quantile(unseen, (np.arange(_MOST_VALUES) + 0.5) / _MOST_VALUES),
        reason=reason,
    )


def _heterogeneity(table: capture_tables.CaptureTable, setting: Setting) -> method_results.MethodResult:
    if len(table.lists) < 3:
        reason = Message("Differences between people cannot be seen with fewer than three lists")
        return method_results.refuse_method("heterogeneity", "not_estimable", table.observed, reason=reason)
    unseen = heterogeneity.sample(table, rng=setting.rng)
    if unseen.size == 0:
        return _unsound("heterogeneity", table, existence.DOES_NOT_EXIST)
    return _from_draws("heterogeneity", table, (unseen, None))


def _unsound(
    method: method_results.Method, table: capture_tables.CaptureTable, code: int
) -> method_results.MethodResult:
    if code & existence.NOT_IDENTIFIABLE:
        reason = Message("The overlaps counted do not determine the model: some of its terms cannot be told apart")
        return method_results.refuse_method(method, "not_identifiable", table.observed, reason=reason)
    reason = Message("The likelihood has no maximum: too many overlaps are empty")
    return method_results.refuse_method(method, "does_not_exist", table.observed, reason=reason)
