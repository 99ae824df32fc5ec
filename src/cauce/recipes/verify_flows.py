"""What are our moves for the stocks of a published example?"""

import numpy as np

from cauce.estimate import flows
from cauce.standards.verification import Group

__all__ = ["compute"]


def compute(group: Group) -> dict[str, float]:
    """Our value of each check of a group of the kind "flows".

    In
        group   Group   inputs areas, start, end, births, deaths, and perhaps offset
    Out
        value by id of the check
    """
    areas = tuple(group.inputs["areas"])
    start, end, births, deaths = (
        np.array(group.inputs[name], dtype=float) for name in ("start", "end", "births", "deaths")
    )
    offset = np.array(group.inputs["offset"], dtype=float) if "offset" in group.inputs else None
    stocks = flows.StockPair(areas, start, end, births, deaths)
    tables = {
        method: flows.estimate_flows(stocks, method=method, offset=offset)
        for method in flows.METHODS
        if any(check.options["method"] == method for check in group.checks)
    }
    values = {}
    for check in group.checks:
        estimate = tables[check.options["method"]]
        if check.quantity == "total":
            values[check.id] = estimate.total
        else:
            origin, destination = (areas.index(area) for area in check.quantity.split("-"))
            values[check.id] = float(estimate.between_areas[origin, destination])
    return values
