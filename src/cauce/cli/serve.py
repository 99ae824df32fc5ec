"""`cauce serve HUB`: starts the web door as a process of its own, on this machine only."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType

import click

from cauce.cli.door import Answer, Door, command
from cauce.recipes import served_hub
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["DEFAULT_PORT", "serve", "serve_until_interrupted"]

DEFAULT_PORT = 8_000


@command("serve", help="Serve the portal of a hub's releases.")
@click.argument("hub", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65_535), default=DEFAULT_PORT, help="Port on this machine.")
def serve(door: Door, *, hub: Path, port: int) -> Answer:
    """Serves until Ctrl-C."""
    return serve_until_interrupted(door, hub, port=port)


def serve_until_interrupted(door: Door, hub: Path, *, port: int) -> Answer:
    """Runs granian with the web door's application and the hub's folder of releases, nothing else of the hub."""
    releases = served_hub.releases_to_serve(hub)
    _check_port(port)
    address = f"http://127.0.0.1:{port}/"
    told = Message("The portal is at {address} (Ctrl-C ends it)", address=address)
    if door.is_json:
        door.asides.print(door.speaker.say(told), highlight=False, soft_wrap=True)
    else:
        door.say(told)
    code, was_stopped = _wait(_started(releases, port=port))
    if code and not was_stopped:
        raise Refusal(
            "cli.serve_failed",
            found="The portal ended by itself with the code {exit_code}",
            wanted="a portal that serves until Ctrl-C",
            remedy="Try another port with --port",
            exit_code=str(code),
        )
    return Answer({"address": address, "ended": 0})


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            raise Refusal(
                "cli.port_taken",
                found="Port {port} of this machine cannot be used: another program has it, or it is reserved",
                wanted="a free port",
                remedy="Give another one with --port",
                port=str(port),
            ) from refused


def _started(releases: Path, *, port: int) -> "subprocess.Popen[bytes]":
    line = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    told = os.environ | {"CAUCE_RELEASES": str(releases)}
    return subprocess.Popen(
        [*line, "--no-access-log", "--log-level", "error", "--blocking-threads", "8", "cauce.web.wsgi:application"],
        env=told,
        stdout=sys.stderr.fileno(),
    )


def _wait(process: "subprocess.Popen[bytes]") -> tuple[int, bool]:
    """The exit code of the portal, and whether somebody stopped it with Ctrl-C or a TERM signal."""
    stops: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stops.append(number)
        process.terminate()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return process.wait(), bool(stops)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
