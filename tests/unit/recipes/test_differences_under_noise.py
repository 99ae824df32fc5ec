"""What does somebody learn who takes one release from another? What both were charged for, and no more."""

from datetime import date

import ibis
import numpy as np
import pytest

from cauce.protect import budget, noise
from cauce.recipes import clear_people as gate
from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.standards.progress import silent
from cauce.store import ledger

POLICY = Policy(epsilon_total=2.0, epsilon_year=2.0, epsilon_release=1.0)
TODAY = date(2026, 11, 22)
DOMAIN = {"area": ("N1", "N2", "S1"), "region": ("N", "S")}
ROUND = [("N1", "N")] * 40 + [("N2", "N")] * 30 + [("S1", "S")] * 30


def released(folder, rows, name, *, tables=(("area",),)):
    """One release; returns the figure of people in all."""
    people = ibis.memtable({"area": [row[0] for row in rows], "region": [row[1] for row in rows]})
    out = gate.clear_people(
        people,
        tables=list(tables),
        domain=DOMAIN,
        policy=POLICY,
        ledger_path=folder / "ledger.sqlite",
        population="p",
        release_id=name,
        fingerprint=name,
        captures=None,
        estimate=False,
        today=TODAY,
        progress=silent,
    )
    return out.tables[0].observations["obs_value"][0].as_py()


@pytest.mark.parametrize(
    ("rows", "tables"),
    [
        pytest.param(ROUND[:-1], [("area",)], id="a record was withdrawn"),
        pytest.param([*ROUND, ("S1", "S")], [("area",)], id="the next round holds one more"),
        pytest.param([*ROUND, *[("N1", "N")] * 25], [("area",)], id="a partner joined"),
        pytest.param(ROUND, [("region",)], id="the same people by geographies that overlap"),
    ],
)
def test_release_that_could_be_taken_from_another_is_charged_in_full_and_ended_by_the_budget(tmp_path, rows, tables):
    released(tmp_path, ROUND, "round 1")
    released(tmp_path, rows, "round 2", tables=tables)

    assert ledger.read_balance(tmp_path / "ledger.sqlite", population="p", policy=POLICY, today=TODAY).spent == 2.0
    with pytest.raises(Refusal) as refused:
        released(tmp_path, ROUND[:50], "round 3")
    assert refused.value.code == "store.over_year"


def advantage_of_a_difference(rng, *, sigmas, draws=40_000):
    """How much oftener than by chance the best guess from a difference tells whether one person was withdrawn."""
    was_withdrawn = rng.integers(0, 2, draws)
    first = noise.add_noise(np.full(draws, 100), sigma=sigmas[0]).values if sigmas[0] else np.full(draws, 100)
    second = noise.add_noise(100 - was_withdrawn, sigma=sigmas[1]).values if sigmas[1] else 100 - was_withdrawn
    guessed = first - second > 0.5
    return np.mean(guessed[was_withdrawn == 1]) - np.mean(guessed[was_withdrawn == 0])


def test_difference_of_two_releases_tells_of_one_person_no_more_than_their_losses_added_up(tmp_path):
    """Total variation is at most sqrt(rho / 2) (Pinsker), with the rho of both releases added up."""
    rng = np.random.default_rng(11)
    rho = budget.rho_of(1.0, delta=1e-6)
    sigma = budget.sigma_of(rho)

    noised = advantage_of_a_difference(rng, sigmas=(sigma, sigma))
    bare = advantage_of_a_difference(rng, sigmas=(0, 0))

    assert noised <= np.sqrt(2 * rho / 2) + 0.02
    assert bare == 1.0, "the attack works where nothing protects"
