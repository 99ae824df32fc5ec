"""`cauce estimate rounds`: two rounds of sites compared like for like."""

from pathlib import Path

import click

from cauce.cli.door import Answer, Door, command
from cauce.recipes.draw_rounds import draw_rounds
from cauce.recipes.estimate_rounds import RoundColumns, describe_comparison, estimate_rounds

__all__ = ["rounds"]


@command("rounds", help="Compare two rounds of sites like for like.")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--site", required=True, help="Column of the site's code, the same in both files.")
@click.option("--value", required=True, help="Column of the persons at the site.")
@click.option("--status", help="Column that says assessed, closed or not_assessed.")
@click.option(
    "--informant-error",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Relative standard deviation of one site's figure.",
)
@click.option("--chart", type=click.Path(path_type=Path), help="Picture to write: .svg, .png or .pdf.")
def rounds(
    door: Door,
    *,
    first: Path,
    second: Path,
    site: str,
    value: str,
    status: str | None,
    informant_error: float,
    chart: Path | None,
) -> Answer:
    """Compares, and says the four figures apart."""
    columns = RoundColumns(site=site, value=value, status=status)
    compared = estimate_rounds(first, second, columns, informant_spread=informant_error)
    if chart is not None:
        draw_rounds(compared, chart, speaker=door.speaker)
    facts = vars(compared) | {"not_assessed": vars(compared.not_assessed)}
    return Answer(facts, lines=describe_comparison(compared))
