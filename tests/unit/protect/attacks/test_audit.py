import numpy as np
import pytest
from tests import attacked_gate

from cauce.protect import budget, noise, tables
from cauce.protect.attacks import audit

EPSILON, DELTA = 8.0, 1e-6
FAULTS = [attacked_gate.draw_with_half_noise, attacked_gate.draw_forgetting_norms, attacked_gate.draw_reusing_noise]


def audited(*, runs, epsilon=EPSILON, draw=tables.draw_tables, **counted):
    pair = attacked_gate.counts_with_and_without(**counted)
    outputs = attacked_gate.noisy_outputs(pair, runs=runs, rho=budget.rho_of(epsilon, delta=DELTA), draw=draw)
    return audit.audit_outputs(*outputs, delta=DELTA)


def test_audit_finds_the_tables_as_shipped_within_their_claim():
    found = audited(runs=3_000)

    assert 0.0 < found.epsilon <= found.tight_epsilon <= EPSILON
    assert found.mu > 0.65 * np.sqrt(2.0 * budget.rho_of(EPSILON, delta=DELTA))


@pytest.mark.parametrize("fault", FAULTS)
def test_audit_catches_a_planted_fault(fault):
    found = audited(runs=3_000, draw=fault)

    assert found.tight_epsilon > EPSILON


def test_audit_catches_a_person_counted_in_more_cells_than_her_bound():
    # With half as many runs one trial in ten or so would let it pass.
    found = audited(runs=6_000, values_per_person=1_000)

    assert found.tight_epsilon > EPSILON


def test_bound_epsilon_catches_half_the_noise_of_one_cell_without_supposing_normal_laws():
    rho = budget.rho_of(4.0, delta=DELTA)
    cells = np.array([[1], [0]]) * np.ones(10_000, dtype=np.int64)

    there, gone = noise.add_noise(cells, sigma=budget.sigma_of(rho) / 2.0).values.astype(float)

    assert audit.bound_epsilon(there, gone, delta=0.01) > budget.epsilon_of(rho, delta=0.01)


def test_bound_epsilon_is_below_the_truth_in_nearly_all_trials():
    rng, above = np.random.default_rng(5), 0
    truth = np.log(0.75 / 0.25)
    for _ in range(150):
        there, gone = (rng.random((2, 1_000)) < [[0.75], [0.25]]).astype(float)
        above += audit.bound_epsilon(there, gone, delta=0.0, confidence=0.9) > truth

    assert above <= 25


def test_bound_mu_of_scores_that_never_overlap_is_as_large_as_the_runs_can_prove():
    few = audit.bound_mu(np.ones(100), np.zeros(100))
    many = audit.bound_mu(np.ones(10_000), np.zeros(10_000))

    assert 2.0 < few < many < 8.0


def test_epsilon_of_mu_is_below_what_zero_concentrated_privacy_claims_for_the_same_noise():
    for rho in (0.01, 0.1, 1.0):
        exact = audit.epsilon_of_mu(np.sqrt(2.0 * rho), delta=DELTA)

        assert 0.9 * budget.epsilon_of(rho, delta=DELTA) < exact < budget.epsilon_of(rho, delta=DELTA)


@pytest.mark.slow
def test_audit_of_200_000_runs_finds_the_claim_and_catches_half_the_noise():
    shipped = audited(runs=200_000, epsilon=1.0)
    faulty = audited(runs=200_000, epsilon=1.0, draw=attacked_gate.draw_with_half_noise)

    assert max(shipped.epsilon, shipped.tight_epsilon) <= 1.0
    assert faulty.tight_epsilon > 1.0
