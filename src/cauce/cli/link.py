"""`cauce link FILE FILE ...`: who of one list is who of another."""

from collections.abc import Mapping
from pathlib import Path

import click
import numpy as np

from cauce.cli.door import Answer, Door, command
from cauce.recipes.join_lists import Method
from cauce.recipes.link_files import Agreed, Share, link_files
from cauce.recipes.read_names import read_roles
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["link"]

_LEFT_OUT_OF_CLEAR_TEXT = ("sex", "place")


@command("link", help="Link the people of two or more files.", needs_today=True)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--clear", "is_clear", is_flag=True, help="The files hold names, not tokens.")
@click.option("--on", "on", help="With --clear, columns by role: given_name=COL,surname=COL,birth_date=COL.")
@click.option("--all", "everything", is_flag=True, help="Write pairs below the threshold too.")
@click.option("--hub", type=click.Path(path_type=Path), help="Hub whose agreements the lists must keep to.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="CSV of pairs to write.")
def link(
    door: Door,
    *,
    files: tuple[Path, ...],
    is_clear: bool,
    on: str | None,
    everything: bool,
    hub: Path | None,
    out: Path,
) -> Answer:
    """Links, and says how good the linkage is as far as it can tell."""
    if is_clear != (on is not None):
        raise Refusal(
            "link.clear_needs_columns",
            found="One of --clear and --on was given without the other",
            wanted="both for files with names, neither for encodings",
            remedy="Write --clear --on given_name=COLUMN,surname=COLUMN,birth_date=COLUMN",
        )
    roles = read_roles(on) if on is not None else None
    done = link_files(
        files,
        clear=roles,
        everything=everything,
        out=out,
        agreed=Agreed(hub, door.today) if hub else None,
        rng=np.random.default_rng(),
        progress=door.progress,
    )
    within = _compared_within_lists(roles or {}, done.method)
    facts = {
        "pairs": done.pairs,
        "precision": round(done.precision.value, 4),
        "recall": round(done.recall.value, 4),
        "precision_interval": _interval(done.precision),
        "recall_interval": _interval(done.recall),
        "persons": done.persons,
        "compared_within_lists": within,
        "method": done.method,
    }
    return Answer(facts, [*_lines(done.pairs, precision=done.precision, recall=done.recall, out=out), *_tell(within)])


def _compared_within_lists(roles: Mapping[str, str], method: Method) -> list[str]:
    """The roles asked for that clear text does not compare between lists."""
    return [role for role in _LEFT_OUT_OF_CLEAR_TEXT if role in roles and method == "splink-clear-text"]


def _tell(within: list[str]) -> list[Message]:
    if not within:
        return []
    return [
        Message(
            "Only within each list: {roles}. Between lists whose names are shown, names and birth dates are compared",
            roles=", ".join(within),
        )
    ]


def _interval(share: Share) -> list[float]:
    return [round(float(share.lower), 4), round(float(share.upper), 4)]


def _lines(pairs: int, *, precision: Share, recall: Share, out: Path) -> list[Message]:
    written = Message("{pairs} pairs in {file}", pairs=pairs, file=out.name)
    if not pairs:
        return [written, Message("No pair of records is likely enough to be one person")]
    return [
        written,
        Message(
            "Estimated without labels: {precision} % of these links are true, {recall} % of the true links are here",
            precision=round(100 * precision.value, 1),
            recall=round(100 * recall.value, 1),
        ),
    ]
