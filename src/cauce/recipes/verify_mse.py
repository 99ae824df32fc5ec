"""What are our hidden populations for the capture tables that others published?"""

import numpy as np

from cauce.estimate import capture_tables, each_method, existence, loglinear, method_results
from cauce.standards.verification import Check, Group

__all__ = ["compute"]


def compute(group: Group) -> dict[str, float]:
    """Our value of each check of a group of the kind "mse".

    In
        group   Group   inputs lists, histories (memberships, then the count)
    Out
        value by id of the check; nan where the method gives no figure
    """
    rows = np.array(group.inputs["histories"])
    table = capture_tables.tabulate(group.inputs["lists"], rows[:, :-1], rows[:, -1])
    answers: dict[tuple[str, str], method_results.MethodResult] = {}
    return {check.id: _value(check, table, answers) for check in group.checks}


def _value(
    check: Check,
    table: capture_tables.CaptureTable,
    answers: dict[tuple[str, str], method_results.MethodResult],
) -> float:
    if check.quantity == "code":
        return float(_code(table, check.options["pairs"]))
    method, interval = check.options["method"], check.options.get("interval", "wald")
    if (method, interval) not in answers:
        setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo(), interval=interval)
        answers[method, interval] = each_method.apply_method(method, [table], setting=setting)[0]
    found = answers[method, interval]
    figure = {"total": found.total, "lower": found.lower, "upper": found.upper}[check.quantity]
    return float("nan") if figure is None else figure


def _code(table: capture_tables.CaptureTable, pairs: list[list[str]]) -> int:
    """Whether the model with these pairs can be estimated: 0, 1, 2 or 3."""
    design = loglinear.design_of(len(table.lists), 2)
    joined = {sum(1 << table.lists.index(name) for name in pair) for pair in pairs}
    included = np.array([[int(term).bit_count() < 2 or int(term) in joined for term in design.terms]])
    finite, kept = loglinear.mask_model(design, included, table.counts[None, 1:] @ design.matrix)
    return existence.check(design, table.counts[1:], finite=finite[0], kept=kept[0], memo=existence.Memo())
