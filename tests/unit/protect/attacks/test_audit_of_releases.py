"""What does a whole release tell of one person, from the people counted to the tables and records that leave?"""

import pytest
from tests import attacked_gate

from cauce.protect.attacks import audit

EPSILON, DELTA = 1.0, 1e-6


def audited(*, runs, **gate):
    pair = attacked_gate.counts_with_and_without()
    outputs = attacked_gate.released_outputs(pair, runs=runs, epsilon=EPSILON, delta=DELTA, **gate)
    return audit.audit_outputs(*outputs, delta=DELTA)


def test_audit_finds_a_release_of_tables_within_its_claim():
    found = audited(runs=200)

    assert max(found.epsilon, found.tight_epsilon) <= EPSILON


def test_audit_catches_a_release_that_withholds_by_exact_counts():
    found = audited(runs=200, fault=attacked_gate.withhold_by_exact_counts)

    assert found.epsilon > EPSILON


@pytest.mark.slow
def test_audit_of_4_000_releases_of_tables_catches_half_the_noise():
    shipped = audited(runs=4_000)
    faulty = audited(runs=4_000, draw=attacked_gate.draw_with_half_noise)

    assert max(shipped.epsilon, shipped.tight_epsilon) <= EPSILON
    assert faulty.tight_epsilon > EPSILON


@pytest.mark.slow
def test_audit_of_1_000_releases_of_a_file_finds_tables_and_records_within_their_claim():
    outputs = attacked_gate.file_outputs(runs=1_000, epsilon=4.0, delta=DELTA)

    found = audit.audit_outputs(*outputs, delta=DELTA)

    assert max(found.epsilon, found.tight_epsilon) <= 4.0
