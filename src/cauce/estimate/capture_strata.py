"""How many in each group, such that the groups add up to the whole?

Each stratum of a covariate (sex, district, year) is estimated on its own, which also lets people of different groups
differ in how they are found. The total is the sum of the strata; its interval adds their uncertainties as independent.
The estimate that ignores the covariate stands beside it: far apart, they say that groups are found differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cauce.estimate import capture_tables, each_method, method_results
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message

__all__ = ["Strata", "estimate_strata", "split"]

_SUMS = 4000


@dataclass(frozen=True, eq=False)
class Strata:
    """Answers by stratum, their sum, and the answer without strata.

    by_stratum   stratum -> MethodResult
    whole        the sum; not estimable where a stratum is not
    ignored      the answer for the table without its strata
    """

    by_stratum: Mapping[str, method_results.MethodResult]
    whole: method_results.MethodResult
    ignored: method_results.MethodResult


def split(table: pa.Table, covariate: str) -> dict[str, capture_tables.CaptureTable]:
    """The capture table of each value of a covariate.

    In
        table       as capture_tables.read_table takes it, and a column for the covariate
        covariate   its name
    Out
        value -> CaptureTable, in the order of the rows
    Refuses
        estimate.no_covariate   there is no such column; and what read_table refuses, for the whole table

    >>> table = pa.table({"A": [1, 0, 1], "B": [0, 1, 1], "sex": ["F", "F", "M"], "count": [30, 20, 10]})
    >>> [(sex, one.observed) for sex, one in split(table, "sex").items()]
    [('F', 50.0), ('M', 10.0)]
    """
    if covariate not in table.column_names:
        raise Refusal(
            "estimate.no_covariate",
            found="The table has no column {column}",
            wanted="one of its columns: {columns}",
            remedy="Give the heading as it stands in the first row",
            column=covariate,
            columns=", ".join(table.column_names),
        )
    values = pc.cast(table[covariate], pa.string()).to_pylist()
    without = table.drop_columns([covariate])
    capture_tables.read_table(without)
    found = {}
    for value in dict.fromkeys(values):
        rows = without.filter(pa.array([one == value for one in values]))
        found[str(value)] = capture_tables.read_table(rows, is_part=True)[0]
    return found


def estimate_strata(
    strata: Mapping[str, capture_tables.CaptureTable],
    method: method_results.Method,
    *,
    setting: each_method.Setting,
) -> Strata:
    """One method in each stratum, and the sum.

    In
        strata    stratum -> CaptureTable of the same lists
        method    word of the method
        setting   each_method.Setting
    Out
        Strata

    >>> from cauce.estimate import existence
    >>> one = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])
    >>> setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    >>> found = estimate_strata({"F": one, "M": one}, "main", setting=setting)
    >>> round(found.whole.total), round(found.ignored.total)
    (240, 240)
    """
    answers = {name: each_method.apply_method(method, [table], setting=setting)[0] for name, table in strata.items()}
    tables = list(strata.values())
    everybody = capture_tables.CaptureTable(tables[0].lists, np.sum([table.counts for table in tables], axis=0))
    ignored = each_method.apply_method(method, [everybody], setting=setting)[0]
    return Strata(answers, _add_up(answers, method, setting=setting), ignored)


def _add_up(
    answers: Mapping[str, method_results.MethodResult],
    method: method_results.Method,
    *,
    setting: each_method.Setting,
) -> method_results.MethodResult:
    observed = sum(answer.observed for answer in answers.values())
    failed = [name for name, answer in answers.items() if answer.total is None]
    if failed:
        reason = Message("No figure for the strata {names}, so none for their sum", names=", ".join(failed))
        return method_results.refuse_method(method, "not_estimable", observed, reason=reason)
    drawn = [setting.rng.choice(answer.likely_unseen, size=_SUMS) for answer in answers.values()]
    unseen = np.sum(drawn, axis=0)
    lower, upper = np.quantile(unseen, [0.025, 0.975]) + observed
    return method_results.MethodResult(
        method=method,
        status="estimated",
        observed=observed,
        total=sum(answer.total for answer in answers.values() if answer.total is not None),
        lower=float(lower),
        upper=float(upper),
        interval=next(iter(answers.values())).interval,
        likely_unseen=unseen,
    )
