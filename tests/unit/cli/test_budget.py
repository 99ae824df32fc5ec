from cauce.cli import budget
from cauce.recipes.hub_budget import HubBudget
from cauce.standards.messages import Speaker
from cauce.store.ledger_balance import Balance, Forecast


def said(balance, forecast):
    return [Speaker("es").say(line) for line in budget.lines_of_budget(HubBudget(balance, forecast, 1.2, 1e-6))]


def test_budget_is_told_with_how_long_it_lasts():
    lines = said(Balance(1.5, 1.5, 2.5, 0.5, left_for={"ask": 0.25}), Forecast(2, 1.5, 2027))

    assert lines == [
        "Presupuesto: quedan epsilon 2,5 en total y 0,5 este año; todas las publicaciones juntas revelan como mucho 1,2",
        "El propósito ask puede gastar todavía 0,25",
        "A este ritmo (epsilon 1,5 al año) alcanza hasta 2027. Publicaciones de `cauce run` que aún paga: 2",
    ]


def test_budget_that_is_spent_says_that_it_does_not_come_back():
    lines = said(Balance(4.0, 2.0, 0.0, 0.0), Forecast(0, 2.0, 2026))

    assert lines[-1] == "Ya no paga ninguna publicación más: lo gastado no vuelve"
    assert budget.facts_of_budget(HubBudget(Balance(0, 0, 4, 2), None, 0.0, 1e-6))["forecast"] is None
