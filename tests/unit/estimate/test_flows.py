"""Do moves explain the stocks, whatever the stocks, and does nothing pass that they cannot explain?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cauce.estimate.flows import METHODS, StockPair, estimate_flows
from cauce.standards.errors import Refusal

CLOSED = ["da_min_closed", "da_ind_closed", "da_pb_closed"]
ACCOUNTS = [*CLOSED, "da_min_open", "da_min_open_dr"]


def names(size):
    return tuple(f"X{place}" for place in range(size))


@st.composite
def histories(draw):
    """A start, moves, births and deaths, and the end they lead to: the truth is known, and the world is closed."""
    size = draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    start = rng.integers(1, 400, (size, size)) + np.diag(rng.integers(1_000, 90_000, size))
    deaths_by_birthplace = rng.binomial(start, 0.05)
    survivors = start - deaths_by_birthplace
    end = np.zeros((size, size), dtype=int)
    net = np.zeros(size)
    for birthplace in range(size):
        for home in range(size):
            chances = np.full(size, 0.1 / size)
            chances[home] += 0.9
            went = rng.multinomial(survivors[birthplace, home], chances / chances.sum())
            end[birthplace] += went
            net += went
            net[home] -= went.sum()
    births = rng.integers(0, 500, size)
    end = end + np.diag(births)
    pair = StockPair(
        names(size), *(part.astype(float) for part in (start, end, births, deaths_by_birthplace.sum(axis=0)))
    )
    return pair, net


@pytest.mark.parametrize("method", CLOSED)
@given(history=histories())
@settings(max_examples=40, deadline=None)
def test_flows_of_a_closed_world_give_each_area_its_net_migration(method, history):
    stocks, net = history

    table = estimate_flows(stocks, method=method).between_areas

    assert np.abs(table.sum(axis=0) - table.sum(axis=1) - net).max() < 1e-6
    assert table.min() >= 0


@pytest.mark.parametrize("method", ["da_min_open", "da_min_open_dr"])
@given(history=histories())
@settings(max_examples=40, deadline=None)
def test_flows_of_an_open_world_and_the_outside_give_each_area_its_net_migration(method, history):
    stocks, net = history

    estimate = estimate_flows(stocks, method=method)

    outside = (estimate.account.outside_in - estimate.account.outside_out).sum(axis=0)
    table = estimate.between_areas
    assert np.abs(table.sum(axis=0) - table.sum(axis=1) + outside - net).max() < 1e-6


@pytest.mark.parametrize("method", ACCOUNTS)
@given(history=histories())
@settings(max_examples=25, deadline=None)
def test_flows_lead_from_one_stock_to_the_other_for_each_birthplace(method, history):
    stocks, _ = history

    estimate = estimate_flows(stocks, method=method)

    account = estimate.account
    for birthplace in range(len(stocks.areas)):
        moves = sum(share * part.of_birthplace(birthplace) for share, part in estimate.mixture)
        assert np.allclose(moves.sum(axis=1), account.start[birthplace], atol=1e-6)
        assert np.allclose(moves.sum(axis=0), account.end[birthplace], atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
@given(history=histories())
@settings(max_examples=15, deadline=None)
def test_flows_do_not_depend_on_the_order_of_the_areas(method, history):
    stocks, _ = history
    order = np.random.default_rng(1).permutation(len(stocks.areas))
    turned = StockPair(
        tuple(stocks.areas[place] for place in order),
        stocks.start[np.ix_(order, order)],
        stocks.end[np.ix_(order, order)],
        stocks.births[order],
        stocks.deaths[order],
    )

    table, again = (estimate_flows(pair, method=method).between_areas for pair in (stocks, turned))

    assert np.allclose(table[np.ix_(order, order)], again, rtol=1e-6, atol=1e-6)


@given(history=histories())
@settings(max_examples=25, deadline=None)
def test_fewest_moves_are_no_more_than_those_that_happened_or_independent_ones(history):
    stocks, _ = history

    fewest, independent = (estimate_flows(stocks, method=method).total for method in ("da_min_closed", "da_ind_closed"))

    assert fewest <= independent + 1e-6


@given(history=histories(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_flows_with_an_offset_keep_the_margins_and_the_odds_of_the_offset(history, seed):
    stocks, net = history
    offset = np.random.default_rng(seed).uniform(0.1, 10, stocks.start.shape)

    estimate = estimate_flows(stocks, method="da_min_closed", offset=offset)

    table = estimate.between_areas
    assert np.abs(table.sum(axis=0) - table.sum(axis=1) - net).max() < 1e-6
    moves = estimate.mixture[0][1]
    for birthplace in range(len(stocks.areas)):
        weighed = moves.of_birthplace(birthplace) - np.diag(moves.stayers[birthplace])
        left, came = np.flatnonzero(weighed.sum(axis=1) > 1e-9), np.flatnonzero(weighed.sum(axis=0) > 1e-9)
        scaled = np.log(weighed[np.ix_(left, came)] / offset[np.ix_(left, came)]) if left.size else np.zeros((1, 1))
        interaction = scaled - scaled.mean(axis=0) - scaled.mean(axis=1, keepdims=True) + scaled.mean()
        assert np.abs(interaction).max() < 1e-6


def test_offset_of_ones_changes_nothing():
    rng = np.random.default_rng(2)
    stocks = StockPair(names(5), *(rng.integers(10, 900, (5, 5)).astype(float) for _ in range(2)))

    plain = estimate_flows(stocks, method="da_pb_closed")
    weighed = estimate_flows(stocks, method="da_pb_closed", offset=np.ones((5, 5)))

    assert np.allclose(plain.between_areas, weighed.between_areas, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_flows_are_the_same_when_asked_twice(method):
    rng = np.random.default_rng(3)
    stocks = StockPair(
        names(6), *(rng.integers(1, 999, (6, 6)).astype(float) for _ in range(2)), np.ones(6), np.ones(6)
    )

    first, second = (estimate_flows(stocks, method=method).between_areas for _ in range(2))

    assert (first == second).all()


def test_weight_moves_flows_between_the_fewest_and_independent_ones():
    rng = np.random.default_rng(4)
    stocks = StockPair(names(4), *(rng.integers(10, 900, (4, 4)).astype(float) for _ in range(2)))

    half = estimate_flows(stocks, method="da_pb_closed", weight=0.5).between_areas

    ends = [estimate_flows(stocks, method=method).between_areas for method in ("da_min_closed", "da_ind_closed")]
    assert np.allclose(half, sum(ends) / 2)


def test_gap_of_an_odd_number_is_shared_by_halves_and_not_drawn_by_lot():
    start, end = np.array([[9.0, 1.0], [0.0, 20.0]]), np.array([[9.0, 2.0], [0.0, 20.0]])

    estimate = estimate_flows(StockPair(("A", "B"), start, end), method="da_min_closed")

    assert [repair.code for repair in estimate.repairs][:2] == ["estimate.no_births_deaths", "estimate.world_closed"]
    assert estimate.account.start.sum() == pytest.approx(30.5)
    assert estimate.account.end.sum() == pytest.approx(30.5)


def test_stocks_that_are_not_whole_persons_are_not_rounded_to_persons():
    start, end = np.array([[0.9, 0.1], [0.0, 2.0]]), np.array([[0.8, 0.3], [0.0, 2.1]])

    account = estimate_flows(StockPair(("A", "B"), start, end), method="da_min_closed").account

    assert np.diag(account.start) == pytest.approx([0.9, 2.0], abs=0.2)


def test_negative_native_born_are_mended_and_named():
    start = np.array([[-5.0, 10.0], [30.0, 90.0]])

    estimate = estimate_flows(StockPair(("A", "B"), start, np.abs(start)), method="da_min_open")

    mended = next(repair for repair in estimate.repairs if repair.code == "estimate.negative_natives_start")
    assert mended.areas == ("A",)
    assert estimate.between_areas.min() >= 0


def test_births_beyond_the_native_born_are_spread_and_named():
    start, end = np.array([[50.0, 20.0], [40.0, 90.0]]), np.array([[10.0, 20.0], [60.0, 90.0]])
    stocks = StockPair(("A", "B"), start, end, np.array([30.0, 0.0]), np.array([5.0, 5.0]))

    estimate = estimate_flows(stocks, method="da_min_open")

    assert next(repair.areas for repair in estimate.repairs if repair.code == "estimate.births_spread") == ("A",)
    assert estimate.account.births[:, 0] == pytest.approx(np.array([10.0, 60.0]) * 30 / 70)


BAD = {
    "estimate.shape": ({"start": np.ones((2, 3))}, {}),
    "estimate.missing_stock": ({"end": np.array([[1.0, np.nan], [1.0, 1.0]])}, {}),
    "estimate.negative_stock": ({"start": np.array([[1.0, -1.0], [1.0, 1.0]])}, {}),
    "estimate.empty_stock": ({"start": np.zeros((2, 2))}, {}),
    "estimate.missing_vital_events": ({"deaths": np.array([np.nan, 0.0])}, {}),
    "estimate.deaths_exceed_stock": ({"deaths": np.array([99.0, 0.0])}, {}),
    "estimate.births_exceed_stock": ({"births": np.array([99.0, 0.0])}, {}),
    "estimate.bad_weight": ({}, {"weight": 1.5}),
    "estimate.bad_offset": ({}, {"offset": np.full((2, 2), -1.0)}),
}


@pytest.mark.parametrize("code", BAD)
def test_flows_refuse_what_cannot_be_explained(code):
    changes, options = BAD[code]
    good = {"start": np.eye(2) * 9 + 1, "end": np.eye(2) * 9 + 1, "births": np.zeros(2), "deaths": np.zeros(2)}

    with pytest.raises(Refusal) as refusal:
        estimate_flows(StockPair(("A", "B"), **{**good, **changes}), method="da_pb_closed", **options)

    assert refusal.value.code == code


def test_flows_refuse_a_single_area():
    with pytest.raises(Refusal) as refusal:
        estimate_flows(StockPair(("A",), np.ones((1, 1)), np.ones((1, 1))), method="sd_drop_neg")

    assert refusal.value.code == "estimate.too_few_areas"


def test_closed_world_refuses_a_birthplace_that_only_exists_at_the_end():
    start, end = np.array([[0.0, 0.0], [5.0, 9.0]]), np.array([[4.0, 0.0], [1.0, 9.0]])

    with pytest.raises(Refusal) as refusal:
        estimate_flows(StockPair(("NEW", "OLD"), start, end), method="da_min_closed")

    assert refusal.value.code == "estimate.margins_unreachable"
    assert "NEW" in str(refusal.value)


def test_offset_is_refused_where_it_forbids_moves_that_happened():
    start, end = np.array([[9.0, 0.0], [0.0, 9.0]]), np.array([[5.0, 4.0], [0.0, 9.0]])

    with pytest.raises(Refusal) as refusal:
        estimate_flows(StockPair(("A", "B"), start, end), method="da_min_closed", offset=np.eye(2))

    assert refusal.value.code == "estimate.offset_unreachable"


@pytest.mark.parametrize("method", ["sd_drop_neg", "sd_rev_neg", "mig_rate", "rogers_von_rabenau"])
def test_offset_is_refused_by_methods_that_cannot_use_one(method):
    stocks = StockPair(("A", "B"), np.eye(2) + 1, np.eye(2) + 1)

    with pytest.raises(Refusal) as refusal:
        estimate_flows(stocks, method=method, offset=np.ones((2, 2)))

    assert refusal.value.code == "estimate.offset_not_used"


def test_transitions_refuse_a_stock_that_cannot_be_inverted():
    with pytest.raises(Refusal) as refusal:
        estimate_flows(StockPair(("A", "B"), np.ones((2, 2)), np.eye(2)), method="rogers_von_rabenau")

    assert refusal.value.code == "estimate.singular_stock"


def test_rates_refuse_a_stock_without_foreign_born():
    with pytest.raises(Refusal) as refusal:
        estimate_flows(StockPair(("A", "B"), np.eye(2), np.eye(2) * 2), method="mig_rate")

    assert refusal.value.code == "estimate.no_foreign_born"
