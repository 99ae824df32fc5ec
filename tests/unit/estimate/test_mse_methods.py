"""Do the methods behave: order of rows and lists, sparse tables, refusals, resampling, many lists?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cauce.estimate import (
    bootstrap,
    capture_strata,
    capture_tables,
    decomposable,
    each_method,
    existence,
    list_sensitivity,
    loglinear,
    method_results,
    model_average,
    recall_sensitivity,
    stepwise,
)
from cauce.standards.errors import Refusal


def a_setting(seed=1, **options):
    return each_method.Setting(order=2, rng=np.random.default_rng(seed), memo=existence.Memo(), **options)


def a_table(counts, lists=("A", "B", "C")):
    return capture_tables.CaptureTable(lists, np.array([0, *counts], dtype=float))


def answer(method, table, **options):
    return each_method.apply_method(method, [table], setting=a_setting(**options))[0]


WELL_FILLED = a_table([60, 50, 20, 40, 15, 12, 5])


def test_two_lists_give_the_estimate_of_lincoln_and_petersen():
    table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [30, 20, 10])

    assert answer("main", table).total == pytest.approx(40 * 30 / 10)


def test_intercept_sd_of_two_lists_is_that_of_the_delta_method():
    design = loglinear.design_of(2, 1)
    everything = np.full((1, 3), True)

    fits = loglinear.fit(design, np.array([[30.0, 20.0, 10.0]]), finite=everything, kept=everything)

    assert fits.intercept_sd[0] == pytest.approx(np.sqrt(1 / 30 + 1 / 20 + 1 / 10), rel=1e-6)


def test_a_pair_without_overlap_gets_minus_infinity_and_leaves_the_fit():
    table = a_table([40, 30, 20, 20, 15, 0, 0])
    design = loglinear.design_of(3, 2)
    included = np.array([[int(term).bit_count() < 2 or int(term) == 6 for term in design.terms]])

    finite, kept = loglinear.mask_model(design, included, table.counts[None, 1:] @ design.matrix)

    assert design.terms[finite[0]].tolist() == [0, 1, 2, 4]
    assert kept[0].tolist() == [True, True, True, True, True, False, False]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=7, max_size=7).filter(lambda counts: sum(counts) > 20))
def test_fits_that_prove_their_maximum_agree_with_the_linear_programme(counts):
    table = a_table(counts)
    design = loglinear.design_of(3, 2)
    included = np.array([[(code >> place & 1) == 1 for place in range(3)] for code in range(8)])
    included = np.column_stack([np.full((8, 4), True), included])
    repeated = np.tile(table.counts[1:], (8, 1))
    finite, kept = loglinear.mask_model(design, included, repeated @ design.matrix)

    codes, _ = existence.check_fits(design, repeated, finite=finite, kept=kept, memo=existence.Memo())

    slow = [
        existence.check(design, repeated[row], finite=finite[row], kept=kept[row], memo=existence.Memo())
        for row in range(8)
    ]
    assert codes.tolist() == slow


@pytest.mark.parametrize("method", ["stepwise", "main", "bic", "bic_average", "decomposable"])
def test_totals_do_not_depend_on_the_order_of_the_lists(method):
    turned = np.zeros(8)
    for history, count in enumerate(WELL_FILLED.counts):
        turned[(history >> 1) | (history & 1) << 2] = count

    assert answer(method, a_table(turned[1:])).total == pytest.approx(answer(method, WELL_FILLED).total, rel=1e-9)


def test_stepwise_of_a_batch_equals_stepwise_of_each_table_alone():
    design = loglinear.design_of(3, 2)
    counts = bootstrap.resample(WELL_FILLED, replicates=20, rng=np.random.default_rng(3))

    together = stepwise.select(design, counts, memo=existence.Memo()).totals

    alone = [stepwise.select(design, row[None], memo=existence.Memo()).totals[0] for row in counts]
    assert together == pytest.approx(alone, rel=1e-12)


def test_a_dependence_that_was_put_in_is_found_by_stepwise_and_by_bic():
    rng = np.random.default_rng(2)
    people = rng.random((4000, 4)) < 0.25
    people[:, 3] |= people[:, 0] & (rng.random(4000) < 0.4)
    counts = np.bincount(people @ (1 << np.arange(4)), minlength=16).astype(float)
    table = a_table(counts[1:], ("A", "B", "C", "D"))

    assert ("A", "D") in answer("stepwise", table).model
    assert ("A", "D") in answer("bic", table).model


def test_main_effects_without_any_overlap_do_not_exist():
    found = answer("main", a_table([10, 10, 0, 10, 0, 0, 0]))

    assert (found.status, found.total) == ("does_not_exist", None)


def test_models_of_order_three_include_triples_and_stay_hierarchical():
    design = loglinear.design_of(4, 3)

    models = model_average.hierarchical_models(design, order=3)

    assert len(models) == 113
    for model in models:
        held = set(design.terms[model].tolist())
        assert all(term & ~(1 << place) in held for term in held for place in range(4) if term >> place & 1)


def test_the_search_among_many_models_finds_the_best_of_an_exhaustive_one(monkeypatch):
    rng = np.random.default_rng(4)
    people = rng.random((3000, 5)) < 0.2
    people[:, 1] |= people[:, 0] & (rng.random(3000) < 0.3)
    counts = np.bincount(people @ (1 << np.arange(5)), minlength=32).astype(float)[1:]
    design = loglinear.design_of(5, 2)
    everything = model_average.fit_all(design, counts, memo=existence.Memo())
    monkeypatch.setattr(model_average, "_MOST_EXHAUSTIVE", 8)

    searched = model_average.fit_all(design, counts, memo=existence.Memo())

    assert not searched.is_exhaustive
    assert searched.bic[0] == pytest.approx(everything.bic[0])
    assert len(searched.bic) < len(everything.bic)


def test_graphs_of_four_lists_leave_out_the_three_cycles_without_a_chord():
    graphs, counts = decomposable.decomposable_graphs(4)

    assert len(graphs) == 2**6 - 3
    assert (counts.sum(axis=1) == 0).sum() == 0 or (counts[:, 0] <= 0).all()


def test_ten_lists_are_estimated_by_what_is_feasible_and_graphs_say_why_not():
    rng = np.random.default_rng(5)
    people = rng.random((2000, 10)) < 0.08
    counts = np.bincount(people @ (1 << np.arange(10)), minlength=1024).astype(float)
    table = a_table(counts[1:], tuple("ABCDEFGHIJ"))

    graphs, chosen = answer("decomposable", table), answer("stepwise", table)

    assert graphs.status == "not_estimable"
    assert "too many decomposable graphs" in str(graphs.reason)
    assert chosen.lower < 2000 < chosen.upper


@pytest.mark.parametrize("method", ["stepwise", "main", "bic"])
def test_profile_and_bca_intervals_hold_the_estimate_and_stay_above_those_observed(method):
    for interval in ("profile", "bca"):
        found = answer(method, WELL_FILLED, interval=interval, replicates=200)

        assert found.interval == interval
        assert found.observed < found.lower < found.total < found.upper


def test_strata_add_up_to_their_sum_and_stand_beside_the_whole():
    strata = {"F": WELL_FILLED, "M": a_table([30, 25, 10, 20, 8, 6, 3])}

    found = capture_strata.estimate_strata(strata, "main", setting=a_setting())

    assert found.whole.total == pytest.approx(sum(one.total for one in found.by_stratum.values()))
    assert found.whole.observed == sum(one.observed for one in found.by_stratum.values())
    assert found.whole.lower < found.whole.total < found.whole.upper


def test_strata_without_a_figure_leave_their_sum_without_one_and_say_which():
    strata = {"F": WELL_FILLED, "M": a_table([3, 2, 0, 1, 0, 0, 0])}

    found = capture_strata.estimate_strata(strata, "main", setting=a_setting())

    assert found.whole.status == "not_estimable"
    assert "M" in str(found.whole.reason)


def test_sensitivity_tries_each_list_and_each_two_lists():
    changes = list_sensitivity.try_changes(WELL_FILLED, "main", setting=a_setting())

    assert [(change.kind, len(change.lists)) for change in changes] == [("dropped", 1)] * 3 + [("merged", 2)] * 3
    assert all(change.answer.status == "estimated" for change in changes)


def test_recalls_lower_the_total_the_more_links_are_supposed_missing():
    recalls = recall_sensitivity.try_recalls(WELL_FILLED, "main", recalls=(1.0, 0.95, 0.9), setting=a_setting())

    as_linked, *supposed = [one.answer.total for one in recalls]
    assert as_linked == each_method.apply_method("main", [WELL_FILLED], setting=a_setting())[0].total
    assert as_linked > supposed[0] > supposed[1]


def test_recalls_say_so_where_so_many_links_cannot_be_missing():
    all_linked = a_table([1, 1, 90], ("A", "B"))

    (only,) = recall_sensitivity.try_recalls(all_linked, "main", recalls=(0.4,), setting=a_setting())

    assert only.answer.status == "not_estimable"


def test_sensitivity_refuses_two_lists():
    with pytest.raises(Refusal) as refusal:
        list_sensitivity.try_changes(a_table([3, 2, 1], ("A", "B")), "main", setting=a_setting())

    assert refusal.value.code == "estimate.too_few_to_change"


def test_draws_that_differ_widen_the_interval_and_name_their_share():
    one = method_results.MethodResult(
        "main", "estimated", 60.0, 120.0, 100.0, 150.0, likely_unseen=method_results.lognormal_values(4.0, 0.1)
    )
    other = method_results.MethodResult(
        "main", "estimated", 60.0, 180.0, 150.0, 220.0, likely_unseen=method_results.lognormal_values(4.7, 0.1)
    )

    combined = method_results.combine_draws([one, other])

    assert combined.linkage_share > 0.9
    assert combined.lower < 115
    assert combined.upper > 170


def test_draws_without_a_figure_are_told():
    failed = method_results.refuse_method("main", "does_not_exist", 60.0, reason=None)

    combined = method_results.combine_draws([failed, failed])

    assert (combined.status, combined.total) == ("does_not_exist", None)
