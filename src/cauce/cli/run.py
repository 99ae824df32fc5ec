"""`cauce run HUB`: from the agreements to the release, and what changed."""

from collections.abc import Mapping
from pathlib import Path

import click
import numpy as np

from cauce.cli.budget import facts_of_budget, lines_of_budget
from cauce.cli.door import Answer, Door, TextTable, command
from cauce.cli.noise_seed import refuse_seed
from cauce.recipes import hub_budget, run_hub
from cauce.recipes.linked_hub import HubPeople
from cauce.recipes.run_hub import HubRun
from cauce.standards.messages import Message, Speaker

__all__ = ["facts_of", "lines_of", "run"]

_WIDE = 3  # times the lower end: as the page does, one number is then not shown


@command("run", help="From the agreements to the release: run every step, resume, say what changed.", needs_today=True)
@refuse_seed
@click.argument("hub", type=click.Path(path_type=Path))
def run(door: Door, *, hub: Path) -> Answer:
    """Runs a hub and shows one screen of facts."""
    done = run_hub.run_hub(hub, today=door.today, rng=np.random.default_rng(), progress=door.progress)
    left = hub_budget.read_budget(hub, today=door.today)
    return Answer(
        facts_of(done, door.speaker) | {"budget": facts_of_budget(left)},
        [*lines_of(done, door.speaker), *lines_of_budget(left)],
    )


def facts_of(done: HubRun, speaker: Speaker) -> dict[str, object]:
    """The run as CONTRACT's JSON."""
    return {
        "read": {"rows": done.rows_read, "rejected": done.rows_rejected, "partners": list(done.partners)},
        "people": {"count": done.people.count, "linkage": done.people.linkage},
        "hidden": dict(done.hidden) | {"reason": _reason(done.hidden["reason"], speaker)},
        "release": {
            "id": done.release.release_id,
            "tables": done.tables,
            "withheld": done.withheld,
            "epsilon_spent": done.epsilon_spent,
            "epsilon_left": done.epsilon_left,
        },
        "site": str(done.site),
        "changes": [speaker.say(change) for change in done.changes],
    }


def lines_of(done: HubRun, speaker: Speaker) -> list[Message | TextTable | str]:
    """The run as one screen of facts."""
    rows: list[tuple[object, object]] = [
        (Message("Rows read"), done.rows_read),
        (Message("Rows rejected (vault/rejects/)"), done.rows_rejected),
        (Message("People, each counted once (exact: not to leave the vault)"), done.people.count),
        (Message("Linkage"), _linkage(done.people)),
        (Message("Hidden total, as released"), _hidden(done.hidden, speaker)),
        (Message("Release"), done.release.release_id),
        (
            Message("Tables released, with cells withheld"),
            Message("{tables}; {withheld}", tables=done.tables, withheld=done.withheld),
        ),
        (
            Message("Privacy budget spent now, and left"),
            Message("{spent}; {left}", spent=done.epsilon_spent, left=done.epsilon_left),
        ),
    ]
    table = TextTable([Message("What"), Message("How much")], rows)
    return [table, *done.changes, Message("Open {site}", site=str(done.site))]


def _linkage(people: HubPeople) -> Message:
    linkage = people.linkage
    if linkage is None and people.method != "none":
        return Message("within one list only: no second partner's file can be linked")
    if linkage is None:
        return Message("none: fewer than two partners' files can be linked, so each row counts as one person")
    return Message(
        "precision {precision} %, recall {recall} % (estimated)",
        precision=_percent(linkage["precision"]),
        recall=_percent(linkage["recall"]),
    )


def _percent(share: object) -> float:
    return round(100 * float(str(share)), 1)


def _hidden(hidden: Mapping[str, object], speaker: Speaker) -> Message:
    if hidden["status"] != "estimated":
        return Message("not estimable: {reason}", reason=_reason(hidden["reason"], speaker) or "-")
    lower, upper = int(str(hidden["lower"])), int(str(hidden["upper"]))
    if upper >= _WIDE * max(1, lower):
        return Message("between {lower} and {upper}: too wide for one number", lower=lower, upper=upper)
    return Message("{total} (between {lower} and {upper})", total=hidden["total"], lower=lower, upper=upper)


def _reason(reason: object, speaker: Speaker) -> str | None:
    """The reason in the caller's language, where the release keeps it in several."""
    if isinstance(reason, Mapping):
        reason = reason.get(speaker.language) or reason.get("en")
    return None if reason is None else str(reason)
