"""Does a number's derivation name all that it comes from, and nothing that must not leave?"""

from tests.unit.publish.cleared_samples import PROVENANCE, sample_release, table_of

from cauce.publish.derivations import chain_of, public_provenance, write_step


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
        "code": [],
    }
