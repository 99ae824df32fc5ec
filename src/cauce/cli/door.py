"""How does every command speak: options they share, JSON or words, progress, refusals, exit codes?

Each command is a function that gets a `Door` and its own options, calls one recipe, and returns an `Answer`.
"""

import contextlib
import json
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cauce.cli.disk_faults import reason_of_disk
from cauce.cli.help import TranslatedCommand, language_option
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message, Speaker

__all__ = [
    "Answer",
    "Caller",
    "Door",
    "TextTable",
    "as_refusal",
    "command",
    "is_interruption",
    "leave_interrupted",
    "leave_with_refusals",
    "open_door",
    "print_json",
]

_STOPPED_IN_QUERY = "Query interrupted"  # what DuckDB makes of Ctrl-C while it works
DONE, FINDINGS, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 64, 130


@dataclass(frozen=True)
class TextTable:
    """A small table for the terminal: headings are messages; cells are messages, numbers or codes."""

    headings: Sequence[Message]
    rows: Sequence[Sequence[object]]
    title: Message | None = None


@dataclass(frozen=True)
class Answer:
    """What a command found: an object for `--json`, lines for a person, and the exit code.

    `facts` holds what `json.dumps` can write. `lines` holds messages, text tables, or plain text taken as it is.
    """

    facts: Mapping[str, object]
    lines: Sequence[Message | TextTable | str] = ()
    exit_code: int = DONE


@dataclass(frozen=True)
class Caller:
    """Who called, read once from her environment: her language, the day, what runs `cauce` again for her."""

    speaker: Speaker
    today: date


@dataclass(frozen=True)
class Door:
    """What a command knows of its caller: the language, the day, and where words and progress go."""

    speaker: Speaker
    today: date
    is_json: bool
    is_terminal: bool
    words: Console
    asides: Console

    def progress(self, step: Message, /, done: int, total: int) -> None:
        """Shows what is done and what is left, on stderr; one line per step where nobody watches."""
        text = f"{self.speaker.say(step)}  {done}/{total}"
        if self.asides.is_terminal:
            self.asides.print(f"\r[dim]{escape(text)}[/dim]\x1b[K", end="\n" if done >= total else "", highlight=False)
        elif done >= total and not self.is_json:
            self.asides.print(escape(text), highlight=False)

    def say(self, line: Message | TextTable | str) -> None:
        """Says one line of an answer on stdout."""
        if isinstance(line, TextTable):
            self.words.print(self._drawn(line))
        else:
            text = self.speaker.say(line) if isinstance(line, Message) else line
            self.words.print(escape(text), highlight=False, soft_wrap=True)

    def _drawn(self, table: TextTable) -> Table:
        drawn = Table(title=self._cell(table.title) if table.title else None, title_justify="left", box=None)
        for heading in table.headings:
            drawn.add_column(self._cell(heading), overflow="fold")
        for row in table.rows:
            drawn.add_row(*(self._cell(cell) for cell in row))
        return drawn

    def _cell(self, cell: object) -> str:
        message = cell if isinstance(cell, Message) else Message("{cell}", cell="" if cell is None else cell)
        return escape(self.speaker.say(message))


def command(name: str, *, help: str, needs_today: bool = False) -> Callable[[Callable[..., Answer]], click.Command]:
    """Makes a click command of a function `(door, **options) -> Answer`, with the options that every command has.

    In
        name          word of the command
        help          what it does, one English sentence, translated when shown
        needs_today   whether a date matters to it: adds `--today`
    Out
        a decorator; further options come from click's decorators below it
    """

    def wrap(function: Callable[..., Answer]) -> click.Command:
        def run(**options: Any) -> None:
            caller: Caller = click.get_current_context().obj
            day = options.pop("today", None)
            door = open_door(caller, today=day.date() if day else caller.today, is_json=options.pop("is_json"))
            options.pop("lang")
            _answer(door, lambda: function(door, **options))

        params = list(reversed(getattr(function, "__click_params__", [])))
        return TranslatedCommand(name, callback=run, help=help, params=params + _shared_options(needs_today))

    return wrap


def _shared_options(needs_today: bool) -> list[click.Parameter]:
    shared: list[click.Parameter] = [
        click.Option(["--json", "is_json"], is_flag=True, help="Print one JSON object and nothing else on stdout."),
        language_option(),
    ]
    if needs_today:
        day = click.DateTime(formats=["%Y-%m-%d"])
        shared.append(
            click.Option(["--today"], type=day, metavar="DATE", help="The day to take as today (YYYY-MM-DD).")
        )
    return shared


def open_door(caller: Caller, *, today: date, is_json: bool) -> Door:
    """The door of one call: both streams as they are now."""
    return Door(
        speaker=caller.speaker,
        today=today,
        is_json=is_json,
        is_terminal=sys.stdout.isatty() and sys.stdin.isatty(),
        words=Console(file=sys.stdout),
        asides=Console(stderr=True),
    )


