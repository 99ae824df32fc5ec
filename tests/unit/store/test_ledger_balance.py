from datetime import date

import pytest

from cauce.standards.policy import Policy
from cauce.store.ledger_balance import Forecast, Spent, balance_of, forecast_of

POLICY = Policy(epsilon_total=4.0, epsilon_year=2.0, epsilon_release=0.5)


def spent(*told):
    return [Spent(date(year, 3, 1), "tables", round(1_000_000 * epsilon), 1e-6) for year, epsilon in told]


@pytest.mark.parametrize(
    ("charges", "year", "expected"),
    [
        ([(2026, 1.0)], 2026, Forecast(releases=6, pace=1.0, until=2029)),
        ([(2024, 0.5), (2025, 0.5)], 2026, Forecast(releases=6, pace=0.5, until=2031)),
        ([(2025, 0.5), (2026, 2.0)], 2026, Forecast(releases=3, pace=2.0, until=2026)),
        ([(2024, 2.0), (2025, 2.0)], 2026, Forecast(releases=0, pace=2.0, until=2026)),
    ],
)
def test_forecast_supposes_the_dearest_pace_that_was_seen(charges, year, expected):
    balance = balance_of(spent(*charges), policy=POLICY, year=year)

    assert forecast_of(balance, policy=POLICY, today=date(year, 11, 22)) == expected


def test_forecast_is_none_where_nothing_was_spent():
    free = [Spent(date(2026, 3, 1), "tables", 0, 0.0)]

    assert forecast_of(balance_of(free, policy=POLICY, year=2026), policy=POLICY, today=date(2026, 11, 22)) is None


def test_forecast_and_balance_of_a_budget_that_was_lowered_below_what_is_spent_offer_nothing():
    lowered = Policy(epsilon_total=1.0, epsilon_year=1.0, epsilon_release=0.5, purposes={"tables": 0.5})
    balance = balance_of(spent((2026, 1.5)), policy=lowered, year=2026)

    assert (balance.left, balance.left_year, balance.left_for) == (-0.5, -0.5, {"tables": -1.0})
    assert (balance.affordable, balance.affordable_for("tables"), balance.affordable_for("ask")) == (0.0, 0.0, 0.0)
    assert forecast_of(balance, policy=lowered, today=date(2026, 11, 22)) == Forecast(releases=0, pace=1.5, until=2026)


def test_forecast_pays_the_rest_of_a_dear_year_before_the_years_to_come():
    balance = balance_of(spent((2025, 1.5), (2026, 0.5)), policy=POLICY, year=2026)

    # 2.0 are left: 1.0 of them for the rest of this year, at the pace of the last, and nothing whole for the next.
    assert forecast_of(balance, policy=POLICY, today=date(2026, 11, 22)) == Forecast(releases=4, pace=1.5, until=2026)


def test_forecast_of_a_year_before_all_charges_covers_that_year_alone():
    balance = balance_of(spent((2027, 1.0)), policy=POLICY, year=2026)

    assert forecast_of(balance, policy=POLICY, today=date(2026, 11, 22)) == Forecast(releases=6, pace=0.0, until=2026)


def test_forecast_counts_the_whole_releases_that_a_rest_of_tenths_pays():
    policy = Policy(epsilon_total=1.0, epsilon_year=1.0, epsilon_release=0.1)
    balance = balance_of(spent((2026, 0.1)), policy=policy, year=2026)

    assert forecast_of(balance, policy=policy, today=date(2026, 11, 22)) == Forecast(releases=9, pace=0.1, until=2035)


def test_forecast_spends_the_mean_of_the_years_before_told_to_a_millionth():
    balance = balance_of(spent((2023, 1.0)), policy=POLICY, year=2026)

    expected = Forecast(releases=6, pace=0.333333, until=2034)
    assert forecast_of(balance, policy=POLICY, today=date(2026, 11, 22)) == expected
