"""Does a command that is stopped end at once, say one line, and leave nothing half-written?"""

import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce


def heed_interrupts():
    """A shell's job in the background ignores Ctrl-C, and its children inherit that; nobody who types one does."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(*words):
    """The command at work, its messages in Spanish; ended at the latest with the block."""
    line = [sys.executable, "-m", "cauce", *(str(word) for word in words), "--lang", "es"]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(claim, *, seconds=60):
    ends = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < ends
        time.sleep(0.1)


def read_until(stream, word):
    """What was said until a line holds the word."""
    said = ""
    while word not in said:
        line = stream.readline()
        assert line, said
        said += line
    return said


def test_portal_that_gets_a_term_signal_ends_with_0_and_frees_its_port(demo):
    port = free_port()
    with running("serve", demo[0], "--port", port) as portal:
        wait_until(lambda: answers(port))

        portal.send_signal(signal.SIGTERM)
        out, err = portal.communicate(timeout=30)

    assert portal.returncode == 0, err
    assert "Traceback" not in out + err
    wait_until(lambda: not answers(port), seconds=10)


def test_demo_interrupted_while_it_runs_says_how_to_go_on_and_goes_on(tmp_path):
    hub = tmp_path / "mesa"
    with running("demo", hub, "--people", 200, "--no-serve", "--today", TODAY) as demo:
        said = read_until(demo.stderr, "Armonizando")

        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=60)

    assert demo.returncode == 130, err
    assert f"continúe con `cauce run {hub}`" in err
    assert "Traceback" not in out + said + err
    assert list((hub / "releases").iterdir()) == []
    assert cauce("run", hub, "--json", "--today", TODAY).facts["release"]["id"] == f"{TODAY}.1"


def test_demo_interrupted_while_it_invents_leaves_no_folder_and_may_be_given_again(tmp_path):
    hub = tmp_path / "mesa"
    with running("demo", hub, "--people", 200, "--no-serve", "--today", TODAY) as demo:
        said = read_until(demo.stderr, "Inventando")

        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate(timeout=60)

    assert demo.returncode == 130, err
    assert "Interrumpido" in err
    assert "Traceback" not in out + said + err
    assert not hub.exists()
