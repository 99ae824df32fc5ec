"""`cauce estimate survey`: totals, means and ratios of a sample survey in a CSV."""

from pathlib import Path
from typing import cast

import click

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.recipes.estimate_survey import Statistic, SurveyColumns, describe_survey, estimate_survey
from cauce.standards.messages import Message

__all__ = ["survey"]

_HEADINGS = (
    Message("quantity"),
    Message("domain"),
    Message("estimate"),
    Message("standard error"),
    Message("from"),
    Message("to"),
    Message("degrees of freedom"),
    Message("rows"),
)


@command("survey", help="Estimate totals, means and ratios from a sample survey.")
@click.argument("sample", type=click.Path(path_type=Path))
@click.option("--value", required=True, help="Column of what was measured.")
@click.option("--statistic", required=True, help="total, mean or ratio; several apart by commas.")
@click.option("--weight", required=True, help="Column of the design weights.")
@click.option("--strata", help="Column of the strata.")
@click.option("--population", help="Column of the units that each stratum has.")
@click.option("--cluster", help="Column of the units drawn first.")
@click.option("--clusters-total", help="Column of the clusters that each stratum has.")
@click.option("--domain", help="Column of the domains to estimate one by one.")
@click.option("--denominator", help="Column of what a ratio is of.")
@click.option("--known-total", type=float, help="True total of the denominator over the population.")
def survey(door: Door, *, sample: Path, statistic: str, known_total: float | None, **columns: str | None) -> Answer:
    """Estimates, and shows each figure with its standard error and interval."""
    asked = [word.strip() for word in statistic.split(",")]
    if not asked or any(word not in ("total", "mean", "ratio") for word in asked):
        raise click.BadParameter("total, mean, ratio", param_hint="--statistic")
    parts = SurveyColumns(**cast(dict[str, str], columns))
    found = estimate_survey(sample, parts, statistics=cast(list[Statistic], asked), known_total=known_total)
    rows = [tuple(_shown(value) for value in vars(one).values()) for one in found]
    table = TextTable(_HEADINGS, rows)
    return Answer({"results": [vars(one) for one in found]}, lines=[table, "", describe_survey(found, columns=parts)])


def _shown(value: object) -> object:
    if not isinstance(value, float):
        return value
    return f"{value:.4g}" if abs(value) < 1 else float(f"{value:.7g}")
