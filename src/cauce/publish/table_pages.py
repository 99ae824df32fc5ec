"""What does the page of one table show: the table with its picture, what was withheld and why, the downloads?"""

from cauce.publish.bars import draw_bars
from cauce.publish.cells import cells_of
from cauce.publish.derivation_pages import table_derivation_href
from cauce.publish.layouts import Grid, lay_out
from cauce.publish.subjects import Page, Subject
from cauce.publish.wording import Wording
from cauce.standards.cleared import ClearedTable

__all__ = ["table_page"]


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
        "hrefs": {
            cell.number: "../" + table_derivation_href(table, place=place, cell=cell)
            for place, cell in enumerate(cells)
        },
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
