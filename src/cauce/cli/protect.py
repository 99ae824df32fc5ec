"""`cauce protect FILE`: a release of anybody's table of codes."""

from pathlib import Path
from typing import Literal

import click

from cauce.cli.budget import lines_of_budget
from cauce.cli.door import Answer, Door, command
from cauce.cli.noise_seed import refuse_seed
from cauce.recipes import hub_budget, protect_file
from cauce.standards.messages import Message

__all__ = ["protect"]


@command("protect", help="Release any table of codes: tables, synthetic records, a report.", needs_today=True)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@refuse_seed
@click.option("--epsilon", type=float, required=True, help="What the release may spend.")
@click.option("--delta", type=float, required=True, help="Below 1 / number of rows; 1 / rows squared is usual.")
@click.option("--domain", type=click.Path(path_type=Path), help="TOML with the public codes of each column.")
@click.option(
    "--hub", type=click.Path(path_type=Path), help="The hub whose people the file holds: its ledger is charged."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to make.")
@click.option(
    "--profile",
    type=click.Choice(["careful", "accurate"]),
    default="careful",
    show_default=True,
    help="careful: no record holds a pair of values that was withheld.",
)
def protect(
    door: Door,
    *,
    file: Path,
    epsilon: float,
    delta: float,
    domain: Path | None,
    hub: Path | None,
    out: Path,
    profile: Literal["careful", "accurate"],
) -> Answer:
    """Protects a file and says what was spent and where it is."""
    found = protect_file.protect_file(
        file,
        epsilon=epsilon,
        delta=delta,
        domain_path=domain,
        out=out,
        profile=profile,
        hub=hub,
        today=door.today,
        progress=door.progress,
    )
    lines = [
        Message("Rows in {column} outside its domain, counted as missing: {rows}", column=name, rows=rows)
        for name, rows in found.strays.items()
    ]
    lines += [
        Message(
            "Epsilon {epsilon} was spent; {rows} records were invented", epsilon=epsilon, rows=found.report["rows"]
        ),
        Message("Tables: {tables}. Withheld cells: {withheld}", **_figures(found.report)),
        Message("The release is in {folder}; begin with report.html", folder=str(out)),
    ]
    if hub is None:
        lines.append(Message("No ledger was charged: two releases of the same people cost the sum of both"))
    else:
        lines += lines_of_budget(hub_budget.read_budget(hub, today=door.today))
    return Answer(dict(found.report), lines)


def _figures(report: object) -> dict[str, object]:
    return {name: report[name] for name in ("tables", "withheld")} if isinstance(report, dict) else {}
