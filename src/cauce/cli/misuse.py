"""What was wrong in the command that was typed? Click's complaints, as sentences of ours."""

import click

from cauce.standards.messages import Message

__all__ = ["Misuse", "reason_of"]


class Misuse(click.UsageError):
    """Words that click takes one by one and that make no command together; the reason is said in any language."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(str(reason))


def reason_of(misuse: click.ClickException) -> Message | str:
    """The complaint as a message that can be said in any language; click's own English where no command can cause it.

    In
        misuse   what click raised
    Out
        Message | str

    >>> str(reason_of(click.NoSuchOption("--nothing")))
    'there is no option --nothing'
    """
    if isinstance(misuse, Misuse):
        return misuse.reason
    if isinstance(misuse, click.NoSuchOption):
        return Message("there is no option {name}", name=misuse.option_name)
    if isinstance(misuse, click.exceptions.NoSuchCommand):
        return Message("there is no command {name}", name=misuse.command_name)
    if isinstance(misuse, click.MissingParameter):
        return Message("{name} is missing", name=_name_of(misuse))
    if isinstance(misuse, click.BadParameter):
        return _bad_value(misuse)
    if isinstance(misuse, click.BadOptionUsage):
        return _bad_option(misuse)
    if isinstance(misuse, click.UsageError):
        return _bad_words(misuse)
    return misuse.format_message()


def _bad_option(misuse: click.BadOptionUsage) -> Message:
    """An option with a value that it does not take, or without the value that it takes: click tells them by words."""
    if "does not take a value" in misuse.message:
        return Message("{name} takes no value", name=misuse.option_name)
    return Message("a value is missing after {name}", name=misuse.option_name)


def _bad_words(misuse: click.UsageError) -> Message | str:
    if misuse.message.startswith("Missing command"):
        return Message("the command is missing")
    if misuse.message.startswith("Got unexpected extra argument"):
        return Message("there are more words than the command takes")
    return misuse.format_message()


def _bad_value(misuse: click.BadParameter) -> Message:
    name, kind = _name_of(misuse), misuse.param.type if misuse.param else None
    if isinstance(kind, click.Choice):
        return Message("{name} takes one of these: {known}", name=name, known=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.DateTime):
        return Message("{name} takes a day written YYYY-MM-DD", name=name)
    if isinstance(kind, click.IntRange | click.FloatRange):
        return _out_of_range(name, kind)
    if isinstance(kind, click.Path):
        return Message("{name} is no file or folder that can be used", name=name)
    if isinstance(kind, type(click.INT) | type(click.FLOAT)):
        return Message("{name} takes a number", name=name)
    return Message("{name} has a value that it cannot take", name=name)


def _out_of_range(name: str, kind: click.IntRange | click.FloatRange) -> Message:
    if kind.min is not None and kind.max is not None:
        return Message("{name} takes a number between {lower} and {upper}", name=name, lower=kind.min, upper=kind.max)
    if kind.min is not None:
        return Message("{name} takes a number from {lower} on", name=name, lower=kind.min)
    return Message("{name} takes a number", name=name)


def _name_of(misuse: click.BadParameter) -> str:
    if misuse.param is None:
        return str(misuse.param_hint or "?")
    if isinstance(misuse.param, click.Option):
        return misuse.param.opts[-1] if len(misuse.param.opts) == 1 else misuse.param.opts[0]
    return misuse.param.make_metavar(misuse.ctx or click.Context(click.Command("cauce")))
