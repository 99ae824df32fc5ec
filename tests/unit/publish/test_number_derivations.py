"""Does a number's derivation name all that it comes from, and nothing that must not leave?"""

from tests.unit.publish.cleared_samples import PROVENANCE, sample_release, table_of

from cauce.publish.derivations import chain_of, chain_of_estimate, public_provenance, write_step
from cauce.standards import clearance
from cauce.standards.messages import Message


def sex_table():
    return sample_release().tables[1]


def test_chain_names_only_clauses_that_allow_publication_of_the_fields():
    steps = [step for step in chain_of(sex_table(), PROVENANCE) if step.kind == "agreement"]

    assert [step.facts["clause"] for step in steps] == ["3.1"]


def test_chain_names_every_publishing_clause_where_none_names_a_derived_field():
    table = table_of(["age_code"], [("Y0T17", 20, 12, 28, "A")])

    steps = [step for step in chain_of(table, PROVENANCE) if step.kind == "agreement"]

    assert [step.facts["clause"] for step in steps] == ["3.1"]


def test_chain_says_when_nobody_could_be_linked():
    steps = chain_of(sex_table(), PROVENANCE | {"linkage": {"method": "none"}})

    assert any("each row counts as one person" in str(step.sentence) for step in steps)


def test_chain_carries_the_cost_and_the_noise_of_its_table():
    protection = next(step for step in chain_of(sex_table(), PROVENANCE) if step.kind == "protection")

    assert write_step(protection) | {"text": ""} == {"kind": "protection", "text": "", "epsilon": 0.25, "sigma": 4.2}


def test_provenance_keeps_named_keys_only_at_every_depth():
    stray = {
        "files": [{"partner": "a", "rows": 7391}],
        "agreements": [{"id": "1", "people": 12, "clauses": [{"number": "1", "seen": 3}]}],
        "people": 4021,
    }

    assert public_provenance(stray) == {
        "agreements": [{"id": "1", "clauses": [{"number": "1"}]}],
        "files": [{"partner": "a"}],
        "mappings": [],
        "linkage": [],
        "overlaps": [],
        "ledger": [],
        "code": [],
    }


def estimate_of(**changed):
    figures = {"status": "estimated", "reason": None, "manner": "noised", "observed": 3120, "epsilon": 0.2}
    figures |= {"total": 4510, "lower": 4100, "upper": 5020, "methods": ({"method": "main", "total": 4300},)}
    figures |= {"linkage_share": 0.15}
    return clearance.clear_estimate(**(figures | changed))


def kinds_of(steps):
    return [step.kind for step in steps]


def test_chain_of_the_hidden_total_goes_from_the_clauses_to_the_methods():
    steps = chain_of_estimate(estimate_of(), PROVENANCE)

    assert kinds_of(steps) == [
        "agreement", "agreement", "file", "mapping", "linkage", "linkage", "protection", "estimation",
        "linkage", "code"
    ]  # fmt: skip
    assert [step.facts["clause"] for step in steps[:2]] == ["3.3", "3.1"]
    assert steps[6].facts == {"manner": "noised", "epsilon": 0.2}
    assert steps[7].facts == {
        "lists": ["policia", "casa"],
        "methods": ["main"],
        "status": "estimated",
        "linkage_share": 0.15,
    }


def test_chain_tells_how_good_the_linkage_is_that_went_into_the_intervals():
    steps = [step for step in chain_of_estimate(estimate_of(), PROVENANCE) if step.kind == "linkage"]

    assert "99 % are estimated true (98 to 100)" in str(steps[1].sentence)
    assert "97.5 % were made (95 to 99)" in str(steps[1].sentence)
    assert steps[1].facts == {"precision": [0.99, 0.98, 1.0], "recall": [0.975, 0.95, 0.99]}


def test_chain_of_a_declared_total_says_that_the_budget_does_not_cover_it():
    steps = chain_of_estimate(estimate_of(manner="declared", epsilon=0.0), PROVENANCE)

    assert "not covered by the privacy budget" in str(steps[kinds_of(steps).index("protection")].sentence)


def test_chain_of_a_total_that_cannot_be_estimated_tells_the_reason_and_no_cost():
    none = {"total": None, "lower": None, "upper": None, "methods": (), "epsilon": 0.0, "status": "not_estimable"}

    steps = chain_of_estimate(estimate_of(**none, reason=Message("one list")), PROVENANCE)

    assert "protection" not in kinds_of(steps)
    assert str(steps[kinds_of(steps).index("estimation")].sentence) == "Not estimable: one list"
