"""Which releases of a hub are of what it holds now, and which tables that were asked for are of older data?

A release is of what the hub holds now where it was made under the fingerprint of its newest run. A table of older data
stays as it is; asked again, it is drawn anew and charged, as `cauce run` makes a new release of new data.
"""

from cauce.protect import asking
from cauce.standards.messages import Message
from cauce.store import released_figures, releases, steps
from cauce.store.releases import StoredRelease
from cauce.store.workspace import Hub

__all__ = ["current_releases", "fingerprint_of", "tell_older"]


def fingerprint_of(run: str, question: asking.Question) -> str:
    """Of a table on demand: what the run was made of, and the question with its cost.

    In
        run        fingerprint of the run
        question   with its cost
    Out
        str   the same whatever the order of fields and conditions
    """
    return steps.fingerprint_of(run=run, by=sorted(question.by), where=sorted(question.where), epsilon=question.epsilon)


def current_releases(hub: Hub, run: str) -> frozenset[str]:
    """The releases made of what the hub holds now: by `cauce run`, or asked for since.

    In
        hub   the hub
        run   fingerprint of its newest run
    Out
        names of releases
    """
    return frozenset(one.release_id for one in releases.list_releases(hub) if _is_current(hub, one, run=run))


def tell_older(hub: Hub, run: str) -> list[Message]:
    """A sentence for each table that was asked for and is, in every release that holds it, of older data.

    In
        hub   the hub
        run   fingerprint of its newest run
    Out
        messages, oldest first
    """
    newest: dict[tuple[frozenset[str], frozenset[tuple[str, str]]], StoredRelease] = {}
    for release in releases.list_releases(hub):
        question = _asked(release)
        if question is not None:
            newest[frozenset(question.by), frozenset(question.where)] = release
    current = current_releases(hub, run)
    held = {
        frozenset(table["by"])
        for release in releases.list_releases(hub)
        if release.release_id in current and _asked(release) is None
        for table in release.facts["tables"]
    }
    return [
        Message(
            "The table {table} of release {release}, asked for on {day}, is of older data: ask for it again to renew "
            "it",
            table=str(release.facts["tables"][0]["id"]),
            release=release.release_id,
            day=release.facts["issued"],
        )
        for (by, where), release in newest.items()
        if release.release_id not in current and (where or by not in held)
    ]


def _is_current(hub: Hub, release: StoredRelease, *, run: str) -> bool:
    made_of = releases.fingerprint_of_release(hub, release.release_id)
    question = None if made_of == run else _asked(release)
    return made_of == run or (question is not None and made_of == fingerprint_of(run, question))


def _asked(release: StoredRelease) -> asking.Question | None:
    """The question that a release answers; None where it is one of `cauce run`, which always holds the total."""
    tables = release.facts["tables"]
    if len(tables) != 1 or not tables[0]["by"]:
        return None
    where = released_figures.conditions_of(release)
    by = tuple(name for name in tables[0]["by"] if name not in where)
    return asking.Question(by, tuple(where.items()), release.facts["epsilon"])
