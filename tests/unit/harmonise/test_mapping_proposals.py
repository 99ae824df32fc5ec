"""Are columns given to the fields that they mean, and to none where that is only likely?"""

import datetime

import pytest

from cauce.harmonise.column_profiles import ColumnProfile
from cauce.harmonise.mapping_proposals import THRESHOLD, propose_mapping
from cauce.standards import packs

PACK = packs.load("trafficking")
DAY = datetime.date(2026, 1, 1)


def profile(name, values, key="c1"):
    counts = values if isinstance(values, dict) else dict.fromkeys(values, 1)
    filled = sum(counts.values())
    return ColumnProfile(key, name, filled, len(counts), filled, counts)


def propose(*profiles):
    return propose_mapping(profiles, PACK, today=DAY)


def sure(proposal):
    return {one.column: one.field for one in proposal.columns if one.confidence >= THRESHOLD}


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("SEXO", ["F", "M"], "prs_Gender"),
        ("Genre", ["Femme", "Homme"], "prs_Gender"),
        ("sexo de la víctima", ["Mujer", "Hombre"], "prs_Gender"),
        ("Fecha de Nac.", ["25/12/1990"], "prs_Birthdate"),
        ("date_of_birth", ["1990-12-25"], "prs_Birthdate"),
        ("Nacionalidad", ["haitiana", "Perú"], "prs_Citizenship"),
        ("País de nacionalidad", ["Haití", "Perú"], "prs_Citizenship"),
        ("Nationalité", ["Haïti", "Pérou"], "prs_Citizenship"),
        ("Edad", ["12", "34"], "age_code"),
        ("Grupo de edad", ["0-8", "9 a 17"], "age_code"),
        ("Prénom", ["Awa", "Jean"], "prs_FirstName"),
        ("prs_First_Name", ["Awa", "Jean"], "prs_FirstName"),
        ("vic_TraffickinStatusDecisionMakingOrg", ["Police"], "vic_TraffickingStatusDecisionMakingOrg"),
        ("Tipo de explotacion", ["Trabajo forzoso", "Explotación sexual"], "vic_TypeOfExploitation"),
        ("Año", ["2019", "2020"], "registered_year"),
        ("Trabajo forzoso", ["Sí", "No"], "vic_TypeOfExploitation"),
        ("MethodsOfControlDebtBondage", ["1", "0"], "vic_MethodsOfControl"),
    ],
)
def test_propose_takes_headings_of_three_languages_whose_values_agree(heading, values, field):
    assert sure(propose(profile(heading, values))) == {heading: field}


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("IP_Gender", ["Female", "Male"]),
        ("Sexo del agresor", ["F", "M"]),
        ("Nombre del tratante", ["X", "Y"]),
        ("Sexo", ["rojo", "azul", "verde"]),
        ("columna 7", ["haitiana", "peruana"]),
        ("Fecha de nacimiento", ["03/04/2018", "05/06/2017"]),
    ],
)
def test_propose_never_maps_unasked_what_is_only_likely(heading, values):
    proposal = propose(profile(heading, values))

    unasked = [one for one in proposal.columns if not one.doubts]

    assert unasked == []


def test_propose_gives_a_field_to_the_better_of_two_columns():
    proposal = propose(profile("IP_Gender", ["Female", "Male"]), profile("gender", ["Female", "Male"], key="c2"))

    assert sure(proposal) == {"gender": "prs_Gender"}
    assert proposal.unmapped == ("IP_Gender",)


def test_propose_lets_columns_of_yes_and_no_share_a_field():
    proposal = propose(profile("isForcedLabour", ["0", "1"]), profile("isSexualExploit", ["0.0", "1.0"], key="c2"))

    assert set(sure(proposal).values()) == {"vic_TypeOfExploitation"}
    assert [dict(one.reading.values) for one in proposal.columns] == [
        {"0": "", "1": "ForcedLabour"},
        {"0.0": "", "1.0": "SexualExploitation"},
    ]


def test_propose_asks_whether_a_lone_figure_means_that_nothing_is_known():
    proposal = propose(profile("citizenship", {"PH": 90, "UA": 50, "0": 30}))

    (doubt,) = proposal.columns[0].doubts

    assert (doubt.value, doubt.proposed, doubt.confidence >= THRESHOLD) == ("0", "", True)


def test_propose_offers_near_spellings_to_a_person_and_takes_none():
    proposal = propose(profile("Nacionalidad", {"Perú": 60, "Colonbia": 1}))

    (doubt,) = proposal.columns[0].doubts

    assert (doubt.value, doubt.proposed) == ("Colonbia", None)
    assert "COL" in doubt.choices
    assert "Colonbia" not in proposal.columns[0].reading.values


def test_propose_gives_every_mapped_column_its_evidence():
    proposal = propose(profile("Sexo", ["F", "M"]), profile("Edad", ["12"], key="c2"))

    assert all(one.evidence and 0 < one.confidence <= 1 for one in proposal.columns)
