"""The ledger between processes: two that spend at once, and one that is killed at each of its steps."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.killed import finish, forked, kill_at

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import ledger

POLICY = Policy(epsilon_total=1.0, epsilon_year=1.0, epsilon_release=1.0)
TODAY = date(2026, 11, 22)
ASKED = ledger.Charge(
    population="p", release_id="r", fingerprint="one", purpose="tables", epsilon=0.6, delta=1e-6, day=TODAY
)


def ask_each(folder, name, tries, barrier, answers):
    """Asks 0.6 of each of many fresh ledgers, at the same moment as the other process."""
    won = []
    for attempt in range(tries):
        barrier.wait()
        try:
            ledger.reserve(Path(folder) / f"{attempt}.sqlite", replace(ASKED, fingerprint=name), policy=POLICY)
            won.append(True)
        except Refusal as refused:
            won.append(refused.code)
    answers.put(won)


def race(folder, tries):
    barrier, answers = forked.Barrier(2), forked.Queue()
    racers = [forked.Process(target=ask_each, args=(str(folder), name, tries, barrier, answers)) for name in "ab"]
    for racer in racers:
        racer.start()
    both = [answers.get(timeout=600) for _ in racers]
    for racer in racers:
        racer.join()
    return list(zip(*both, strict=True))


@pytest.mark.parametrize("tries", [50, pytest.param(1_000, marks=pytest.mark.slow)])
def test_two_processes_that_ask_0_6_of_1_0_at_once_have_exactly_one_winner(tmp_path, tries):
    answers = race(tmp_path, tries)

    assert len(answers) == tries
    assert {frozenset(pair) for pair in answers} == {frozenset({True, "store.over_year"})}
    for attempt in range(tries):
        path = tmp_path / f"{attempt}.sqlite"
        assert ledger.read_balance(path, population="p", policy=POLICY, today=TODAY).spent == 0.6


def release(path, draw):
    """A whole release in small: charge, draw, keep; returns the draw that counts."""
    reservation = ledger.reserve(Path(path), ASKED, policy=POLICY)
    return ledger.commit(Path(path), reservation, reservation.content or draw)


def test_ledger_killed_at_any_step_is_charged_once_and_keeps_its_first_draw(tmp_path):
    drawn, steps = finish(release, tmp_path / "whole.sqlite", b"first")
    assert drawn == b"first" and steps >= 6

    for step in range(1, steps + 1):
        path = tmp_path / f"{step}.sqlite"
        assert kill_at(step, release, path, b"first")
        kept = ledger.contents_of(path, population="p", purpose="tables")
        spent = ledger.read_balance(path, population="p", policy=POLICY, today=TODAY).spent

        assert release(path, b"second") == (kept[0] if kept else b"second")
        assert spent in (0.0, 0.6) and (spent or not kept)
        assert ledger.read_balance(path, population="p", policy=POLICY, today=TODAY).spent == 0.6
        assert ledger.verify_chain(path)
