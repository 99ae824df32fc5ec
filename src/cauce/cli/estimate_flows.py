"""`cauce estimate flows`: the moves between areas that two stocks imply."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from cauce.cli.door import Answer, Door, TextTable, command
from cauce.cli.misuse import Misuse
from cauce.recipes import estimate_flows, picture_flows
from cauce.recipes.estimate_flows import ErrorModel, FlowAnswer, FlowFiles, FlowOptions, Repair
from cauce.standards.messages import Message

if TYPE_CHECKING:
    from cauce.recipes.estimate_flow_series import PeriodFlows

__all__ = ["flows"]

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_PLACE = click.Path(path_type=Path, exists=True)
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)
_SHOWN = 10


@command("flows", help="Estimate flows between areas from two stocks.")
@click.option("--start", type=_FILE, help="Stock at the start: rows birthplaces, columns residences.")
@click.option("--end", type=_FILE, help="Stock at the end, of the same areas.")
@click.option("--stocks", type=_PLACE, help="In place of the two: a folder or a long table of years, sexes, ages.")
@click.option("--births-deaths", type=_FILE, help="Births and deaths of each area during the period.")
@click.option("--method", type=click.Choice(estimate_flows.METHODS), required=True, help="Method of estimation.")
@click.option("--offset", type=_FILE, help="What makes a move likelier, by origin and destination.")
@click.option("--weight", type=float, default=0.87, help="Share of the fewest moves in da_pb_closed.")
@click.option("--draws", type=int, default=0, help="Draws of the inputs for intervals; none by default.")
@click.option("--seed", type=int, default=1, help="Fixes the draws.")
@click.option("--stock-error", type=float, default=0.05, help="Relative standard error of the foreign-born.")
@click.option("--stock-correlation", type=float, default=0.9, help="Correlation of these errors between the two dates.")
@click.option("--vital-error", type=float, default=0.01, help="Relative standard error of births and of deaths.")
@click.option("--weight-error", type=float, default=0.05, help="Standard error of the weight of da_pb_closed.")
@click.option("--reported", type=_FILE, help="Reported moves: origin, destination, moves; one end empty for a total.")
@click.option("--net", type=_FILE, help="Known net migration: area, net.")
@click.option("--free-net", is_flag=True, help="Let net migration change when moves are reconciled.")
@click.option("--explain", nargs=2, metavar="ORIGIN DESTINATION", help="Say which birthplaces made one cell.")
@click.option("--account", type=_NEW_FILE, help="Write the whole account: births, deaths, stayers, the outside.")
@click.option("--picture", type=_NEW_FILE, help="Draw the moves to this SVG, PNG or PDF.")
@click.option("--shape", type=click.Choice(["ring", "bars"]), default="ring", help="Ring of all, or largest as bars.")
@click.option("--out", type=_NEW_FILE, help="Write the moves to this CSV, their bounds beside it.")
def flows(door: Door, **options: Any) -> Answer:
    """Estimates moves and shows the largest."""
    chosen = _chosen(options)
    if options["stocks"]:
        return _series(door, chosen, options)
    if not (options["start"] and options["end"]):
        raise Misuse(Message("either --start and --end are needed, or --stocks"))
    files = FlowFiles(*(options[name] for name in _FILES))
    answer = estimate_flows.estimate_flows(files, chosen, progress=door.progress)
    written = estimate_flows.write_flows(answer, options["out"]) if options["out"] else []
    if options["account"]:
        written.append(estimate_flows.write_account(answer, options["account"]))
    if options["picture"]:
        shape = options["shape"]
        written.append(picture_flows.picture_flows(answer, options["picture"], shape=shape, speaker=door.speaker))
    return Answer(_facts(answer, door), [*_lines(answer, door), *(_written(file) for file in written)])


_FILES = ("start", "end", "births_deaths", "offset", "reported", "net")
_ERRORS = ("stock_error", "stock_correlation", "vital_error", "weight_error")
_ONLY_FOR_A_PAIR = ("start", "end", "reported", "net", "explain", "account", "picture")


def _chosen(options: dict[str, Any]) -> FlowOptions:
    return FlowOptions(
        method=options["method"],
        weight=options["weight"],
        draws=options["draws"],
        seed=options["seed"],
        errors=ErrorModel(*(options[name] for name in _ERRORS)),
        is_net_kept=not options["free_net"],
        explain=options["explain"] or None,
    )


def _series(door: Door, chosen: FlowOptions, options: dict[str, Any]) -> Answer:
    """The moves of many periods, sexes and ages; their recipe is only imported here, for it loads Parquet."""
    stray = [f"--{name}" for name in _ONLY_FOR_A_PAIR if options[name]]
    if stray:
        raise Misuse(Message("{names} cannot go with --stocks", names=", ".join(stray)))
    recipe = import_module("cauce.recipes.estimate_flow_series")
    series = recipe.estimate_flow_series(
        options["stocks"],
        chosen,
        births_deaths=options["births_deaths"],
        offset=options["offset"],
        progress=door.progress,
    )
    if options["out"]:
        recipe.write_flow_series(series, options["out"])
    headings = [Message("sex"), Message("age"), Message("period"), Message("moves")]
    rows = [[one.sex, one.age, _period(one), round(one.estimate.total, 1)] for one in series]
    lines: list[Message | TextTable | str] = [TextTable(headings, rows)]
    lines += [_written(options["out"])] if options["out"] else []
    return Answer({"method": chosen.method, "periods": [_period_facts(one, door) for one in series]}, lines)


def _period(one: "PeriodFlows") -> str:
    return f"{one.first_year}-{one.last_year}"


def _period_facts(one: "PeriodFlows", door: Door) -> dict[str, object]:
    estimate = one.estimate
    return {
        "sex": one.sex,
        "age": one.age,
        "first_year": one.first_year,
        "last_year": one.last_year,
        "areas": list(estimate.areas),
        "total": estimate.total,
        "od": _by_area(estimate.between_areas, estimate.areas),
        "repairs": _repairs(estimate.repairs, door),
    }


def _repairs(repairs: Sequence[Repair], door: Door) -> list[dict[str, object]]:
    return [
        {"code": repair.code, "areas": list(repair.areas), "message": door.speaker.say(repair.message)}
        for repair in repairs
    ]


def _facts(answer: FlowAnswer, door: Door) -> dict[str, object]:
    areas = answer.estimate.areas
    facts: dict[str, object] = {
        "method": answer.estimate.method,
        "areas": list(areas),
        "total": answer.total,
        "od": _by_area(answer.between_areas, areas),
        "repairs": _repairs(answer.repairs, door),
        "summary": _paragraph(answer, door),
    }
    if answer.intervals:
        bounds = answer.intervals
        facts["intervals"] = {
            "level": bounds.level,
            "draws": bounds.draws,
            "set_aside": bounds.set_aside,
            "total": {"lower": bounds.total[0], "upper": bounds.total[1]},
            "lower": _by_area(bounds.lower, areas),
            "upper": _by_area(bounds.upper, areas),
        }
    if answer.explanation:
        told = answer.explanation
        facts["explanation"] = {
            "origin": told.origin,
            "destination": told.destination,
            "moves": told.moves,
            "by_birthplace": dict(told.by_birthplace),
            "leaving_home": told.leaving_home,
            "coming_home": told.coming_home,
            "moving_on": told.moving_on,
            "text": [door.speaker.say(sentence) for sentence in told.sentences],
        }
    return facts


def _by_area(table: np.ndarray[Any, np.dtype[np.float64]], areas: tuple[str, ...]) -> dict[str, dict[str, float]]:
    return {area: dict(zip(areas, row, strict=True)) for area, row in zip(areas, table.tolist(), strict=True)}


def _paragraph(answer: FlowAnswer, door: Door) -> str:
    return " ".join(door.speaker.say(sentence) for sentence in picture_flows.tell_flows(answer, door.speaker))


def _lines(answer: FlowAnswer, door: Door) -> list[Message | TextTable | str]:
    lines: list[Message | TextTable | str] = [_headline(answer), _largest(answer), _paragraph(answer, door)]
    lines += [Message("Mended: {repair}", repair=repair.message) for repair in answer.repairs]
    if answer.explanation:
        lines += answer.explanation.sentences
    return lines


def _headline(answer: FlowAnswer) -> Message:
    areas, method = len(answer.estimate.areas), answer.estimate.method
    if not answer.intervals:
        total = round(answer.total, 1)
        return Message("{total} moves between {areas} areas by {method}", total=total, areas=areas, method=method)
    lower, upper = answer.intervals.total
    return Message(
        "{total} moves between {areas} areas by {method}; between {lower} and {upper} in {level} % of {draws} draws",
        total=round(answer.total, 1),
        areas=areas,
        method=method,
        lower=round(lower, 1),
        upper=round(upper, 1),
        level=round(100 * answer.intervals.level),
        draws=answer.intervals.draws,
    )


def _largest(answer: FlowAnswer) -> TextTable:
    table, areas, bounds = answer.between_areas, answer.estimate.areas, answer.intervals
    order = np.argsort(-table, axis=None, kind="stable")[:_SHOWN].tolist()
    cells = [divmod(place, len(areas)) for place in order]
    headings = [Message("origin"), Message("destination"), Message("moves")]
    rows: list[list[object]] = [[areas[i], areas[j], round(float(table[i, j]), 1)] for i, j in cells if table[i, j] > 0]
    if bounds:
        headings += [Message("lower bound"), Message("upper bound")]
        for row, (i, j) in zip(rows, cells, strict=False):
            row += [round(float(bounds.lower[i, j]), 1), round(float(bounds.upper[i, j]), 1)]
    return TextTable(headings, rows, title=Message("The largest"))


def _written(file: Path) -> Message:
    return Message("Written: {file}", file=str(file))
