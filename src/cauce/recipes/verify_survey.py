"""What are our totals and means for the samples of a textbook?"""

from cauce.estimate import sample_design, survey
from cauce.standards.verification import Check, Group

__all__ = ["compute"]


def compute(group: Group) -> dict[str, float]:
    """Our value of each check of a group of the kind "survey".

    In
        group   Group   inputs values, weights, and perhaps strata, clusters, populations, denominators
    Out
        value by id of the check
    """
    given = group.inputs
    design = sample_design.describe_design(
        given["weights"],
        strata=given.get("strata"),
        clusters=given.get("clusters"),
        populations=given.get("populations"),
    )
    return {check.id: _value(check, design, group) for check in group.checks}


def _value(check: Check, design: sample_design.SampleDesign, group: Group) -> float:
    values = group.inputs["values"]
    if check.options["method"] == "ratio":
        found = survey.estimate_ratio(design, values, group.inputs["denominators"])
    elif check.options["method"] == "mean":
        found = survey.estimate_mean(design, values)
    else:
        found = survey.estimate_total(design, values)
    return {"estimate": found.estimate, "se": found.se, "variance": found.se**2}[check.quantity]