def _answer(door: Door, call: Callable[[], Answer]) -> NoReturn:
    try:
        answer = call()
    except click.ClickException:
        raise
    except ExceptionGroup as group:
        leave_with_refusals(door, _flat(group))
    except (Exception, KeyboardInterrupt) as fault:  # noqa: BLE001 - a traceback could show a person's value
        if is_interruption(fault):
            leave_interrupted(door)
        leave_with_refusals(door, [as_refusal(fault)])
    _say_answer(door, answer)
    sys.exit(answer.exit_code)


def _say_answer(door: Door, answer: Answer) -> None:
    try:
        if door.is_json:
            print_json(answer.facts)
        for line in () if door.is_json else answer.lines:
            door.say(line)
        sys.stdout.flush()
    except OSError as fault:
        with contextlib.suppress(OSError, ValueError):  # what is still to be written goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(fault, BrokenPipeError):
            leave_with_refusals(replace(door, is_json=False), [as_refusal(fault)])


def is_interruption(fault: BaseException) -> bool:
    """Claims that somebody pressed Ctrl-C, whatever the engine made of it."""
    return isinstance(fault, KeyboardInterrupt) or str(fault) == _STOPPED_IN_QUERY


def leave_interrupted(door: Door) -> NoReturn:
    """Says that it was interrupted (as JSON where asked) and ends with exit code 130."""
    said = Refusal(
        "cli.interrupted",
        found="Interrupted",
        wanted="time to end",
        remedy="What was complete is kept; run the same command again",
    )
    if door.is_json:
        print_json({"refusals": [_worded(door, said)]})
    else:
        door.asides.print(escape(door.speaker.say(Message("Interrupted. What was complete is kept; run it again."))))
    sys.exit(INTERRUPTED)


def print_json(facts: Mapping[str, object]) -> None:
    """One JSON object on stdout and nothing else there."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False, allow_nan=False, default=str) + "\n")
    sys.stdout.flush()


def leave_with_refusals(door: Door, refusals: Sequence[Refusal]) -> NoReturn:
    """Says every refusal (as JSON where asked) and ends with exit code 2."""
    said = [_worded(door, refusal) for refusal in refusals]
    if door.is_json:
        print_json({"refusals": said})
    else:
        for one in said:
            wanted, remedy = (door.speaker.say(Message(word)) for word in ("Wanted", "Remedy"))
            door.asides.print(f"[bold red]✗[/] [bold]{escape(one['found'])}[/]  [dim]{one['code']}[/]", highlight=False)
            door.asides.print(
                f"  {wanted}: {escape(one['wanted'])}\n  {remedy}: {escape(one['remedy'])}", highlight=False
            )
    sys.exit(REFUSED)


def _worded(door: Door, refusal: Refusal) -> dict[str, str]:
    say = door.speaker.say
    return {
        "code": refusal.code,
        "found": say(refusal.found),
        "wanted": say(refusal.wanted),
        "remedy": say(refusal.remedy),
    }


def _flat(group: ExceptionGroup[Exception]) -> list[Refusal]:
    found: list[Refusal] = []
    for one in group.exceptions:
        found += _flat(one) if isinstance(one, ExceptionGroup) else [as_refusal(one)]
    return found


def as_refusal(fault: BaseException) -> Refusal:
    """A refusal as it is; a fault of the disk or of Cauce itself as one, without the fault's own words."""
    if isinstance(fault, Refusal):
        return fault
    if isinstance(fault, OSError):
        return _disk_refusal(fault)
    if isinstance(fault, sqlite3.Error):
        return _ledger_refusal()
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return Refusal(
        "cli.fault",
        found="Cauce failed where it should not have: {kind} in {place}",
        wanted="an answer or a refusal that says how to mend it",
        remedy="Report this line to the makers of Cauce; it holds no data of yours",
        kind=type(fault).__name__,
        place=f"{Path(last.filename).name}:{last.lineno}",
    )


def _disk_refusal(error: OSError) -> Refusal:
    return Refusal(
        "cli.disk",
        found="The system refused to read or write {file}: {reason}",
        wanted="a folder that can be read and written, with room on the disk",
        remedy="Mend it and run the same command again; nothing was left half-written",
        file=Path(str(error.filename)).name if error.filename else Message("a file"),
        reason=reason_of_disk(error),
    )


def _ledger_refusal() -> Refusal:
    return Refusal(
        "cli.ledger",
        found="The ledger of the privacy budget cannot be read or written",
        wanted="the ledger as Cauce wrote it, with room on the disk",
        remedy="Make room on the disk, or put back the last copy of the ledger; never start a new one",
    )
