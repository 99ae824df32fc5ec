"""What do the two pages of one table show: the table with its picture, and where each of its numbers comes from?"""

from collections.abc import Mapping

from cauce.publish.bars import draw_bars
from cauce.publish.cells import Cell, cells_of
from cauce.publish.derivations import Step, chain_of
from cauce.publish.layouts import Grid, lay_out
from cauce.publish.subjects import Page, Subject
from cauce.publish.wording import Wording, anchor_of
from cauce.standards.cleared import ClearedTable
from cauce.standards.messages import Message

__all__ = ["derivation_pages", "table_page"]

_NUMBERS_A_PAGE = 400
_STEP_NAMES: Mapping[str, Message] = {
    "agreement": Message("Agreement"),
    "file": Message("File"),
    "mapping": Message("Mapping"),
    "linkage": Message("Linkage"),
    "protection": Message("Protection"),
    "code": Message("Code"),
}


def table_page(subject: Subject, table: ClearedTable) -> Page:
    """The page of one table: the table, the picture, what was withheld and why, the downloads.

    In
        subject    Subject
        table      ClearedTable
    Out
        Page
    """
    w, title = subject.wording, subject.title_of(table)
    grid = lay_out(table, subject.labels, w.language)
    cells = cells_of(table)
    values = {
        "grid": grid,
        "down": [subject.labels.field(name, w.language) for name in grid.down] or [w.say("Group")],
        "across": subject.labels.field(grid.across, w.language) if grid.across else "",
        "hrefs": {cell.number: "../" + _derivation_href(table, place, cell) for place, cell in enumerate(cells)},
        "picture": draw_bars(grid),
        "description": _describe(grid, w),
        "withheld": sum(cell.is_withheld for cell in cells),
        "count": len(cells),
        "rule": subject.rule(),
        "notes": table.notes,
        "downloads": subject.files_of(table, up="../../../"),
        "command": f"curl -O ADDRESS/tables/{table.table_id}.csv",
        "citation": subject.citation(title),
        "table_id": table.table_id,
    }
    summary = w.plain("Persons counted once. Each figure leads to its derivation.")
    return Page(f"tables/{table.table_id}.html", "table.html.jinja", title, summary, values)


def derivation_pages(subject: Subject, table: ClearedTable) -> list[Page]:
    """Where the numbers of one table come from: 400 numbers a page, each with a place of its own.

    In
        subject    Subject
        table      ClearedTable
    Out
        pages; the first holds the figures that the domain names first
    """
    cells = cells_of(table)
    title = subject.wording.plain("Where these figures come from: {table}", table=subject.title_of(table))
    chain = [_worded(step) for step in chain_of(table, subject.provenance)]
    starts = range(0, max(1, len(cells)), _NUMBERS_A_PAGE)
    pages = []
    for start in starts:
        values = {
            "chain": chain,
            "cells": [_entry(subject, table, cell) for cell in cells[start : start + _NUMBERS_A_PAGE]],
            "parts": [{"href": "../" + _derivation_path(table, other), "is_this": other == start} for other in starts],
            "table_id": table.table_id,
        }
        summary = subject.wording.plain("The chain, from the signature to the gate")
        pages.append(Page(_derivation_path(table, start), "derivation.html.jinja", title, summary, values))
    return pages


def _describe(grid: Grid, w: Wording) -> str:
    released = [row for row in grid.rows if row.is_released]
    if not released:
        return ""
    largest = max(released, key=lambda row: row.size)
    return w.plain(
        "Bars with their intervals. Rows with figures: {count}. The largest is {name}.",
        count=len(released),
        name=largest.name,
    )


def _entry(subject: Subject, table: ClearedTable, cell: Cell) -> dict[str, object]:
    return {"cell": cell, "anchor": anchor_of(cell.number), "name": subject.name_of(table, cell)}


def _worded(step: Step) -> dict[str, object]:
    return {"name": _STEP_NAMES[step.kind], "sentence": step.sentence}


def _derivation_path(table: ClearedTable, start: int) -> str:
    part = start // _NUMBERS_A_PAGE
    return f"derivations/{table.table_id}{f'.{part + 1}' if part else ''}.html"


def _derivation_href(table: ClearedTable, place: int, cell: Cell) -> str:
    return f"{_derivation_path(table, place - place % _NUMBERS_A_PAGE)}#{anchor_of(cell.number)}"
