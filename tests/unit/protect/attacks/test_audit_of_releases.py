"""What does a whole release tell of one person, from the people counted to the tables and records that leave?"""

import pytest
from tests import attacked_gate

from cauce.protect.attacks import audit

DELTA = 1e-6


def audited(*, runs, epsilon, **gate):
    pair = attacked_gate.counts_with_and_without()
    outputs = attacked_gate.released_outputs(pair, runs=runs, epsilon=epsilon, delta=DELTA, **gate)
    return audit.audit_outputs(*outputs, delta=DELTA)


def test_audit_finds_a_release_of_tables_within_its_claim():
    found = audited(runs=200, epsilon=1.0)

    assert max(found.epsilon, found.tight_epsilon) <= 1.0


def test_audit_catches_a_release_that_withholds_by_exact_counts():
    found = audited(runs=200, epsilon=1.0, fault=attacked_gate.withhold_by_exact_counts)

    assert found.epsilon > 1.0


@pytest.mark.slow
def test_audit_of_2_000_releases_of_tables_catches_half_the_noise():
    shipped = audited(runs=2_000, epsilon=4.0)
    faulty = audited(runs=2_000, epsilon=4.0, draw=attacked_gate.draw_with_half_noise)

    assert max(shipped.epsilon, shipped.tight_epsilon) <= 4.0
    assert faulty.tight_epsilon > 4.0


@pytest.mark.slow
def test_audit_of_500_releases_of_a_file_catches_half_the_noise_behind_tables_and_records():
    shipped, faulty = (
        audit.audit_outputs(*attacked_gate.file_outputs(runs=500, epsilon=4.0, delta=DELTA, times=times), delta=DELTA)
        for times in (1.0, 4.0)
    )

    assert max(shipped.epsilon, shipped.tight_epsilon) <= 4.0
    assert faulty.tight_epsilon > 4.0
