"""`cauce estimate mse`: how many people nobody saw, going by who is on several lists."""

from pathlib import Path
from typing import Any

import click

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.recipes import estimate_mse
from cauce.recipes.estimate_mse import MseAnswer, MseOptions
from cauce.standards.messages import Message

__all__ = ["mse"]

_ALL = "all"
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@command("mse", help="Estimate a hidden population from overlapping lists.")
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--method",
    "methods",
    type=click.Choice([*estimate_mse.METHODS, _ALL]),
    multiple=True,
    help="Method; all six by default. May be given several times.",
)
@click.option("--interval", type=click.Choice(estimate_mse.INTERVALS), default="wald", help="Kind of interval.")
@click.option("--order", type=click.IntRange(2, 11), default=2, help="Most lists in one term of the models averaged.")
@click.option("--replicates", type=click.IntRange(20), default=1000, help="Resamples of a bca interval.")
@click.option("--seed", type=int, default=1, help="Fixes resampling and draws.")
@click.option("--noise-sigma", type=click.FloatRange(0), default=0.0, help="Spread of the noise that the counts carry.")
@click.option("--strata", help="A column whose values are estimated apart and added up.")
@click.option("--sensitivity", is_flag=True, help="Estimate again without each list, and with each two lists merged.")
@click.option(
    "--recall",
    "recalls",
    type=click.FloatRange(0, 1, min_open=True),
    multiple=True,
    help="Estimate again as if only this share of the true links had been made. May be given several times.",
)
@click.option("--picture", type=_NEW_FILE, help="Draw the methods: .svg, .png or .pdf.")
def mse(door: Door, **options: Any) -> Answer:
    """Applies every method asked for and says how far they differ."""
    asked = tuple(options["methods"])
    chosen = MseOptions(
        methods=MseOptions.methods if not asked or _ALL in asked else asked,
        interval=options["interval"],
        order=options["order"],
        replicates=options["replicates"],
        seed=options["seed"],
        noise_sigma=options["noise_sigma"],
        strata=options["strata"],
        is_sensitive=options["sensitivity"],
        recalls=tuple(options["recalls"]),
    )
    answer = estimate_mse.estimate_mse(options["table"], chosen)
    lines: list[Message | TextTable | str] = [_table(answer), *_more_tables(answer), *estimate_mse.describe(answer)]
    if options["picture"]:
        written = estimate_mse.draw_picture(answer, options["picture"], speaker=door.speaker)
        lines.append(Message("Picture written to {file}", file=str(written)))
    return Answer(_facts(answer, door), lines)


def _facts(answer: MseAnswer, door: Door) -> dict[str, object]:
    said = [door.speaker.say(sentence) for sentence in estimate_mse.describe(answer)]
    facts: dict[str, object] = {
        "methods": [_one(method, door) for method in answer.hidden.methods],
        "message": ". ".join(said),
    }
    if answer.strata:
        facts["strata"] = {
            "by_stratum": {name: _one(one, door) for name, one in answer.strata.by_stratum.items()},
            "sum": _one(answer.strata.whole, door),
            "ignored": _one(answer.strata.ignored, door),
        }
    if answer.changes:
        facts["sensitivity"] = [
            {"change": change.kind, "lists": list(change.lists)} | _one(change.answer, door)
            for change in answer.changes
        ]
    if answer.at_recalls:
        facts["recalls"] = [{"recall": one.recall} | _one(one.answer, door) for one in answer.at_recalls]
    return facts


def _one(result: estimate_mse.MethodResult, door: Door) -> dict[str, object]:
    facts: dict[str, object] = {
        "method": result.method,
        "observed": round(result.observed),
        "total": result.total,
        "lower": result.lower,
        "upper": result.upper,
        "interval": result.interval,
        "model": [list(term) for term in result.model],
        "status": result.status,
    }
    if result.reason is not None:
        facts["reason"] = door.speaker.say(result.reason)
    if result.linkage_share is not None:
        facts["linkage_share"] = result.linkage_share
    return facts


def _table(answer: MseAnswer) -> TextTable:
    headings = [Message("method"), Message("total"), Message("from"), Message("to"), Message("model or reason")]
    return TextTable(headings, [[one.method, *_cells(one)] for one in answer.hidden.methods])


def _cells(one: estimate_mse.MethodResult) -> list[object]:
    if one.total is None:
        return ["", "", "", one.reason]
    model = " ".join("+".join(term) for term in one.model)
    upper = "" if one.upper is None else round(one.upper)
    return [round(one.total), round(one.lower or 0), upper, model or one.reason]


def _more_tables(answer: MseAnswer) -> list[TextTable]:
    headings = [Message("total"), Message("from"), Message("to"), Message("model or reason")]
    tables = []
    if answer.strata:
        rows = [[name, *_cells(one)] for name, one in answer.strata.by_stratum.items()]
        rows += [
            [Message("sum"), *_cells(answer.strata.whole)],
            [Message("without strata"), *_cells(answer.strata.ignored)],
        ]
        tables.append(TextTable([Message("stratum"), *headings], rows))
    if answer.changes:
        kinds = {"dropped": Message("without"), "merged": Message("merged")}
        changed: list[list[object]] = [
            [kinds[change.kind], " + ".join(change.lists), *_cells(change.answer)] for change in answer.changes
        ]
        tables.append(TextTable([Message("change"), Message("lists"), *headings], changed))
    if answer.at_recalls:
        supposed: list[list[object]] = [[f"{one.recall:g}", *_cells(one.answer)] for one in answer.at_recalls]
        tables.append(TextTable([Message("share of the links made"), *headings], supposed))
    return tables
