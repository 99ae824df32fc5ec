"""`cauce explain HUB NUMBER`: the whole derivation of a published number."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.recipes import explain_number
from cauce.standards.messages import Message

__all__ = ["explain"]

_INSIDE = "The exact count is {exact}. It is shown inside the vault only and must not leave it."


@command("explain", help="Tell the whole derivation of a published number.")
@click.argument("hub", type=click.Path(path_type=Path))
@click.argument("number", metavar="RELEASE/TABLE/CODE+CODE")
@click.option("--vault", is_flag=True, help="Add the exact count, which must not leave the vault.")
def explain(door: Door, *, hub: Path, number: str, vault: bool) -> Answer:
    """Explains a number."""
    told = explain_number.explain_number(hub, number, with_vault=vault)
    language = door.speaker.language
    chain = [dict(step) | {"text": step["text"][language]} for step in told.chain]
    facts: dict[str, object] = {"value": dict(told.value), "chain": chain}
    lines: list[Message | TextTable | str] = [Message("Number {address}", address=told.address), _value(told.value)]
    if told.rule is not None:
        facts["rule"] = door.speaker.say(told.rule)
        lines += [told.rule, _sayable(told.value)]
    lines += [f"  {place}. {step['text']}" for place, step in enumerate(chain, start=1)]
    if told.exact is not None:
        inside = Message(_INSIDE, exact=told.exact)
        facts["vault"] = {"exact": told.exact, "warning": door.speaker.say(inside)}
        lines.append(inside)
    return Answer(facts, lines)


def _value(value: Mapping[str, Any]) -> Message:
    if value.get("obs_value") is None:
        return Message("There is no figure") if value.get("obs_status") == "M" else Message("The figure was withheld")
    return Message(
        "{value}, between {lower} and {upper}",
        value=value["obs_value"],
        lower=value["lower"],
        upper=value["upper"],
    )


def _sayable(value: Mapping[str, Any]) -> Message:
    """What may be said of a figure that was withheld."""
    if value.get("upper") is None:
        return Message("What may be said: that it is not published; withheld does not mean zero")
    return Message(
        "What may be said: that its interval ends at {upper} persons; withheld does not mean zero", upper=value["upper"]
    )
