"""`kill -9` at every durable step of a release: afterwards it is charged once, whole, and of one draw."""

import hashlib
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cauce.recipes import ask, run_hub
from cauce.standards.progress import silent
from tests.journeys.conftest import TODAY
from tests.killed import finish, kill_at

pytestmark = pytest.mark.slow

LATER = date(2026, 11, 25)
_RENEWED = "epsilon_release = 0.75"
_ALL = 'languages = ["es", "en", "fr", "ar"]'


def ask_a_table(root, day):
    by = ["prs_Citizenship@2", "registered_year"]
    told = ask.ask(Path(root), by=by, where={}, epsilon=0.5, today=day, progress=silent)
    return told.path.read_bytes()


def run_again(root, day):
    done = run_hub.run_hub(Path(root), today=day, rng=np.random.default_rng(1), progress=silent)
    return (done.release.folder / "tables" / "prs_Gender+age_code.csv").read_bytes()


def ledger_of(root):
    """(micro-epsilon of every charge, hashes of what was drawn for them)."""
    with sqlite3.connect(root / "ledger.sqlite") as connection:
        spent = connection.execute("SELECT epsilon_micro FROM entries WHERE kind = 'reserve' ORDER BY 1").fetchall()
        drawn = connection.execute(
            "SELECT content_hash FROM entries WHERE kind = 'commit' AND reserve_id > 0 ORDER BY entry_id"
        ).fetchall()
    return [row[0] for row in spent], [row[0] for row in drawn]


def require_whole_releases(root):
    for folder in (root / "releases").iterdir():
        for line in (folder / "checksums.txt").read_text(encoding="utf-8").splitlines():
            digest, _, name = line.partition("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, (folder.name, name)


@pytest.fixture(params=[ask_a_table, run_again], ids=["ask", "run"])
def command(request):
    return request.param


def test_command_killed_at_any_durable_step_is_charged_once_and_released_whole_of_one_draw(hub, command, tmp_path):
    settings = hub / "hub.toml"
    cost = 500_000
    if command is run_again:
        cost = 750_000
        text = settings.read_text(encoding="utf-8").replace("epsilon_release = 1.0", _RENEWED)
        settings.write_text(text.replace(_ALL, 'languages = ["es"]'), encoding="utf-8")
    charged, drawn = ledger_of(hub)
    released = len(list((hub / "releases").iterdir()))
    whole = shutil.copytree(hub, tmp_path / "whole")
    _, steps = finish(command, whole, date.fromisoformat(TODAY))
    assert ledger_of(whole)[0] == sorted([*charged, cost])
    assert steps >= 12

    for step in range(1, steps + 1):
        killed = shutil.copytree(hub, tmp_path / f"killed-{step}")
        assert kill_at(step, command, killed, date.fromisoformat(TODAY))
        require_whole_releases(killed)
        kept = ledger_of(killed)
        assert kept[0] in (charged, sorted([*charged, cost])), step
        twin = shutil.copytree(killed, tmp_path / f"twin-{step}")

        told, _ = finish(command, killed, LATER)

        require_whole_releases(killed)
        assert ledger_of(killed)[0] == sorted([*charged, cost]), step
        assert ledger_of(killed)[1][: len(kept[1])] == kept[1]
        assert len(ledger_of(killed)[1]) == len(drawn) + 1
        assert len(list((killed / "releases").iterdir())) == released + 1
        if len(kept[1]) > len(drawn):
            assert finish(command, twin, LATER)[0] == told, "the draw that was kept is the one released"
        shutil.rmtree(killed)
        shutil.rmtree(twin)
