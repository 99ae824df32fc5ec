"""`cauce encode FILE`: a file's names as tokens, at the partner's own place."""

from pathlib import Path

import click
import numpy as np

from cauce.cli.door import Answer, Door, command
from cauce.recipes.encode_file import encode_file
from cauce.recipes.read_names import read_roles
from cauce.standards.messages import Message

__all__ = ["encode"]


@command("encode", help="Encode a file's names with the partners' key, for linking without names.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--on", "on", required=True, help="Columns by role: given_name=COL,surname=COL,birth_date=COL[,sex=COL].")
@click.option(
    "--key", "key", required=True, type=click.Path(path_type=Path), help="File with at least 32 secret bytes."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write; it names nobody.")
def encode(door: Door, *, file: Path, on: str, key: Path, out: Path) -> Answer:
    """Encodes, and says how much was written."""
    roles = read_roles(on)
    done = encode_file(file, roles=roles, key_path=key, out=out, rng=np.random.default_rng(), progress=door.progress)
    facts: dict[str, object] = {"records": done.records, "tokens": done.tokens, "persons": done.persons}
    made = {"key_id": done.key_id, "encoding": done.encoding}
    lines = [
        Message("{records} records became {tokens} tokens in {file}", file=out.name, **facts),
        Message("Give {file} to whoever links; keep the key away from her", file=out.name),
    ]
    if done.persons < done.records:
        lines.append(Message("The list holds {persons} persons: some are in it more than once", persons=done.persons))
    lines.append(Message("The agreement may name the key as {key_id} and the encoding as {encoding}", **made))
    return Answer(facts | made, lines)
