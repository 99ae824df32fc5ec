"""Are survey estimates those of R's survey package, and of a textbook, to the last digits that these print?"""

import csv

import numpy as np
import pytest
from tests.shared_data import shared_data

from cauce.estimate import flow_monitoring, rounds, survey
from cauce.estimate.sample_design import describe_design

PEER = 1e-6
DOMAINS_R2 = {
    "ADM1": (25569.9, 4088.6325296942),
    "ADM2": (8540.0, 854.933053704084),
    "ADM3": (32547.4, 4225.7542275408),
    "ADM4": (19980.0, 2557.59639316778),
    "ADM5": (24766.5833333333, 1814.34779983404),
    "ADM6": (5799.0, 1893.3745887524),
}
SHARES_EU = {
    "FMP_A": (0.221513638535167, 0.0208163548746591),
    "FMP_B": (0.547573004904454, 0.0288492845509989),
    "FMP_C": (0.383428629722412, 0.0339512118782828),
}


@pytest.fixture(scope="module")
def sites():
    return _Columns(shared_data("survey/d1_sample.csv"))


@pytest.fixture(scope="module")
def interviews():
    return _Columns(shared_data("survey/d2_fms.csv"))


@pytest.fixture(scope="module")
def sites_design(sites):
    return describe_design(sites.numbers("w"), strata=sites["stratum"], populations=sites.numbers("Nh"))


@pytest.fixture(scope="module")
def persons_design(interviews):
    return describe_design(
        interviews.numbers("w"),
        strata=interviews["point"],
        clusters=interviews["psu"],
        populations=interviews.numbers("Npsu"),
    )


@pytest.mark.parametrize(
    ("column", "total", "se"),
    [("idp_r2", 117202.883333333, 6980.17548942783), ("idp_r1", 125617.7, 7506.16696117504)],
)
def test_total_of_a_stratified_sample_equals_the_peer(sites, sites_design, column, total, se):
    found = survey.estimate_total(sites_design, sites.numbers(column))

    assert (found.estimate, found.se) == pytest.approx((total, se), rel=PEER)


def test_interval_of_a_total_has_the_peer_s_degrees_of_freedom_and_edges(sites, sites_design):
    found = survey.estimate_total(sites_design, sites.numbers("idp_r2"))

    assert found.df == 125
    assert (found.lower, found.upper) == pytest.approx((103388.249734198, 131017.516932469), rel=PEER)


def test_change_on_the_matched_panel_equals_the_peer(sites, sites_design):
    found = rounds.estimate_panel_change(sites_design, sites.numbers("idp_r1"), sites.numbers("idp_r2"))

    assert (found.estimate, found.se) == pytest.approx((-8414.81666666667, 3464.12196044072), rel=PEER)


def test_ratio_and_ratio_estimated_total_equal_the_peer(sites, sites_design):
    frame = _Columns(shared_data("survey/d1_frame.csv"))
    known = frame.numbers("idp_r1").sum()

    ratio = survey.estimate_ratio(sites_design, sites.numbers("idp_r2"), sites.numbers("idp_r1"))
    total = survey.estimate_ratio_total(ratio, known_total=known)

    assert (ratio.estimate, ratio.se) == pytest.approx((0.93301249213553, 0.0263288392019045), rel=PEER)
    assert (total.estimate, total.se) == pytest.approx((124106.522666392, 3502.18320411974), rel=PEER)


def test_total_of_the_frame_lies_in_the_interval_of_the_ratio_estimate(sites, sites_design):
    frame = _Columns(shared_data("survey/d1_frame.csv"))
    ratio = survey.estimate_ratio(sites_design, sites.numbers("idp_r2"), sites.numbers("idp_r1"))

    total = survey.estimate_ratio_total(ratio, known_total=frame.numbers("idp_r1").sum())

    assert total.lower < frame.numbers("idp_r2").sum() == 124596 < total.upper


@pytest.mark.parametrize("domain", DOMAINS_R2)
def test_totals_by_domain_equal_the_peer(sites, sites_design, domain):
    found = survey.estimate_by_domain(sites_design, sites.numbers("idp_r2"), domains=sites["adm1"], quantity="total")

    told = {one.domain: (one.estimate, one.se) for one in found}
    assert told[domain] == pytest.approx(DOMAINS_R2[domain], rel=PEER)


