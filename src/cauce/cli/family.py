"""Which commands are there, and what is said when one is called wrongly? The one reading of locale and clock, too."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from typing import cast

import click

from cauce.cli import door
from cauce.cli.help import Later, TranslatedGroup
from cauce.cli.misuse import reason_of
from cauce.standards.errors import Refusal
from cauce.standards.messages import Language, Speaker

__all__ = ["build", "run"]

_COMMANDS = {
    "demo": Later(
        "cauce.cli.demo", "demo", help="Write a fictitious hub with its sealed truth, run it, unseal, serve."
    ),
    "new": Later("cauce.cli.new", "new", help="Found an empty hub."),
    "add": Later("cauce.cli.add", "add", help="Add a partner's file: propose a mapping, ask only about doubts."),
    "agree": Later(
        "cauce.cli.agree", "agree", help="Write and sign an agreement over the mapped fields, or withdraw it."
    ),
    "check": Later("cauce.cli.check", "check", help="Tell every finding in the partners' files; write nothing."),
    "run": Later(
        "cauce.cli.run", "run", help="From the agreements to the release: run every step, resume, say what changed."
    ),
    "review": Later(
        "cauce.cli.review", "review", help="Show doubtful pairs without names, or take down what was decided of them."
    ),
    "ask": Later(
        "cauce.cli.ask", "ask", help="Ask for one more table through the gate, or the finest safe one instead."
    ),
    "explain": Later("cauce.cli.explain", "explain", help="Tell the whole derivation of a published number."),
    "serve": Later("cauce.cli.serve", "serve", help="Serve the portal of a hub's releases."),
    "protect": Later(
        "cauce.cli.protect", "protect", help="Release any table of codes: tables, synthetic records, a report."
    ),
    "encode": Later(
        "cauce.cli.encode", "encode", help="Encode a file's names with the partners' key, for linking without names."
    ),
    "link": Later("cauce.cli.link", "link", help="Link the people of two or more files."),
    "verify": Later(
        "cauce.cli.verify", "verify", help="Recompute published figures and say how far ours are from them."
    ),
}
_ESTIMATE_HELP = "Estimate flows, hidden populations, surveys and rounds from anybody's files."
_ESTIMATES = {
    "mse": Later("cauce.cli.estimate_mse", "mse", help="Estimate a hidden population from overlapping lists."),
    "flows": Later("cauce.cli.estimate_flows", "flows", help="Estimate flows between areas from two stocks."),
    "survey": Later(
        "cauce.cli.estimate_survey", "survey", help="Estimate totals, means and ratios from a sample survey."
    ),
    "rounds": Later("cauce.cli.estimate_rounds", "rounds", help="Compare two rounds of sites like for like."),
}


def run(given: Sequence[str]) -> None:
    """Runs one command: reads the locale and the clock here, once, and nowhere below."""
    speaker = Speaker(_asked_language(given) or _locale_language())
    caller = door.Caller(speaker=speaker, today=date.today())  # noqa: DTZ011 - the caller's own day
    said = door.open_door(caller, today=caller.today, is_json="--json" in given)
    try:
        with build().make_context("cauce", list(given), obj=caller) as context:
            context.command.invoke(context)
    except click.exceptions.Exit as left:
        sys.exit(left.exit_code)
    except click.ClickException as misuse:
        _say_misuse(said, misuse)
    except (click.Abort, KeyboardInterrupt):
        door.leave_interrupted(said)
    except BrokenPipeError:
        raise
    except Exception as fault:  # noqa: BLE001 - the last door: a traceback could show a person's value
        door.leave_with_refusals(said, [door.as_refusal(fault)])


def build() -> TranslatedGroup:
    """The tree of commands."""
    return TranslatedGroup(
        "cauce",
        help="Partners agree; Cauce gathers, harmonises, links, estimates, protects and publishes.",
        commands=_COMMANDS | {"estimate": TranslatedGroup("estimate", help=_ESTIMATE_HELP, commands=_ESTIMATES)},
    )


def _asked_language(given: Sequence[str]) -> Language | None:
    """The language of `--lang es` or `--lang=es`, wherever it stands: help must speak it too."""
    for place, word in enumerate(given):
        asked = word.removeprefix("--lang=") if word.startswith("--lang=") else None
        if word == "--lang" and place + 1 < len(given):
            asked = given[place + 1]
        if asked in ("es", "en", "fr"):
            return cast(Language, asked)
    return None


def _locale_language() -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return cast(Language, value[:2]) if value[:2] in ("es", "fr") else "en"
    return "en"


def _say_misuse(said: door.Door, misuse: click.ClickException) -> None:
    refusal = Refusal(
        "cli.usage",
        found="The command was not understood: {reason}",
        wanted="a command as `cauce --help` shows it",
        remedy="Add --help to the command to see its options",
        reason=reason_of(misuse),
    )
    try:
        door.leave_with_refusals(said, [refusal])
    except SystemExit:
        sys.exit(door.WRONG_USAGE)
