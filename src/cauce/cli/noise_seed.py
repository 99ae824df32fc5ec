"""Why may nobody choose the seed of a release's noise? Whoever knows it takes the noise off again."""

from collections.abc import Callable
from typing import Any

import click

from cauce.standards.errors import Refusal

__all__ = ["refuse_seed"]


def refuse_seed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds a hidden `--seed` to a command that releases, which is always refused and says why."""
    said = "Refused: the noise of a release comes from no seed."
    return click.option("--seed", hidden=True, expose_value=False, callback=_refuse, help=said)(function)


def _refuse(_context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    raise Refusal(
        "cli.seed_of_noise",
        found="A seed was given, and the noise of a release never comes from one: whoever knows it takes the noise off",
        wanted="the command without --seed; only `cauce demo` takes one, for its invented people",
        remedy="Leave --seed out",
    )
