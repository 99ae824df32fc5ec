"""Is what several releases tell together at most what the ledger charged for them?"""

from datetime import date

import pytest
from opendp import combinators

from cauce.protect import budget, noise
from cauce.recipes import hub_budget
from cauce.standards.policy import Policy
from cauce.store import ledger, workspace

TODAY = date(2026, 11, 22)


def hub_that_spent(folder, *costs):
    hub = workspace.found_hub(folder / "mesa", names={"en": "test"}, area="")
    for place, cost in enumerate(costs):
        charge = ledger.Charge(
            population=hub.population,
            release_id=str(place),
            fingerprint=str(place),
            purpose="tables",
            epsilon=cost,
            delta=1e-6,
            day=TODAY,
        )
        ledger.reserve(hub.ledger_path, charge, policy=Policy())
    return hub.root


def test_budget_of_a_new_hub_is_whole_and_foretells_nothing(tmp_path):
    told = hub_budget.read_budget(hub_that_spent(tmp_path), today=TODAY)

    assert (told.balance.left, told.together, told.forecast) == (4.0, 0.0, None)


@pytest.mark.parametrize("costs", [(1.0,), (1.0, 1.0), (0.05, 0.3, 1.0), (0.1,) * 12])
def test_releases_together_tell_the_sum_of_their_rho_and_never_more_than_was_charged(tmp_path, costs):
    """Rho adds (Bun & Steinke 2016), by OpenDP's own composition; the ledger charges the epsilons, which are more."""
    told = hub_budget.read_budget(hub_that_spent(tmp_path, *costs), today=TODAY)

    rhos = [budget.rho_of(cost, delta=1e-6) for cost in costs]
    with noise.opendp_features():
        each = [noise.gaussian(budget.sigma_of(rho)) for rho in rhos]
        composed = combinators.make_composition(each).map(1)
    assert composed == pytest.approx(sum(rhos), rel=1e-6)
    assert told.together == pytest.approx(budget.epsilon_of(composed, delta=1e-6), abs=1e-3)
    assert told.together <= told.balance.spent + 1e-9
    assert len(costs) == 1 or told.together < 0.9 * told.balance.spent
