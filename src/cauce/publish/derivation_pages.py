"""Where do the numbers of a table, or the hidden total, come from: a page with a place for each, and the way to it?"""

from collections.abc import Mapping, Sequence

from cauce.publish import estimates
from cauce.publish.cells import Cell, cells_of
from cauce.publish.derivations import HIDDEN_TOTAL, Step, chain_of, chain_of_estimate
from cauce.publish.subjects import Page, Subject
from cauce.publish.wording import anchor_of
from cauce.standards.cleared import ClearedEstimate, ClearedTable
from cauce.standards.messages import Message

__all__ = ["estimate_derivation_href", "estimate_derivation_page", "table_derivation_href", "table_derivation_pages"]

_NUMBERS_A_PAGE = 400
_STEP_NAMES: Mapping[str, Message] = {
    "agreement": Message("Agreement"),
    "file": Message("File"),
    "mapping": Message("Mapping"),
    "linkage": Message("Linkage"),
    "protection": Message("Protection"),
    "invariant": Message("Published elsewhere"),
    "estimation": Message("Estimation"),
    "code": Message("Code"),
}


def table_derivation_pages(subject: Subject, table: ClearedTable) -> list[Page]:
    """Where the numbers of one table come from: 400 numbers a page, each with a place of its own.

    In
        subject    Subject
        table      ClearedTable
    Out
        pages; the first holds the figures that the domain names first
    """
    cells = cells_of(table)
    title = subject.wording.plain("Where these figures come from: {table}", table=subject.title_of(table))
    chain = chain_of(table, subject.provenance)
    starts = range(0, max(1, len(cells)), _NUMBERS_A_PAGE)
    pages = []
    for start in starts:
        shown = cells[start : start + _NUMBERS_A_PAGE]
        values = {
            "back": {"href": f"tables/{table.table_id}.html", "name": subject.wording.say("Back to the table")},
            "entries": [_entry(cell, subject.name_of(table, cell)) for cell in shown],
            "parts": [{"href": "../" + _path(table.table_id, other), "is_this": other == start} for other in starts],
            "table_id": table.table_id,
        }
        pages.append(_page(subject, _path(table.table_id, start), title=title, chain=chain, values=values))
    return pages


def estimate_derivation_page(subject: Subject, estimate: ClearedEstimate) -> Page:
    """Where the hidden total and the figure of each method come from.

    In
        subject     Subject
        estimate    ClearedEstimate
    Out
        one page
    """
    w, is_wide = subject.wording, estimates.is_range(estimate)
    total, *methods = estimates.cells_of_estimate(estimate)
    named = [
        (total, w.plain("With those nobody saw")),
        *((cell, estimates.name_of_method(cell.number, w)) for cell in methods),
    ]
    values = {
        "back": {"href": "index.html#hidden", "name": w.say("Back to the overview")},
        "entries": [_entry(cell, name, is_range=is_wide and cell is total) for cell, name in named],
        "parts": [],
        "table_id": HIDDEN_TOTAL,
    }
    title = w.plain("Where these figures come from: {table}", table=w.plain("The hidden total"))
    chain = chain_of_estimate(estimate, subject.provenance)
    return _page(subject, _path(HIDDEN_TOTAL, 0), title=title, chain=chain, values=values)


def table_derivation_href(table: ClearedTable, *, place: int, cell: Cell) -> str:
    """The way from the site's folder of a language to the place of a table's number.

    In
        table    ClearedTable
        place    of the cell within the table's domain
        cell     the number
    Out
        relative address with its anchor
    """
    return f"{_path(table.table_id, place - place % _NUMBERS_A_PAGE)}#{anchor_of(cell.number)}"


def estimate_derivation_href(number: str) -> str:
    """The way from the site's folder of a language to the place of a number of the hidden total.

    In
        number    "total", or the code of a method
    Out
        relative address with its anchor

    >>> estimate_derivation_href("total")
    'derivations/hidden_total.html#n-total'
    """
    return f"{_path(HIDDEN_TOTAL, 0)}#{anchor_of(number)}"


def _page(subject: Subject, path: str, *, title: str, chain: Sequence[Step], values: Mapping[str, object]) -> Page:
    worded = [{"name": _STEP_NAMES[step.kind], "sentence": step.sentence} for step in chain]
    summary = subject.wording.plain("The chain, from the signature to the gate")
    return Page(path, "derivation.html.jinja", title, summary, {"chain": worded, **values})


def _entry(cell: Cell, name: str, *, is_range: bool = False) -> dict[str, object]:
    return {"cell": cell, "anchor": anchor_of(cell.number), "name": name, "is_range": is_range}


def _path(table_id: str, start: int) -> str:
    part = start // _NUMBERS_A_PAGE
    return f"derivations/{table_id}{f'.{part + 1}' if part else ''}.html"
