"""Are areas found by name, demonym, code and year, and asked about where a text names several?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.standards import areas, codelists

ISO3 = [code for code, entry in codelists.load("area").entries.items() if entry.valid_to is None]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bolivia (Plurinational State of)", "BOL"),
        ("República Bolivariana de Venezuela", "VEN"),
        ("the United States", "USA"),
        ("EE. UU.", "USA"),
        ("Congo, Democratic Republic of the", "COD"),
        ("Rep. Dominicana", "DOM"),
        ("Birmania", "MMR"),
        ("Cap-Vert", "CPV"),
        ("Holanda", "NLD"),
        ("جمهورية كوريا", "KOR"),
        ("المكسيك", "MEX"),
        ("مكسيك", "MEX"),
    ],
)
def test_resolve_finds_an_area_by_any_of_its_names(text, code):
    match = areas.resolve(text)

    assert (match.status, match.codes) == ("exact", (code,))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("haitiana", "HTI"),
        ("Hondureños", "HND"),
        ("nigerina", "NER"),
        ("nigeriana", "NGA"),
        ("nigérienne", "NER"),
        ("Nigerian", "NGA"),
        ("dominiquesa", "DMA"),
        ("dominicana", "DOM"),
        ("dominiquaise", "DMA"),
        ("Filipina", "PHL"),
        ("mozambicaines", "MOZ"),
        ("ecuatoguineana", "GNQ"),
        ("Bissau-Guinean", "GNB"),
        ("sursudanesa", "SSD"),
    ],
)
def test_resolve_finds_an_area_by_what_its_people_are_called(text, code):
    match = areas.resolve(text)

    assert (match.status, match.codes) == ("exact", (code,))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Congo", {"COG", "COD"}),
        ("congoleña", {"COG", "COD"}),
        ("Corea", {"KOR", "PRK"}),
        ("Korean", {"KOR", "PRK"}),
        ("Dominican", {"DOM", "DMA"}),
        ("Samoa", {"WSM", "ASM"}),
        ("Îles Vierges", {"VGB", "VIR"}),
        ("Saint-Martin", {"MAF", "SXM"}),
        ("guineana", {"GIN", "GNB", "GNQ"}),
        ("americana", {"USA"}),
    ],
)
def test_resolve_lists_the_areas_where_a_text_names_several(text, codes):
    match = areas.resolve(text)

    assert match.status == "ambiguous"
    assert set(match.codes) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Guinee Bisao",
        "Nigeri",
        "Dominca",
        "Republic",
        "Guinea Equatorial Republic",
        "Hondura",
        "New",
        "Islas",
        "??",
        "12",
        "",
    ],
)
def test_resolve_never_matches_by_likeness_or_by_part(text):
    assert areas.resolve(text).status == "unknown"


@pytest.mark.parametrize(
    ("near", "code"),
    [("Guinea", "GIN"), ("Guinea-Bisáu", "GNB"), ("Guinea Ecuatorial", "GNQ"), ("Papúa Nueva Guinea", "PNG"),
     ("Níger", "NER"), ("Nigeria", "NGA"), ("Dominica", "DMA"), ("República Dominicana", "DOM"),
     ("Austria", "AUT"), ("Australia", "AUS"), ("Mauricio", "MUS"), ("Mauritania", "MRT"),
     ("Eslovaquia", "SVK"), ("Eslovenia", "SVN"), ("Irán", "IRN"), ("Iraq", "IRQ")],
)  # fmt: skip
def test_resolve_keeps_names_that_are_alike_apart(near, code):
    assert areas.resolve(near).codes == (code,)


@pytest.mark.parametrize(
    ("text", "year", "status", "codes"),
    [
        ("Serbia and Montenegro", 2005, "exact", ("SCG",)),
        ("Serbia and Montenegro", 2010, "unknown", ("SCG",)),
        ("South Sudan", 2010, "unknown", ("SSD",)),
        ("South Sudan", 2011, "exact", ("SSD",)),
        ("736", 2005, "exact", ("SDN",)),
        ("729", 2005, "unknown", ("SDN",)),
        ("729", 2015, "exact", ("SDN",)),
        ("CS", 1990, "exact", ("CSK",)),
        ("CS", 2004, "exact", ("SCG",)),
        ("CS", None, "ambiguous", ("CSK", "SCG")),
        ("URSS", 1985, "exact", ("SUN",)),
        ("Ukraine", 1985, "exact", ("UKR",)),
        ("Curaçao", 2005, "unknown", ("CUW",)),
        ("ZAR", 1990, "exact", ("COD",)),
        ("Kosovo", 2015, "exact", ("XKX",)),
    ],
)
def test_resolve_knows_which_areas_a_year_had(text, year, status, codes):
    match = areas.resolve(text, year=year)

    assert (match.status, match.codes) == (status, codes)


@pytest.mark.parametrize("text", ["NA", "NO", "SI", "SD"])
def test_resolve_asks_about_words_of_forms_that_look_like_codes(text):
    unsure, sure = areas.resolve(text), areas.resolve(text, scheme="iso2")

    assert unsure.status == "ambiguous"
    assert sure.status == "exact"
    assert unsure.codes == sure.codes


def test_resolve_reads_only_the_scheme_that_the_caller_names():
    assert areas.resolve("4", scheme="m49").codes == ("AFG",)
    assert areas.resolve("4").status == "unknown"
    assert areas.resolve("hti", scheme="iso3").codes == ("HTI",)
    assert areas.resolve("HTI", scheme="name").status == "unknown"
    assert areas.resolve("Haití", scheme="iso2").status == "unknown"


@pytest.mark.parametrize(("text", "code"), [("Congo", "COG"), ("Samoa", "WSM"), ("Korea, Republic of", "KOR")])
def test_resolve_reads_official_names_as_the_lists_of_the_united_nations_mean_them(text, code):
    match = areas.resolve(text, scheme="official")

    assert (match.status, match.codes) == ("exact", (code,))


def test_resolve_reads_no_demonym_among_official_names():
    assert areas.resolve("haitiana", scheme="official").status == "unknown"


@given(st.sampled_from(ISO3), st.sampled_from(["es", "en", "fr", "ar"]), st.booleans())
def test_resolve_gives_a_shown_name_back_its_own_code_whatever_the_capitals(code, language, is_upper):
    name = codelists.load("area").name_of(code, language)

    match = areas.resolve(name.upper() if is_upper else name.lower())

    assert code in match.codes


@given(st.sampled_from(ISO3))
def test_codes_of_an_area_lead_back_to_it_in_every_scheme(code):
    assert areas.resolve(areas.iso2_of(code), scheme="iso2").codes == (code,)
    assert areas.resolve(areas.m49_of(code), scheme="m49").codes == (code,)
    assert areas.resolve(code, scheme="iso3").codes == (code,)


@given(st.text(max_size=30), st.one_of(st.none(), st.integers(1900, 2100)))
def test_resolve_answers_any_text_with_codes_that_exist(text, year):
    match = areas.resolve(text, year=year)

    assert set(match.codes) <= set(codelists.load("area").codes)
    assert (match.status == "exact") <= (len(match.codes) == 1)
    assert all(codelists.load("area").is_valid(code, year) for code in match.codes if match.status != "unknown")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Europe", "150"),
        ("Sub-Saharan Africa", "202"),
        ("América Latina y el Caribe", "419"),
        ("Asie", "142"),
        ("145", "145"),
    ],
)
def test_resolve_region_finds_a_region_of_the_united_nations(text, code):
    assert areas.resolve_region(text).codes == (code,)


def test_resolve_region_leaves_areas_alone_and_areas_leave_regions():
    assert areas.resolve_region("France").status == "unknown"
    assert areas.resolve("Europe").status == "unknown"


@pytest.mark.parametrize(("year", "number"), [(2000, "736"), (2012, "729"), (None, "729")])
def test_m49_of_gives_the_number_of_the_year(year, number):
    assert areas.m49_of("SDN", year=year) == number