def test_weights_of_interviews_are_those_of_the_file(interviews):
    shifts = {point: len({psu for psu, at in _pairs(interviews) if at == point}) for point in interviews["point"]}

    crossings = flow_monitoring.weigh_crossings(
        interviews.numbers("flow"),
        interviewed=interviews.numbers("n_int"),
        shifts_total=interviews.numbers("Npsu"),
        shifts_drawn=[shifts[point] for point in interviews["point"]],
    )
    persons = flow_monitoring.share_weights(crossings, interviews.numbers("points_passed"))

    np.testing.assert_allclose(crossings, interviews.numbers("w0"), rtol=1e-9)
    np.testing.assert_allclose(persons, interviews.numbers("w"), rtol=1e-9)


def test_crossings_and_persons_of_a_flow_survey_equal_the_peer(interviews, persons_design):
    crossings_design = describe_design(
        interviews.numbers("w0"),
        strata=interviews["point"],
        clusters=interviews["psu"],
        populations=interviews.numbers("Npsu"),
    )
    ones = np.ones(persons_design.size)

    crossings = survey.estimate_total(crossings_design, ones)
    persons = survey.estimate_total(persons_design, ones)

    assert (crossings.estimate, crossings.se) == pytest.approx((58601.25, 2263.29785055482), rel=PEER)
    assert (persons.estimate, persons.se) == pytest.approx((45928.4162556194, 1946.73933441263), rel=PEER)


@pytest.mark.parametrize(
    ("column", "mean", "se"),
    [
        ("age", 28.3006871886175, 0.449596539778466),
        ("female", 0.333758388671576, 0.020012858479244),
        ("intends_EU", 0.350802327691825, 0.0214913146743536),
    ],
)
def test_means_of_a_clustered_sample_equal_the_peer(interviews, persons_design, column, mean, se):
    found = survey.estimate_mean(persons_design, interviews.numbers(column))

    assert (found.estimate, found.se) == pytest.approx((mean, se), rel=PEER)


@pytest.mark.parametrize("point", SHARES_EU)
def test_means_by_domain_of_a_clustered_sample_equal_the_peer(interviews, persons_design, point):
    found = survey.estimate_by_domain(
        persons_design, interviews.numbers("intends_EU"), domains=interviews["point"], quantity="mean"
    )

    told = {one.domain: (one.estimate, one.se) for one in found}
    assert told[point] == pytest.approx(SHARES_EU[point], rel=PEER)


def test_total_of_a_trait_equals_the_peer(interviews, persons_design):
    found = survey.estimate_total(persons_design, interviews.numbers("intends_EU"))

    assert (found.estimate, found.se) == pytest.approx((16111.7953296703, 1263.97238118184), rel=PEER)


def test_design_effect_and_logit_interval_equal_the_peer(interviews, persons_design):
    effect = survey.estimate_design_effect(persons_design, interviews.numbers("intends_EU"))
    share = survey.estimate_share(persons_design, interviews.numbers("intends_EU"))

    assert effect == pytest.approx(1.57780119874999, rel=PEER)
    assert (share.lower, share.upper) == pytest.approx((0.309219049050708, 0.394781796788110), rel=PEER)


def test_cluster_sample_of_a_textbook_gives_its_mean_and_error():
    """Lohr, Sampling: Design and Analysis (1999), example 5.2: 5 of 100 suites of 4 students."""
    marks = [3.08, 2.60, 3.44, 3.04, 2.36, 3.04, 3.28, 2.68, 2.00, 2.56]
    marks += [2.52, 1.88, 3.00, 2.88, 3.44, 3.64, 2.68, 1.92, 3.28, 3.20]
    suites = [suite for suite in range(5) for _ in range(4)]
    design = describe_design([20.0] * 20, clusters=suites, populations=[100] * 20)

    mean, total = survey.estimate_mean(design, marks), survey.estimate_total(design, marks)

    assert total.estimate == pytest.approx(1130.4)
    assert (mean.estimate, mean.se) == pytest.approx((2.826, 0.164), abs=5e-4)


class _Columns:
    def __init__(self, path):
        with path.open(encoding="utf-8") as stream:
            self.rows = list(csv.DictReader(stream))

    def __getitem__(self, name):
        return [row[name] for row in self.rows]

    def numbers(self, name):
        return np.array(self[name], dtype=np.float64)


def _pairs(interviews):
    return zip(interviews["psu"], interviews["point"], strict=True)
