"""May one more table of a hub leave, at what cost, and if not, which is the finest that may? `cauce ask`.

The answer is settled from public facts before anything of a person is read, so that being refused, the time it takes
and the words tell nothing; then the table is charged, drawn and stored as a release of its own. A table of the same
data that was released before is given again and costs nothing; one of older data is drawn anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cauce.protect import asking
from cauce.recipes import asked_hub, deliver_table, run_hub, wider_labels
from cauce.recipes.asked_hub import AskedHub
from cauce.standards.messages import Message, Speaker
from cauce.standards.progress import Progress
from cauce.store import charged_releases, released_figures, releases, vault, workspace
from cauce.store.releases import StoredRelease

__all__ = ["Asked", "ask", "describe", "typed"]

_NIL = 1e-9


@dataclass(frozen=True)
class Asked:
    """What came of asking: where the table is and what it cost now, or why not and the finest one instead."""

    hub: AskedHub
    delivered: bool
    path: Path | None
    cost: float
    reason: Message
    finest: asking.Question | None
    finest_cost: float | None


def ask(
    root: Path,
    *,
    by: Sequence[str],
    where: Mapping[str, str],
    epsilon: float | None,
    today: date,
    progress: Progress,
) -> Asked:
    """One more table through the gate, or the finest safe one instead.

    In
        root       folder of the hub
        by         fields of the table; `age_code@1` is one by wider categories
        where      field -> code: only people with this code
        epsilon    offered; None for the least that is worth it
        today      day of the release
        progress   told of every step
    Out
        Asked
    Refuses
        ask.*, agree.*, store.other_policy   see `asked_hub.open_asked`
        store.over_*                                              the ledger has no budget for it
    """
    hub = workspace.open_hub(root)
    shown = tuple(name for name in dict.fromkeys(by) if name not in where)
    question = asking.Question(shown, tuple(where.items()), epsilon)
    with vault.locked(hub, progress=progress):
        charged_releases.refuse_lost(hub)
        asked = asked_hub.open_asked(hub, question.columns, where=where, today=today)
        before = _released(asked, question)
        if before is not None:
            return before
        paid = deliver_table.find_paid(asked, question)
        known = asked_hub.public_figures(asked)
        verdict = asking.judge(question, known)
        if paid is None and verdict.cost is None:
            return _older(asked, question) or _refused(asked, question, verdict, known=known)
        agreed = paid or replace(question, epsilon=verdict.cost)
        delivered = deliver_table.deliver_table(asked, agreed, progress=progress)
        reason = _delivered(asking.judge(agreed, replace(known, affordable=agreed.epsilon or 0.0)))
        return Asked(asked, True, delivered.path, delivered.cost, reason, None, None)


def _released(asked: AskedHub, question: asking.Question) -> Asked | None:
    """This very table where a release of the same data holds it, for everybody and at the cost offered or more."""
    held = _held(asked, question, within=asked.current)
    if held is None or (question.epsilon is not None and _cost_of(*held) < question.epsilon - _NIL):
        return None
    path, release = held
    told = Message(
        "Release {release} of {day} holds this table already", release=release.release_id, day=release.facts["issued"]
    )
    return Asked(asked, True, path, 0.0, told, None, None)


def _older(asked: AskedHub, question: asking.Question) -> Asked | None:
    """This very table, of older data, where no cost that may be spent now would renew it and none was offered."""
    held = _held(asked, question, within=None) if question.epsilon is None else None
    if held is None:
        return None
    path, release = held
    told = Message(
        "Release {release} of {day} holds this table, of older data; it cannot be renewed with what may be spent now",
        release=release.release_id,
        day=release.facts["issued"],
    )
    return Asked(asked, True, path, 0.0, told, None, None)


def _held(
    asked: AskedHub, question: asking.Question, *, within: frozenset[str] | None
) -> tuple[Path, StoredRelease] | None:
    """The newest file of a table of all people, and its release."""
    found = None if question.where else released_figures.newest_table(asked.hub, question.columns, within=within)
    return (found[0], releases.open_release(asked.hub, found[0].parent.parent.name)) if found else None


def _cost_of(path: Path, release: StoredRelease) -> float:
    return next(float(table["epsilon"]) for table in release.facts["tables"] if table["id"] == path.stem)


def _delivered(verdict: asking.Verdict) -> Message:
    return Message(
        "Of every 100 people in it, about {visible} should stand in figures large enough to be shown",
        visible=round(100 * verdict.visible),
    )


def _refused(
    asked: AskedHub, question: asking.Question, verdict: asking.Verdict, *, known: asking.PublicFigures
) -> Asked:
    found = asking.find_finest(question, known)
    finest, cost = (found[0], found[1].cost) if found else (None, None)
    return Asked(asked, False, None, 0.0, _reason(question, verdict, known=known), finest, cost)


def _reason(question: asking.Question, verdict: asking.Verdict, *, known: asking.PublicFigures) -> Message:
    if known.affordable <= 0:
        return Message("Nothing is left of the budget that may be spent now")
    if question.epsilon is not None and question.epsilon > known.affordable:
        return Message(
            "It would cost epsilon {asked}, and {left} may be spent now",
            asked=question.epsilon,
            left=round(known.affordable, 6),
        )
    most, visible = round(min(known.affordable, asking.most_of(question)), 6), round(100 * verdict.visible)
    if visible < 1:
        return Message(
            "The table is too fine: even for epsilon {most}, the noise would drown nearly all of its {cells} figures",
            most=most,
            cells=verdict.cells,
        )
    return Message(
        "The table is too fine: even for epsilon {most}, the noise would drown most of its {cells} figures, "
        "and the others would hold only about {visible} of every 100 people",
        most=most,
        cells=verdict.cells,
        visible=visible,
    )


def describe(asked: AskedHub, question: asking.Question, speaker: Speaker) -> str:
    """A table in the words of the pages: its fields, then the conditions.

    In
        asked      the hub
        question   the table
        speaker    of the reader's language
    Out
        "Nationality × Year of registration; only Gender: Feminine"
    """
    names = wider_labels.add_wider_labels(run_hub.labels_of(asked.pack), asked.made_of, pack=asked.pack)
    language = speaker.language
    fields = " × ".join(names.field(name, language) for name in question.by) or speaker.say(Message("All people"))
    if not question.where:
        return fields
    held = [f"{names.field(name, language)}: {names.code(name, code, language)}" for name, code in question.where]
    return speaker.say(Message("{fields}; only {conditions}", fields=fields, conditions=", ".join(held)))


def typed(question: asking.Question) -> str:
    """A table as it is typed after `cauce ask HUB`.

    >>> typed(asking.Question(("age_code@1",), (("prs_Gender", "Feminine"),)))
    '--by age_code@1 --where prs_Gender=Feminine'
    """
    by = question.by or tuple(name for name, _ in question.where)
    return " ".join([f"--by {','.join(by)}", *(f"--where {name}={code}" for name, code in question.where)])
