"""`cauce verify`: published value, ours, difference, source; the five-minute proof for a sceptic."""

import math
from collections.abc import Sequence
from itertools import groupby

from babel.numbers import format_decimal
from rich.markup import escape
from rich.table import Table

from cauce.cli.door import DONE, FINDINGS, Answer, Door, command
from cauce.recipes import verify as recompute
from cauce.recipes.verify import CheckedNumber
from cauce.standards.messages import Message

__all__ = ["verify"]


@command("verify", help="Recompute published figures and say how far ours are from them.")
def verify(door: Door) -> Answer:
    """Recomputes all published numbers and shows them beside ours."""
    checked = recompute.verify(progress=door.progress)
    is_ok = all(one.is_equal for one in checked)
    if not door.is_json:
        for _, group in groupby(checked, key=lambda one: one.group):
            _show(list(group), door)
        _conclude(checked, door)
    return Answer({"ok": is_ok, "checks": [_fact(one) for one in checked]}, exit_code=DONE if is_ok else FINDINGS)


def _fact(one: CheckedNumber) -> dict[str, object]:
    is_number = math.isfinite(one.ours)
    return {
        "id": one.id,
        "published": one.published,
        "ours": one.ours if is_number else None,
        "difference": one.difference if is_number else None,
        "tolerance": one.tolerance,
        "source": one.source,
        "ok": one.is_equal,
    }


def _show(group: Sequence[CheckedNumber], door: Door) -> None:
    """One table: a line for each number; the cells of a table of results share the line of their total."""
    headings = [
        Message("method"),
        Message("number"),
        Message("published"),
        Message("ours"),
        Message("difference"),
    ]
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", min_width=1, no_wrap=True)
    for place, heading in enumerate(headings):
        table.add_column(door.speaker.say(heading), justify="left" if place < 2 else "right", no_wrap=True)
    for line in _lines(group):
        table.add_row(*_row(line, door))
    door.words.print(f"\n[bold]{escape(group[0].group)}[/]", highlight=False)
    for source in dict.fromkeys(one.source for one in group):
        door.words.print(f"[dim]{escape(source)}[/]", highlight=False)
    door.words.print(table)


def _lines(group: Sequence[CheckedNumber]) -> list[list[CheckedNumber]]:
    """Numbers by line: a total with all the cells of its table, or one number alone."""
    lines: dict[str, list[CheckedNumber]] = {}
    totals = {one.id.removesuffix(".total") for one in group if one.quantity == "total"}
    for one in group:
        table = one.id.rpartition(".")[0]
        lines.setdefault(table if table in totals else one.id, []).append(one)
    return list(lines.values())


def _row(line: Sequence[CheckedNumber], door: Door) -> list[str]:
    first = line[0]
    is_equal = all(one.is_equal for one in line)
    worst = max(line, key=lambda one: abs(one.difference) if math.isfinite(one.difference) else math.inf)
    quantity = first.quantity
    if len(line) > 1:
        quantity = door.speaker.say(Message("total and {count} more", count=len(line) - 1))
    colour = "green" if is_equal else "bold red"
    return [
        f"[{colour}]{'✓' if is_equal else '✗'}[/]",
        escape(first.method or first.id),
        escape(quantity),
        _number(first.published, door),
        _number(first.ours, door),
        f"[{colour}]{abs(worst.difference):.1e}[/] [dim]≤ {worst.tolerance:.0e}[/]",
    ]


def _number(value: float, door: Door) -> str:
    if not math.isfinite(value):
        return "[bold red]?[/]"
    return str(format_decimal(value, format="#,##0.######", locale=door.speaker.language))


def _conclude(checked: Sequence[CheckedNumber], door: Door) -> None:
    off = [one for one in checked if not one.is_equal]
    said = Message(
        "{count} published numbers recomputed: all equal within their tolerance"
        if not off
        else "{count} published numbers recomputed: {off} are off",
        count=len(checked),
        off=len(off),
    )
    colour = "bold red" if off else "bold green"
    door.words.print(f"\n[{colour}]{'✗' if off else '✓'} {escape(door.speaker.say(said))}[/]", highlight=False)
    for one in off:
        door.words.print(f"  [red]{escape(one.id)}[/]", highlight=False)
