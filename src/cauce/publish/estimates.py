"""What does the public see of the hidden total: figure, interval, spread of the methods, or the reason why not?"""

from collections.abc import Mapping

from cauce.publish.bars import draw_intervals
from cauce.publish.cells import Cell
from cauce.publish.wording import Wording
from cauce.standards.cleared import ClearedEstimate
from cauce.standards.messages import Message

__all__ = ["cells_of_estimate", "is_range", "name_of_method", "show_estimate"]

_CONFIDENCE = 0.95

_WIDE = 3
_MANNERS: Mapping[str, Message] = {
    "noised": Message("It was computed from overlaps that had received noise; its interval carries that noise."),
    "declared": Message(
        "By decision of the steward it was computed from the exact overlaps and rounded to the width of its interval; "
        "it is not covered by the privacy budget."
    ),
}
_METHODS: Mapping[str, Message] = {
    "stepwise": Message("Overlaps chosen step by step"),
    "main": Message("Lists independent of each other"),
    "bic": Message("The one best model"),
    "bic_average": Message("Average of models, weighted"),
    "decomposable": Message("Average of decomposable graphs"),
    "latent": Message("Hidden groups of people"),
    "heterogeneity": Message("People easier and harder to see"),
}
_STATUSES: Mapping[str, Message] = {
    "estimated": Message("estimated"),
    "not_identifiable": Message("cannot be told from these overlaps"),
    "does_not_exist": Message("too many overlaps are empty"),
    "not_estimable": Message("not estimable"),
}


def show_estimate(estimate: ClearedEstimate | None, w: Wording) -> dict[str, object] | None:
    """The values that a template draws of an estimate.

    In
        estimate    ClearedEstimate, or None where the release has none
        w           Wording
    Out
        values for the templates, or None
    """
    if estimate is None:
        return None
    methods = [_method(method, w) for method in estimate.methods]
    return {
        "is_estimated": None not in (estimate.total, estimate.lower, estimate.upper),
        "is_range": is_range(estimate),
        "reason": estimate.reason,
        "observed": estimate.observed,
        "total": estimate.total,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "manner": w.tell(_MANNERS[estimate.manner]) if estimate.manner in _MANNERS else "",
        "linkage_percent": None if estimate.linkage_share is None else round(100 * estimate.linkage_share),
        "methods": methods,
        "picture": draw_intervals([figure for method in methods if (figure := _drawn(method))]),
    }


def is_range(estimate: ClearedEstimate) -> bool:
    """Claims that the interval is so wide that one number within would mislead: a factor of 3 between its ends.

    In
        estimate    ClearedEstimate
    Out
        bool; False where there is no estimate
    """
    if estimate.lower is None or estimate.upper is None:
        return False
    return estimate.upper >= _WIDE * max(1, estimate.lower)


def cells_of_estimate(estimate: ClearedEstimate) -> tuple[Cell, ...]:
    """The numbers of the hidden total as those of a table: the total, then the figure of each method.

    In
        estimate    ClearedEstimate
    Out
        cells whose number is "total" or the code of a method; their status is E (estimated) or M (there is none)
    """
    total = _cell((), {"total": estimate.total, "lower": estimate.lower, "upper": estimate.upper})
    return (total, *(_cell((str(method.get("method", "")),), method) for method in estimate.methods))


def name_of_method(code: str, w: Wording) -> str:
    """What a method is called; its code where it has no name.

    In
        code    of the method
        w       Wording
    Out
        text

    >>> name_of_method("main", Wording("en"))
    'Lists independent of each other'
    """
    return w.plain(_METHODS[code].template) if code in _METHODS else code


def _cell(codes: tuple[str, ...], figures: Mapping[str, object]) -> Cell:
    total, lower, upper = (_whole(figures.get(key)) for key in ("total", "lower", "upper"))
    return Cell(codes, total, lower, upper, _CONFIDENCE, "O" if total is None else "E")


def _method(method: Mapping[str, object], w: Wording) -> dict[str, object]:
    code, status = str(method.get("method", "")), str(method.get("status", "estimated"))
    named = {
        "code": code,
        "name": name_of_method(code, w),
        "status": w.tell(_STATUSES[status]) if status in _STATUSES else status,
    }
    return named | {key: _whole(method.get(key)) for key in ("total", "lower", "upper")}


def _whole(figure: object) -> int | None:
    return round(figure) if isinstance(figure, int | float) else None


def _drawn(method: Mapping[str, object]) -> tuple[str, int, int, int] | None:
    total, lower, upper = (_whole(method[key]) for key in ("total", "lower", "upper"))
    if total is None or lower is None or upper is None:
        return None
    return str(method["name"]), total, lower, upper
