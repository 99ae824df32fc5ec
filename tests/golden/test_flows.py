"""Do the flow methods give the numbers of the papers and of the peer migest 2.0.5?"""

import gzip

import numpy as np
import pytest
from tests.shared_data import shared_data

from cauce.estimate import flow_accounts, flows
from cauce.estimate.flows import StockPair
from cauce.recipes.verify import verify
from cauce.standards import verification

GROUPS = [group for group in verification.groups() if group.kind == "flows"]
WORLD = {
    "da_min_closed": "rescale_TRUE",
    "da_ind_closed": "rescale_FALSE",
    "da_min_open": "open_TRUE",
    "da_min_open_dr": "open-dr_TRUE",
    "sd_rev_neg": "sd_rev_neg",
}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_published_flows_are_equal_to_ours_for_all_methods(group):
    checked = verify([group])

    assert len(checked) == 9 * 13
    assert [one.id for one in checked if not one.is_equal] == []


def test_verification_notices_a_published_number_that_is_off():
    group = GROUPS[0]
    wrong = verification.Check(**{**vars(group.checks[0]), "published": group.checks[0].published + 1})

    checked = verify([verification.Group(**{**vars(group), "checks": (wrong,)})])

    assert [one.is_equal for one in checked] == [False]


@pytest.fixture(scope="module")
def world():
    start, end = (_matrix(f"stock_f_{year}.csv.gz") for year in (1990, 1995))
    events = np.loadtxt(shared_data("flows/world/bd_f_1990.csv"), delimiter=",", skiprows=1, usecols=(1, 2))
    return StockPair(tuple(f"C{place:03}" for place in range(230)), start, end, events[:, 0], events[:, 1])


@pytest.mark.parametrize(("method", "file"), WORLD.items())
def test_flows_of_the_world_are_within_half_a_person_of_the_peer(world, method, file):
    estimate = flows.estimate_flows(world, method=method)

    assert np.abs(estimate.between_areas - _matrix(f"out_f_1990_{file}_n230.csv.gz")).max() < 0.5


def test_flows_of_the_closed_world_meet_their_margins_to_a_millionth(world):
    account = flows.estimate_flows(world, method="da_min_closed").account

    middle = (account.start.sum(axis=1) + account.end.sum(axis=1)) / 2
    assert np.abs(account.start.sum(axis=1) - middle).max() < 1e-6
    assert np.abs(account.balance_errors).max() < 1e-6
    assert np.abs(account.end.sum(axis=1) - middle).max() < 1e-6


def test_account_of_the_first_paper_agrees_cell_by_cell_save_for_the_names_of_the_outside():
    """The peer exchanges who came from the outside and who left for it: its arrivals stand under departures."""
    group = next(group for group in GROUPS if group.name == "flows_abel_2013_births_deaths")
    start, end, births, deaths = (np.array(group.inputs[name], float) for name in ("start", "end", "births", "deaths"))
    rows = shared_data("flows/toys/dr2013_bd_da_min_open_dr_account.csv").read_text().splitlines()[1:]

    estimate = flows.estimate_flows(StockPair(tuple("ABCD"), start, end, births, deaths), method="da_min_open_dr")

    ours = {row[:3]: row[3] for row in flow_accounts.account_cells(estimate)}
    peer = {_outside_renamed(*row.split(",")[:3]): float(row.split(",")[3]) for row in rows}
    assert {key: value for key, value in peer.items() if abs(value - ours.get(key, 0.0)) > 1e-6} == {}


def _outside_renamed(origin, destination, birthplace):
    if "outside" in (origin, destination) and origin != destination:
        return destination, origin, birthplace
    return origin, destination, birthplace


def _matrix(name):
    with gzip.open(shared_data(f"flows/world/{name}"), "rt") as stream:
        return np.array([[float(cell) for cell in line.split(",")[1:]] for line in stream.readlines()[1:]])
