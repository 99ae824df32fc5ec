"""`cauce serve HUB`: starts the web door as a process of its own, on this machine only."""

import os
import subprocess
import sys
from pathlib import Path

import click

from cauce.cli.door import Answer, Door, command
from cauce.recipes import served_hub
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
    address = f"http://127.0.0.1:{port}/"
    door.say(Message("The portal is at {address} (Ctrl-C ends it)", address=address))
    line = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    told = os.environ | {"CAUCE_RELEASES": str(releases)}
    process = subprocess.Popen(
        [*line, "--no-access-log", "--log-level", "error", "--blocking-threads", "8", "cauce.web.wsgi:application"],
        env=told,
    )
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        code = process.wait()
    return Answer({"address": address, "ended": code})
