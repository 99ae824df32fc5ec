"""Do intervals hold the truth when the inputs err as the model says, and do they follow the errors?"""

import numpy as np
import pytest

from cauce.estimate.flow_draws import ErrorModel, draw_flows
from cauce.estimate.flows import METHODS, StockPair, estimate_flows
from cauce.standards.errors import Refusal

NO_ERROR = ErrorModel(stocks=0.0, vital_events=0.0, weight=0.0)


def stocks(seed=1, size=5):
    rng = np.random.default_rng(seed)
    start = rng.integers(200, 900, (size, size)) + np.diag(rng.integers(9_000, 20_000, size))
    change = rng.integers(-100, 101, (size, size))
    births, deaths = rng.integers(0, 300, (2, size))
    parts = (start, start + change + np.diag(births - deaths), births, deaths)
    return StockPair(tuple("ABCDE"[:size]), *(part.astype(float) for part in parts))


def drawn(pair, method="da_min_closed", *, draws=60, seed=1, errors=None, **options):
    estimate = estimate_flows(pair, method=method, **options)
    rng = np.random.default_rng(seed)
    return estimate, draw_flows(pair, estimate, draws=draws, rng=rng, errors=errors or ErrorModel(), **options)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_estimate_for_every_method(method):
    estimate, intervals = drawn(stocks(), method)

    assert (intervals.lower <= estimate.between_areas).all()
    assert (intervals.upper >= estimate.between_areas).all()
    assert intervals.total[0] <= estimate.total <= intervals.total[1]
    assert (intervals.upper > intervals.lower).any()


def test_intervals_vanish_where_nothing_errs():
    estimate, intervals = drawn(stocks(), "da_pb_closed", errors=NO_ERROR)

    assert np.allclose(intervals.lower, estimate.between_areas, atol=1e-2)
    assert np.allclose(intervals.upper, estimate.between_areas, atol=1e-2)


def test_intervals_widen_with_the_error_of_the_stocks():
    narrow, wide = (
        drawn(stocks(), errors=ErrorModel(stocks=error, vital_events=0.0, weight=0.0))[1] for error in (0.01, 0.1)
    )

    assert (wide.upper - wide.lower).sum() > 2 * (narrow.upper - narrow.lower).sum()


def test_intervals_narrow_when_both_counts_err_alike():
    apart, alike = (drawn(stocks(), errors=ErrorModel(correlation=rho))[1] for rho in (0.0, 0.99))

    assert (alike.upper - alike.lower).sum() < 0.5 * (apart.upper - apart.lower).sum()


def test_intervals_of_the_mixture_carry_the_doubt_about_its_weight():
    only_weight = ErrorModel(stocks=0.0, vital_events=0.0, weight=0.1)

    estimate, intervals = drawn(stocks(), "da_pb_closed", draws=400, errors=only_weight)

    fewest, independent = (
        estimate_flows(stocks(), method=method).total for method in ("da_min_closed", "da_ind_closed")
    )
    half_width = (intervals.total[1] - intervals.total[0]) / 2
    assert half_width == pytest.approx(1.96 * 0.1 * (independent - fewest), rel=0.25)


def test_draws_in_batches_give_what_all_at_once_would(monkeypatch):
    pair = stocks()
    estimate, whole = drawn(pair, draws=200)

    monkeypatch.setattr("cauce.estimate.flow_draws._CELLS_AT_ONCE", 25 * 200)
    _, same = drawn(pair, draws=200)

    assert np.array_equal(whole.lower, same.lower)
    assert np.array_equal(whole.upper, same.upper)


def test_quantiles_kept_in_batches_are_those_of_all_draws():
    from cauce.estimate import flow_draws

    rng = np.random.default_rng(5)
    values = rng.standard_normal((1000, 3, 3))
    low = np.empty((0, 3, 3))
    for batch in np.split(values, 10):
        low = flow_draws._smallest(low, batch, keep=26)

    found = flow_draws._between(np.sort(low, axis=0), 0.025 * 999)

    assert np.allclose(found, np.quantile(values, 0.025, axis=0))


def test_draws_depend_on_their_seed_and_the_estimate_does_not():
    first, second, other = (drawn(stocks(), seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(first[1].lower, second[1].lower)
    assert not np.array_equal(first[1].lower, other[1].lower)
    assert np.array_equal(first[0].between_areas, other[0].between_areas)


def test_draws_take_the_offset_along():
    offset = np.random.default_rng(3).uniform(0.5, 2, (5, 5))

    estimate, intervals = drawn(stocks(), offset=offset)

    assert (intervals.lower <= estimate.between_areas).all()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["sd_drop_neg", "da_min_open", "da_min_closed", "da_ind_closed", "da_pb_closed"])
@pytest.mark.parametrize("error", [0.02, 0.05, 0.1])
def test_intervals_cover_what_the_true_stocks_would_give_nine_times_of_ten(method, error):
    """Stocks are counted with the error of the model: the table of docs/explanation/flows.md."""
    errors = ErrorModel(stocks=error, correlation=0.9, vital_events=0.01, weight=0.0)
    held, total_held = [], []
    for seed in range(100):
        truth = stocks(seed)
        true_flows = estimate_flows(truth, method=method).between_areas
        counted = _counted(truth, seed=seed, errors=errors)
        _, intervals = drawn(counted, method, draws=200, seed=seed, errors=errors)
        is_held = (intervals.lower <= true_flows + 1e-9) & (true_flows <= intervals.upper + 1e-9)
        held.append(is_held[~np.eye(5, dtype=bool)].mean())
        total_held.append(intervals.total[0] <= true_flows.sum() <= intervals.total[1])

    print(f"{method} {error}: cells {np.mean(held):.3f}, total {np.mean(total_held):.2f}")
    assert np.mean(held) >= 0.9
    assert np.mean(total_held) >= 0.9


def _counted(truth, *, seed, errors):
    from cauce.estimate import flow_draws

    inputs = flow_draws._draw_inputs(
        truth, count=1, rng=np.random.default_rng(10_000 + seed), errors=errors, weight=1.0
    )
    return StockPair(truth.areas, inputs.start[0], inputs.end[0], truth.births, truth.deaths)


def test_draws_are_refused_when_too_few():
    with pytest.raises(Refusal) as refusal:
        drawn(stocks(), draws=5)

    assert refusal.value.code == "estimate.too_few_draws"


def test_draws_refuse_a_negative_error():
    with pytest.raises(Refusal) as refusal:
        drawn(stocks(), errors=ErrorModel(stocks=-0.1))

    assert refusal.value.code == "estimate.bad_error_model"
