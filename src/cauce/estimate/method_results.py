"""What did each method say about the people unseen, in one shape that all of them share?

Whatever the method, its uncertainty is kept as equally likely values of the people unseen (`likely_unseen`), so that
methods, draws of the linkage and draws of noise can be pooled by putting such values together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cauce.standards.messages import Message

__all__ = [
    "ALL_METHODS",
    "INTERVALS",
    "METHODS",
    "Interval",
    "Method",
    "MethodResult",
    "Status",
    "combine_draws",
    "lognormal_values",
    "refuse_method",
    "unseen_values",
]

Method = Literal["stepwise", "main", "bic", "bic_average", "decomposable", "latent", "heterogeneity"]
METHODS: tuple[Method, ...] = ("stepwise", "main", "bic", "bic_average", "decomposable", "latent")
ALL_METHODS: tuple[Method, ...] = (*METHODS, "heterogeneity")
Interval = Literal["wald", "profile", "bca"]
INTERVALS: tuple[Interval, ...] = ("wald", "profile", "bca")
Status = Literal["estimated", "not_identifiable", "does_not_exist", "not_estimable"]

_VALUES = 400
_EDGES = np.array([0.025, 0.975])


@dataclass(frozen=True, eq=False)
class MethodResult:
    """One method's answer.

    method, status    what was asked and how it went; figures are None unless status is "estimated"
    total             people observed and unseen
    lower, upper      95 % interval of the total
    interval          "wald", "profile", "bca", or "posterior" for methods that draw or weigh the people unseen
    model             the terms of two lists and more, by name; empty where the method averages
    likely_unseen     (value,) float   equally likely values of the people unseen
    reason            why there is no figure, or what to know about it
    linkage_share     share of the variance of log(unseen) between draws of the linkage; None without draws
    """

    method: Method
    status: Status
    observed: float
    total: float | None = None
    lower: float | None = None
    upper: float | None = None
    interval: str = "wald"
    model: tuple[tuple[str, ...], ...] = ()
    likely_unseen: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    reason: Message | None = None
    linkage_share: float | None = None


def lognormal_values(centre: float, spread: float) -> NDArray[np.float64]:
    """Equally likely values of a number whose logarithm is normal.

    In
        centre, spread   mean and standard deviation of the logarithm
    Out
        (400,) float, rising

    >>> np.round(lognormal_values(0.0, 1.0)[[0, 199, 200, 399]], 3)
    array([ 0.049,  0.997,  1.003, 20.56 ])
    """
    values: NDArray[np.float64] = np.exp(centre + spread * ndtri((np.arange(_VALUES) + 0.5) / _VALUES))
    return values


def unseen_values(intercept: float, intercept_sd: float) -> NDArray[np.float64]:
    """Equally likely values of the people unseen, from a model's intercept and its standard error.

    The Wald interval of the reference implementations is one of the mean that the people unseen are drawn around. The
    people themselves vary about it as a Poisson number does, which is added here.

    In
        intercept, intercept_sd   of a log-linear model
    Out
        (400,) float, rising

    >>> values = unseen_values(np.log(100.0), 0.1)
    >>> round(float(np.log(values).std()), 2)
    0.14
    """
    return lognormal_values(intercept, float(np.sqrt(intercept_sd**2 + np.exp(-max(intercept, 0.0)))))


def refuse_method(method: Method, status: Status, observed: float, *, reason: Message) -> MethodResult:
    """The answer of a method that has none.

    In
        method     word of the method
        status     why there is no figure, in one word
        observed   people on at least one list
        reason     the same in a sentence
    Out
        MethodResult
    """
    return MethodResult(method=method, status=status, observed=observed, reason=reason)


def combine_draws(results: Sequence[MethodResult]) -> MethodResult:
    """One answer from those on each draw of the linkage, or of the noise: variance within draws and between them.

    The values of each draw are moved away from the mean over draws by sqrt(1 + 1/draws), Rubin's correction for a
    finite number of draws, and put together.

    In
        results   answers of the same method, one for each draw
    Out
        MethodResult; not estimable where more than a tenth of the draws are not
    Source
        Rubin 1987, Multiple imputation for nonresponse in surveys, chapter 3

    >>> twice = [MethodResult("main", "estimated", 60.0, 90.0, likely_unseen=lognormal_values(3.4, 0.2))] * 2
    >>> combine_draws(twice).linkage_share
    0.0
    """
    if len(results) == 1:
        return results[0]
    sound = [result for result in results if result.status == "estimated"]
    observed = float(np.mean([result.observed for result in results]))
    if len(sound) < 0.9 * len(results):
        status = next(result.status for result in results if result.status != "estimated")
        reason = Message("No figure in {failed} of {draws} draws", failed=len(results) - len(sound), draws=len(results))
        return refuse_method(results[0].method, status, observed, reason=reason)
    logs = [np.log(np.maximum(result.likely_unseen, 0.5)) for result in sound]
    centres = np.array([values.mean() for values in logs])
    within = float(np.mean([values.var() for values in logs]))
    between = float(centres.var(ddof=1)) * (1 + 1 / len(sound))
    stretch = np.sqrt(1 + 1 / len(sound)) - 1
    middle = centres.mean()
    pooled = np.exp(np.concatenate([values + stretch * (values.mean() - middle) for values in logs]))
    seen = np.concatenate([np.full(values.size, one.observed) for values, one in zip(logs, sound, strict=True)])
    lower, upper = np.quantile(pooled + seen, _EDGES)
    return MethodResult(
        method=sound[0].method,
        status="estimated",
        observed=observed,
        total=float(np.median([result.total for result in sound if result.total is not None])),
        lower=float(lower),
        upper=float(upper),
        interval=sound[0].interval,
        model=_commonest([result.model for result in sound]),
        likely_unseen=pooled,
        reason=sound[0].reason,
        linkage_share=between / (between + within) if between + within > 0 else 0.0,
    )


def _commonest(models: list[tuple[tuple[str, ...], ...]]) -> tuple[tuple[str, ...], ...]:
    return max(dict.fromkeys(models), key=models.count)
