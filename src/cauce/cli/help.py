"""How is help shown in the caller's language? Commands and groups whose texts are translated when they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from cauce.standards.messages import Message, Speaker

__all__ = ["Later", "TranslatedCommand", "TranslatedGroup", "language_option", "speaker_of"]


def speaker_of(context: click.Context) -> Speaker:
    """The speaker of the language that the caller asked for with `--lang`, or of her locale."""
    speaker = getattr(context.find_root().obj, "speaker", None)
    return speaker if isinstance(speaker, Speaker) else Speaker("en")


def language_option() -> click.Option:
    """`--lang`, which every command and family of commands has; `main` reads it before anything is shown."""
    return click.Option(["--lang"], type=click.Choice(["es", "en", "fr"]), help="Language of help and messages.")


class TranslatedCommand(click.Command):
    """A command whose help is in the caller's language."""

    def get_help(self, ctx: click.Context) -> str:
        return _help_text(self, ctx)


@dataclass(frozen=True)
class Later:
    """A command to import when it is called: `cauce --help` must not wait for engines that it does not use."""

    module: str
    name: str
    help: str


class TranslatedGroup(click.Group):
    """A family of commands, each imported when it is called, whose help is in the caller's language."""

    def __init__(self, name: str, *, help: str, commands: Mapping[str, "Later | TranslatedGroup"]) -> None:
        super().__init__(name, help=help, no_args_is_help=False, params=[language_option()])
        self.known = commands

    def get_help(self, ctx: click.Context) -> str:
        return _help_text(self, ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.known.get(cmd_name)
        if isinstance(found, Later):
            loaded: click.Command = getattr(import_module(found.module), found.name)
            return loaded
        return found


def _help_text(shown: click.Command, ctx: click.Context) -> str:
    speaker = speaker_of(ctx)
    formatter = ctx.make_formatter()
    usage = speaker.say(Message("Usage")) + ": "
    formatter.write_usage(ctx.command_path, " ".join(shown.collect_usage_pieces(ctx)), prefix=usage)
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(speaker.say(Message(shown.help or "")))
    options = [row for row in (_option_row(param, ctx) for param in shown.get_params(ctx)) if row]
    commands = _command_rows(shown, speaker) if isinstance(shown, TranslatedGroup) else []
    for title, rows in (("Commands", commands), ("Options", options)):
        if rows:
            with formatter.section(speaker.say(Message(title))):
                formatter.write_dl(rows)
    return formatter.getvalue().rstrip("\n")


def _command_rows(group: TranslatedGroup, speaker: Speaker) -> list[tuple[str, str]]:
    return [(name, speaker.say(Message(known.help or ""))) for name, known in group.known.items()]


def _option_row(param: click.Parameter, ctx: click.Context) -> tuple[str, str] | None:
    if not isinstance(param, click.Option) or param.hidden:
        return None
    names = ", ".join(param.opts)
    metavar = "" if param.is_flag else " " + str(param.make_metavar(ctx))
    if param is ctx.command.get_help_option(ctx):
        return names, speaker_of(ctx).say(Message("Show this help."))
    shown = speaker_of(ctx).say(Message(param.help or ""))
    default: Any = param.default
    has_default = isinstance(default, str | int | float) and not isinstance(default, bool)
    return names + metavar, f"{shown} [{default}]" if has_default else shown
