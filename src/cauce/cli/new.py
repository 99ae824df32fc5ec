"""`cauce new DIR`: an empty hub."""

from pathlib import Path

import click

from cauce.cli.door import Answer, Door, command
from cauce.recipes import new_hub
from cauce.standards.messages import Message

__all__ = ["new"]


@command("new", help="Found an empty hub.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(door: Door, *, folder: Path) -> Answer:
    """Founds a hub and says what comes next."""
    hub = new_hub.new_hub(folder)
    return Answer(
        {"hub": str(hub.root)},
        [
            Message("A hub was founded in {folder}", folder=str(hub.root)),
            Message("Next: edit hub.toml, then `cauce add {folder} FILE --partner NAME`", folder=str(folder)),
        ],
    )
