"""What do the pages that every release has show: overview, methods, downloads, release? The values templates draw."""

from collections.abc import Sequence

from cauce.publish.cells import Cell, cells_of
from cauce.publish.derivation_pages import estimate_derivation_href, table_derivation_href
from cauce.publish.derivations import chain_of
from cauce.publish.estimates import cells_of_estimate, is_range, show_estimate
from cauce.publish.record_pages import RECORDS_PATH
from cauce.publish.subjects import Page, Subject
from cauce.standards.cleared import ClearedEstimate, ClearedTable
from cauce.standards.messages import Message

__all__ = ["SECTIONS", "general_pages"]

SECTIONS = (
    ("index.html", Message("Overview")),
    ("methods.html", Message("Methods")),
    ("downloads.html", Message("Downloads")),
    ("release.html", Message("This release")),
)
_PROMISE = "Each person counted once, across the partners' records; each figure with its interval and its origin."


def general_pages(subject: Subject) -> list[Page]:
    """Overview, methods, downloads and release: the pages that every release has.

    In
        subject    Subject
    Out
        four pages
    """
    return [_overview(subject), _methods(subject), _downloads(subject), _release(subject)]


def _overview(subject: Subject) -> Page:
    w, release = subject.wording, subject.release
    cells = cells_of_estimate(release.estimate) if release.estimate else ()
    values = {
        "facts": _overview_facts(subject),
        "people_hrefs": _people_hrefs(release.tables),
        "hidden_hrefs": {cell.number: estimate_derivation_href(cell.number) for cell in cells},
        "promise": w.say(_PROMISE),
        "tables": subject.tables(),
        "estimate": show_estimate(release.estimate, w),
        "citation": subject.citation(),
    }
    summary = w.plain(
        "Each person counted once, across the partners' records; each figure with its interval and its origin."
    )
    return Page("index.html", "overview.html.jinja", w.plain("Overview"), summary, values)


def _people_hrefs(tables: Sequence[ClearedTable]) -> list[str]:
    """Where the number of people comes from, in the releases that tell it."""
    totals = [(table, cell) for table in tables if not table.by for cell in cells_of(table)]
    return [table_derivation_href(table, place=0, cell=cell) for table, cell in totals]


def _overview_facts(subject: Subject) -> list[dict[str, object]]:
    w, release = subject.wording, subject.release
    totals = [(table, cell) for table in release.tables if not table.by for cell in cells_of(table)]
    return [
        *(_counted(subject, table, cell) for table, cell in totals if cell.is_released),
        *([_hidden(subject, release.estimate)] if release.estimate else []),
        {"name": w.say("Tables"), "value": w.number(len(release.tables)), "interval": "", "href": "#tables"},
    ]


def _counted(subject: Subject, table: ClearedTable, cell: Cell) -> dict[str, object]:
    w = subject.wording
    interval = "" if cell.lower is None or cell.upper is None else w.interval(cell.lower, cell.upper)
    return {
        "name": w.say("Persons, counted once"),
        "value": w.number(cell.value or 0),
        "interval": interval,
        "href": table_derivation_href(table, place=0, cell=cell),
    }


def _hidden(subject: Subject, estimate: ClearedEstimate) -> dict[str, object]:
    w = subject.wording
    told: dict[str, object] = {"name": w.say("With those nobody saw"), "interval": ""}
    told["href"] = estimate_derivation_href("total")
    if estimate.total is None or estimate.lower is None or estimate.upper is None:
        return told | {"value": w.say("Not estimable")}
    interval = w.interval(estimate.lower, estimate.upper)
    if is_range(estimate):
        return told | {"value": interval}
    return told | {"value": w.number(estimate.total), "interval": interval}


def _methods(subject: Subject) -> Page:
    w, release = subject.wording, subject.release
    steps = chain_of(release.tables[0], subject.provenance) if release.tables else ()
    values = {
        "linkage": next((step.sentence for step in steps if step.kind == "linkage"), None),
        "is_private": release.policy == "differential-privacy",
        "epsilon": release.epsilon,
        "delta": f"{release.delta:.0e}",
        "epsilon_left": release.epsilon_left,
        "rule": subject.rule(),
        "estimate": show_estimate(release.estimate, w),
    }
    title = w.plain("How the figures are made")
    return Page("methods.html", "methods.html.jinja", title, w.plain("How people are protected"), values)


def _downloads(subject: Subject) -> Page:
    w = subject.wording
    paths = ["release.json", "provenance.json", "datapackage.json"]
    paths += [path for path in subject.sizes if path.startswith("records/")]
    first = subject.release.tables[0].table_id if subject.release.tables else "F"
    values = {
        "tables": subject.tables(),
        "files": [subject.file(path, up="../../", name=path) for path in paths],
        "command": f"curl -O ADDRESS/tables/{first}.csv",
        "records": _records(subject),
    }
    return Page("downloads.html", "downloads.html.jinja", w.plain("Downloads"), w.plain("The whole release"), values)


def _records(subject: Subject) -> dict[str, object] | None:
    records = subject.release.records
    if records is None:
        return None
    return {"rows": records.rows.num_rows, "page": RECORDS_PATH}


def _release(subject: Subject) -> Page:
    w, release, imprint = subject.wording, subject.release, subject.imprint
    facts = [
        {"name": w.say("Issued"), "value": w.day(imprint.issued)},
        {"name": w.say("Budget spent (epsilon)"), "value": w.number(release.epsilon)},
        {"name": w.say("Budget left (epsilon)"), "value": w.number(release.epsilon_left)},
    ]
    if release.lasts_until is not None:
        facts.append({"name": w.say("At the pace so far, it lasts until"), "value": str(release.lasts_until)})
    title = w.plain("Release {id}", id=imprint.release_id)
    hidden = release.estimate.epsilon if release.estimate else 0.0
    values = {"facts": facts, "tables": subject.tables(), "hidden_cost": hidden, "citation": subject.citation()}
    return Page("release.html", "release.html.jinja", title, w.plain("What each table cost"), values)
