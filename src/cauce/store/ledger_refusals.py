"""In which words does the ledger say no? Its refusals alone; when they are raised is decided in ledger.py."""

from collections.abc import Sequence
from pathlib import Path

from cauce.standards.errors import Refusal

__all__ = [
    "broken",
    "cut_short",
    "lost",
    "other_policy",
    "over_purpose",
    "over_release",
    "over_total",
    "over_year",
    "raised_budget",
    "weakened_rule",
]


def broken(path: Path, *, entry_id: int) -> Refusal:
    """The ledger's entries do not match their own hashes."""
    return Refusal(
        "store.broken_ledger",
        found="Ledger {file} does not match its own hashes from entry {entry} on",
        wanted="a ledger that nobody edited",
        remedy="Restore the ledger from a copy; release nothing until then",
        file=path.name,
        entry=str(entry_id),
    )


def lost(path: Path, *, release_ids: Sequence[str]) -> Refusal:
    """Releases exist that the ledger was never charged for: it is another one, an old copy, or cut short."""
    return Refusal(
        "store.lost_ledger",
        found="Ledger {file} knows nothing of the releases {releases}, which were made",
        wanted="the ledger that all releases of this hub were charged to",
        remedy="Restore the ledger from a copy; release nothing until then",
        file=path.name,
        releases=", ".join(release_ids),
    )


def cut_short(path: Path) -> Refusal:
    """The ledger lacks the entry that was written last: it is an old copy, or was cut off."""
    return Refusal(
        "store.cut_ledger",
        found="Ledger {file} lacks the last charge that was made: it is an old copy, or was cut off",
        wanted="the ledger with every charge that was ever made",
        remedy="Put back the newest copy of the ledger; release nothing until then",
        file=path.name,
    )


def other_policy(population: str, *, kept: str, asked: str) -> Refusal:
    """The population was released under another policy.

    In
        population   whose releases
        kept         the policy that it has
        asked        the one that hub.toml names now
    Out
        Refusal
    """
    return Refusal(
        "store.other_policy",
        found="Population {population} is already released under the policy {kept}, and {asked} is asked",
        wanted="one policy for one population",
        remedy="Set policy.kind back to {kept} in hub.toml: figures made by the two rules undo each other",
        population=population,
        kept=kept,
        asked=asked,
    )


def raised_budget(population: str, *, kept: float, asked: float) -> Refusal:
    """The population's whole budget is above the one that its first release fixed.

    In
        population   whose budget
        kept         the budget that its ledger was opened with
        asked        the one that hub.toml names now
    Out
        Refusal
    """
    return Refusal(
        "store.raised_budget",
        found="Population {population} has a whole budget of epsilon {kept} in its ledger, and hub.toml asks {asked}",
        wanted="the whole budget that its first release fixed, or a smaller one",
        remedy="Set policy.epsilon_total back to {kept} in hub.toml: a budget once promised is not raised",
        population=population,
        kept=f"{kept:g}",
        asked=f"{asked:g}",
    )


def weakened_rule(population: str, *, name: str, kept: str, asked: str) -> Refusal:
    """The rule of thresholds protects less than at the last release.

    In
        population   whose rule
        name         threshold, dominance or rounding
        kept         as at the last release
        asked        as hub.toml has it now
    Out
        Refusal
    """
    return Refusal(
        "store.weakened_rule",
        found="Population {population} was last released with {name} = {kept}, and hub.toml has {asked}",
        wanted="the rule of its last release, or a stricter one",
        remedy="Set policy.{name} back to {kept} in hub.toml: what the stricter rule withheld would be given away",
        population=population,
        name=name,
        kept=kept,
        asked=asked,
    )


def over_release(cost: float, *, left: float) -> Refusal:
    """One release costs more than one may."""
    return Refusal(
        "store.over_release",
        found="It costs epsilon {cost}, and one release may spend {left}",
        wanted="a cost within the budget of hub.toml",
        remedy="Ask for a smaller cost",
        cost=f"{cost:g}",
        left=f"{left:g}",
    )


def over_year(cost: float, *, left: float) -> Refusal:
    """The year's budget does not allow it."""
    return Refusal(
        "store.over_year",
        found="It costs epsilon {cost}, and {left} is left of this year's budget",
        wanted="a cost within the budget of hub.toml",
        remedy="Ask for less, or wait until next year",
        cost=f"{cost:g}",
        left=f"{max(left, 0.0):g}",
    )


def over_total(cost: float, *, left: float) -> Refusal:
    """The population's whole budget does not allow it."""
    return Refusal(
        "store.over_total",
        found="It costs epsilon {cost}, and {left} is left of this population's whole budget",
        wanted="a cost within the budget of hub.toml",
        remedy="Ask for less: a budget once spent does not come back",
        cost=f"{cost:g}",
        left=f"{max(left, 0.0):g}",
    )


def over_purpose(cost: float, *, left: float, purpose: str) -> Refusal:
    """The purpose has spent what it may.

    In
        cost      what was asked
        left      what it may still spend
        purpose   tables, ask or files
    Out
        Refusal
    """
    return Refusal(
        "store.over_purpose",
        found="It costs epsilon {cost}, and {left} is left of what the purpose {purpose} may spend",
        wanted="a cost within the budget of hub.toml",
        remedy="Ask for less, or give the purpose more in policy.purposes of hub.toml",
        cost=f"{cost:g}",
        left=f"{max(left, 0.0):g}",
        purpose=purpose,
    )
