"""`cauce encode FILE`: a file's names as tokens, at the partner's own place."""

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from cauce.cli.door import Answer, Door, command
from cauce.recipes.encode_file import EncodedFile, encode_file
from cauce.recipes.read_names import read_roles
from cauce.standards.messages import Message

__all__ = ["encode"]

_SHOWN = 10


@command("encode", help="Encode a file's names with the partners' key, for linking without names.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--on",
    "on",
    required=True,
    help="Columns by role: given_name=COL,surname=COL,birth_date=COL[,sex=COL][,place=COL].",
)
@click.option(
    "--key", "key", required=True, type=click.Path(path_type=Path), help="File with at least 32 secret bytes."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write; it names nobody.")
def encode(door: Door, *, file: Path, on: str, key: Path, out: Path) -> Answer:
    """Encodes, and says how much was written."""
    roles = read_roles(on)
    done = encode_file(file, roles=roles, key_path=key, out=out, rng=np.random.default_rng(), progress=door.progress)
    facts: dict[str, object] = {"records": done.records, "tokens": done.tokens, "persons": done.persons}
    lacking: dict[str, object] = {"nameless": done.nameless, "undated": done.undated, "unread_dates": len(done.unread)}
    lacking |= {"unread_sexes": len(done.unread_sexes), "unread_places": len(done.unread_places)}
    lacking["numbers_in_order"] = done.is_in_order
    made = {"key_id": done.key_id, "encoding": done.encoding}
    lines = [
        Message("{records} records became {tokens} tokens in {file}", file=out.name, **facts),
        Message("Give {file} to whoever links; keep the key away from her", file=out.name),
    ]
    if done.persons < done.records:
        lines.append(Message("The list holds {persons} persons: some are in it more than once", persons=done.persons))
    lines += _tell_lacking(done)
    lines.append(Message("The agreement may name the key as {key_id} and the encoding as {encoding}", **made))
    return Answer(facts | lacking | made, lines)


def _tell_lacking(done: EncodedFile) -> list[Message]:
    lines = []
    if done.is_in_order:
        lines.append(
            Message("The numbers of the records run as their names or dates do: number them anew in any order")
        )
    if done.nameless:
        lines.append(Message("{count} records have no name: nobody will find them", count=done.nameless))
    if done.undated:
        lines.append(
            Message(
                "{count} records have no birth date to read: they are found only by a name that nobody else has",
                count=done.undated,
            )
        )
    if done.unread:
        lines.append(
            Message(
                "In {count} of them something else stands there (records {numbers} of the file, from the top)",
                **_count_and_show(done.unread),
            )
        )
    if done.unread_sexes:
        lines.append(
            Message(
                "{count} records have a sex that cannot be read (records {numbers} of the file, from the top)",
                **_count_and_show(done.unread_sexes),
            )
        )
    if done.unread_places:
        lines.append(
            Message(
                "{count} records have a place that cannot be read (records {numbers} of the file, from the top)",
                **_count_and_show(done.unread_places),
            )
        )
    return lines


def _count_and_show(numbers: Sequence[int]) -> dict[str, object]:
    shown = ", ".join(str(number) for number in numbers[:_SHOWN])
    return {"count": len(numbers), "numbers": shown + (", ..." if numbers[_SHOWN:] else "")}
