"""How do two rounds of sites, in two CSV files, compare like for like?"""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cauce.estimate import rounds
from cauce.estimate.rounds import RoundsComparison
from cauce.gather import sample_files
from cauce.standards.messages import Message

__all__ = ["RoundColumns", "describe_comparison", "estimate_rounds"]


@dataclass(frozen=True, kw_only=True)
class RoundColumns:
    """Headings of the columns. Without a status, a figure of 0 is a closed site and none an unassessed one."""

    site: str
    value: str
    status: str | None = None


def estimate_rounds(
    first: Path, second: Path, columns: RoundColumns, *, informant_spread: float = 0.0
) -> RoundsComparison:
    """The comparison of two files.

    In
        first, second     CSV, one row a site; the status may stand in the second alone
        columns           headings
        informant_spread  relative standard deviation of one site's figure; 0 for exact counts
    Out
        RoundsComparison, persons
    Refuses
        estimate.round_repeated and the other refusals of `rounds`
        gather.sample_columns and the other refusals of `sample_files`
    """
    before, after = _read_round(first, columns, optional={"status"}), _read_round(second, columns, optional=set())
    return rounds.compare_rounds(before, after, informant_spread=informant_spread)


def describe_comparison(compared: RoundsComparison) -> list[Message]:
    """What a minister can read without being misled: four sentences, never one sum.

    In
        compared   RoundsComparison
    Out
        messages
    """
    missed = compared.not_assessed
    said = [
        Message(
            "Sites assessed in both rounds: {sites}. Persons there changed by {change}",
            sites=compared.sites_both,
            change=round(compared.like_for_like),
        ),
        Message(
            "Of this, sites that closed: {sites}, with a change of {change}",
            sites=compared.sites_closed,
            change=round(compared.closed),
        ),
        Message(
            "Sites covered for the first time: {sites}, with {persons} persons. This is coverage, not growth",
            sites=compared.sites_newly_covered,
            persons=round(compared.newly_covered),
        ),
    ]
    if compared.like_for_like_lower < compared.like_for_like_upper:
        said.insert(1, _uncertain(compared))
    return [*said, _bounded(missed)]


def _uncertain(compared: RoundsComparison) -> Message:
    return Message(
        "With the error of key informants, that change lies between {lower} and {upper}",
        lower=round(compared.like_for_like_lower),
        upper=round(compared.like_for_like_upper),
    )


def _bounded(missed: rounds.NotAssessed) -> Message:
    if missed.sites == 0:
        return Message("Every site of the first round was assessed in the second")
    if missed.upper is None:
        return Message(
            "Sites not assessed: {sites}. They last held {known} persons, and no site seen twice bounds them now",
            sites=missed.sites,
            known=round(missed.last_known),
        )
    return Message(
        "Sites not assessed: {sites}. They last held {known} persons and may now hold from {lower} to {upper}",
        sites=missed.sites,
        known=round(missed.last_known),
        lower=round(missed.lower),
        upper=round(missed.upper),
    )


def _read_round(path: Path, columns: RoundColumns, *, optional: Set[str]) -> rounds.Round:
    named = {role: name for role, name in vars(columns).items() if name is not None}
    table = sample_files.read_named_columns(
        path, named, numbers=frozenset({"value"}), filled=frozenset({"site"}), optional=optional
    )
    sites = [str(site) for site in table["site"].to_pylist()]
    persons = table["value"].combine_chunks().to_numpy(zero_copy_only=False).astype(np.float64)
    if "status" in table.column_names:
        words = [str(word or "") for word in table["status"].to_pylist()]
    else:
        words = ["not_assessed" if np.isnan(figure) else "assessed" if figure else "closed" for figure in persons]
    return rounds.describe_round(sites, persons, statuses=words)
