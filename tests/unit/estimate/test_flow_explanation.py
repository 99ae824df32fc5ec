"""Does an explanation name the birthplaces that made a cell, and add up to it?"""

import numpy as np
import pytest

from cauce.estimate.flow_accounts import account_cells
from cauce.estimate.flow_explanation import explain_cell
from cauce.estimate.flows import StockPair, estimate_flows
from cauce.standards.errors import Refusal

START = np.array([[100.0, 10, 10, 0], [80, 180, 10, 90], [30, 10, 140, 40], [60, 70, 10, 160]])
END = np.array([[95.0, 5, 15, 5], [75, 225, 5, 55], [55, 0, 115, 50], [35, 25, 25, 215]])
STOCKS = StockPair(tuple("ABCD"), START, END, np.zeros(4), np.zeros(4))
EXPLAINED = ["sd_drop_neg", "sd_rev_neg", "da_min_closed", "da_min_open", "da_ind_closed", "da_pb_closed"]


@pytest.mark.parametrize("method", EXPLAINED)
def test_explanation_adds_up_to_its_cell_for_every_pair_of_areas(method):
    estimate = estimate_flows(STOCKS, method=method)

    for i, origin in enumerate("ABCD"):
        for j, destination in enumerate("ABCD"):
            if i != j:
                told = explain_cell(estimate, STOCKS, origin=origin, destination=destination)
                assert told.moves == pytest.approx(estimate.between_areas[i, j])
                assert sum(moves for _, moves in told.by_birthplace) == pytest.approx(told.moves)
                assert told.leaving_home + told.coming_home + told.moving_on == pytest.approx(told.moves)


def test_explanation_says_who_was_born_where_in_plain_words():
    told = explain_cell(estimate_flows(STOCKS, method="da_min_closed"), STOCKS, origin="B", destination="D")

    assert told.by_birthplace[0][0] == "D"
    assert str(told.sentences[0]) == "41 people are estimated to have moved from B to D."
    assert "35 were born in D and came back" in str(told.sentences[1])


def test_explanation_of_an_empty_cell_says_that_no_move_is_needed():
    told = explain_cell(estimate_flows(STOCKS, method="da_min_closed"), STOCKS, origin="D", destination="A")

    assert told.by_birthplace == ()
    assert "needed" in str(told.sentences[0])


@pytest.mark.parametrize("method", ["mig_rate", "rogers_von_rabenau"])
def test_explanation_is_refused_where_birthplaces_are_unknown(method):
    with pytest.raises(Refusal) as refusal:
        explain_cell(estimate_flows(STOCKS, method=method), STOCKS, origin="A", destination="B")

    assert refusal.value.code == "estimate.no_birthplaces"


@pytest.mark.parametrize(("pair", "code"), [(("A", "Z"), "estimate.unknown_area"), (("A", "A"), "estimate.same_area")])
def test_explanation_refuses_areas_that_make_no_cell(pair, code):
    with pytest.raises(Refusal) as refusal:
        explain_cell(estimate_flows(STOCKS, method="da_min_closed"), STOCKS, origin=pair[0], destination=pair[1])

    assert refusal.value.code == code


def test_account_of_a_birthplace_leads_from_all_who_were_there_to_all_who_are():
    births, deaths = np.array([5.0, 6, 7, 8]), np.array([4.0, 3, 2, 1])
    stocks = StockPair(tuple("ABCD"), START, END + np.diag(births - deaths), births, deaths)
    estimate = estimate_flows(stocks, method="da_min_open")

    lines = list(account_cells(estimate))

    for area in "ABCD":
        came = sum(persons for origin, destination, _, persons in lines if destination == area and origin != area)
        left = sum(persons for origin, destination, _, persons in lines if origin == area and destination != area)
        place = "ABCD".index(area)
        assert came - left == pytest.approx(stocks.end[:, place].sum() - stocks.start[:, place].sum())


def test_account_is_refused_by_methods_that_keep_none():
    with pytest.raises(Refusal) as refusal:
        list(account_cells(estimate_flows(STOCKS, method="sd_drop_neg")))

    assert refusal.value.code == "estimate.no_account"
