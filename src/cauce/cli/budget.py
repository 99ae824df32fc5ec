"""How does a command tell what was spent and how long the rest of the budget lasts?"""

from cauce.recipes.hub_budget import HubBudget
from cauce.standards.messages import Message

__all__ = ["facts_of_budget", "lines_of_budget"]


def facts_of_budget(told: HubBudget) -> dict[str, object]:
    """The account as JSON."""
    balance, forecast = told.balance, told.forecast
    return {
        "spent": balance.spent,
        "left": balance.left,
        "spent_year": balance.spent_year,
        "left_year": balance.left_year,
        "left_for": dict(balance.left_for),
        "together": {"epsilon": told.together, "delta": told.delta},
        "changed": [vars(one) for one in told.changed],
        "forecast": forecast and {"releases": forecast.releases, "pace": forecast.pace, "until": forecast.until},
    }


def lines_of_budget(told: HubBudget) -> list[Message]:
    """The account as sentences."""
    balance, forecast = told.balance, told.forecast
    if forecast is None:
        return []
    lines = [
        *(
            Message(
                "hub.toml changed {name} from {before} to {after}: the ledger keeps it since {day}",
                name=one.name,
                before=one.before,
                after=one.after,
                day=one.day,
            )
            for one in told.changed
        ),
        Message(
            "Budget: epsilon {left} is left in all and {year} this year; all releases together tell at most {together}",
            left=max(balance.left, 0.0),
            year=max(balance.left_year, 0.0),
            together=told.together,
        ),
    ]
    lines += [
        Message("The purpose {purpose} may still spend {left}", purpose=purpose, left=max(left, 0.0))
        for purpose, left in balance.left_for.items()
    ]
    if forecast.releases == 0:
        return [*lines, Message("It pays no further release: what is spent does not come back")]
    return [
        *lines,
        Message(
            "At this pace (epsilon {pace} a year) it lasts until {until}. "
            "Releases of `cauce run` that it still pays: {releases}",
            pace=forecast.pace,
            until=str(forecast.until),
            releases=forecast.releases,
        ),
    ]
