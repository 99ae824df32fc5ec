"""What does `cauce` do when its words cannot be written, or its port cannot be had?"""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from cauce.cli import run, serve
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message, Speaker


@pytest.mark.parametrize("redirected", ["| true", "> /dev/full", ">&-", "2>&-"])
def test_streams_that_cannot_be_written_end_without_a_traceback(redirected):
    line = f"{sys.executable} -m cauce explain nowhere 1/total --json {redirected}"

    ended = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - our own words

    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


def test_terminal_without_accents_is_written_to_in_utf8():
    told = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}

    ended = subprocess.run(
        [sys.executable, "-m", "cauce", "new", "--help", "--lang", "fr"], env=told, capture_output=True, check=False
    )

    assert ended.returncode == 0
    assert "Écrit" in ended.stdout.decode()


def test_port_that_another_program_has_is_refused():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(Refusal, match="cli.port_taken"):
            serve._check_port(other.getsockname()[1])


@pytest.mark.parametrize(
    ("upper", "shown"), [(299, "150 (between 100 and 299)"), (300, "between 100 and 300: too wide for one number")]
)
def test_hidden_total_is_shown_as_a_range_where_its_ends_are_far_apart(upper, shown):
    hidden = {"status": "estimated", "total": 150, "lower": 100, "upper": upper, "reason": None}

    assert str(run._hidden(hidden, Speaker("en"))) == shown


@pytest.mark.parametrize("reason", ["una lista", {"es": "una lista", "en": "one list"}])
def test_reason_and_changes_are_told_in_the_language_of_the_caller(reason):
    facts = {"status": "not_estimable", "reason": reason}
    done = SimpleNamespace(
        rows_read=1, rows_rejected=0, partners=("a",), people=SimpleNamespace(count=1, linkage=None), hidden=facts,
        release=SimpleNamespace(release_id="2026-11-22.1"), tables=1, withheld=0, epsilon_spent=1.0, epsilon_left=2.0,
        site="x", changes=(Message("New release {release}", release="2026-11-22.1"),),
    )  # fmt: skip

    told = run.facts_of(done, Speaker("es"))

    assert told["hidden"]["reason"] == "una lista"
    assert "release" not in told["changes"][0]


def test_interrupt_that_is_lost_while_an_object_is_cleared_away_is_given_again():
    program = """
import signal, time
from cauce.cli import family, main

class Cleared:
    def __del__(self):
        raise KeyboardInterrupt

def work(given):
    Cleared()
    time.sleep(20)

family.run = work
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
main.main(["demo"])
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=15, check=False)

    assert (ended.returncode, ended.stderr) == (130, "Interrupted.\n")
