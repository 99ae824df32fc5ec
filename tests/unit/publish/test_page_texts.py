"""Do pages escape what they are given, isolate it in sentences of the other direction, and tell what is not estimable?"""

import re

import pyarrow as pa
from tests.unit.publish.cleared_samples import PROVENANCE, release_of, rendered, sample_release, table_of

from cauce.publish.wording import Wording
from cauce.standards import clearance
from cauce.standards.messages import Message

HOSTILE = '<script>alert("x")</script>'


def test_wording_isolates_codes_left_to_right_in_an_arabic_sentence():
    said = Wording("ar").say("Release {id}", id="2026-11-22.1")

    assert '<bdi dir="ltr">2026-11-22.1</bdi>' in said


def test_wording_isolates_codes_in_an_arabic_title_by_marks_and_in_no_other():
    assert Wording("ar").plain("Release {id}", id="2026-11-22.1").endswith("\u20662026-11-22.1\u2069")
    assert Wording("es").plain("Release {id}", id="2026-11-22.1") == "Publicación 2026-11-22.1"


def test_wording_lets_only_what_is_longer_than_a_line_be_broken():
    said = Wording("ar").say("{code} {checksum}", code="MESA-2026-01", checksum="ab" * 32)

    assert '<bdi dir="ltr">MESA' in said and '<bdi dir="ltr" class="long">abab' in said


def test_wording_leaves_arabic_values_to_their_own_direction():
    assert "<bdi>القاهرة</bdi>" in Wording("ar").say("Release {id}", id="القاهرة")


def test_pages_escape_what_codes_partners_and_notes_carry():
    table = table_of(["partner_code"], [(HOSTILE, 20, 12, 28, "A")], notes=(Message("{note}", note=HOSTILE),))
    provenance = PROVENANCE | {"files": [{"partner": HOSTILE, "file": HOSTILE, "keyed_sha256": "ab"}]}

    files = rendered(sample_release(tables=[table]), provenance=provenance)

    assert [path for path in files if path.endswith(".html") and b"<script" in files[path]] == []


def test_pages_need_no_script_no_inline_style_and_no_other_host():
    pages = {
        path: text.decode() for path, text in rendered(sample_release()).items() if path.endswith((".html", ".css"))
    }

    for path, text in pages.items():
        asked = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not [word for word in ("<script", "style=", "http:", "https:", "@import", "url(") if word in asked], path


def test_overview_says_why_the_hidden_total_is_not_estimable():
    reason = Message("Only {count} list was given", count=1)
    missing = {"observed": None, "total": None, "lower": None, "upper": None}
    estimate = clearance.clear_estimate(status="not_estimable", reason=reason, manner="noised", epsilon=0.0, **missing)

    page = rendered(sample_release(estimate=estimate))["site/es/index.html"].decode()

    assert "No estimable" in page
    assert "Only 1 list was given" in page


def test_overview_shows_the_spread_of_the_methods_and_those_without_a_figure():
    page = rendered(sample_release())["site/en/index.html"].decode()

    assert "between 4,000 and 4,700" in page
    assert "no figure" in page[page.index("Hidden groups of people") :][:200]


def test_pages_are_only_in_the_languages_of_the_hub():
    files = rendered(sample_release(), languages=("fr", "ar"))

    assert {path.split("/")[1] for path in files if path.startswith("site/")} == {"index.html", "style.css", "fr", "ar"}


def test_overview_gives_a_range_and_no_single_number_where_the_interval_is_very_wide():
    wide = {"observed": 3120, "total": 158_399, "lower": 5_542, "upper": 803_788}
    estimate = clearance.clear_estimate(status="estimated", reason=None, manner="noised", epsilon=0.2, **wide)

    page = rendered(sample_release(estimate=estimate))["site/en/index.html"].decode()

    assert "between 5,542 and 803,788" in page
    assert "158,399" not in page


def test_pages_say_that_records_are_invented_and_how_far_they_are_from_each_table():
    rows = pa.table({"sex": ["F", "M"]})
    release = sample_release()
    table = release.tables[1]
    records = clearance.clear_records(
        columns=("sex",), rows=rows, expected_error={}, distances={table.table_id: 12.345}
    )

    files = rendered(release_of(release.tables, records=records))

    downloads, page = (files[f"site/en/{name}.html"].decode() for name in ("downloads", "records"))
    assert "Each of the 2 rows is an invented person" in downloads and 'href="records.html"' in downloads
    assert "no row is a person" in page and 'href="../../records/records.csv"' in page
    assert f'<a href="tables/{table.table_id}.html">' in page and '<td class="n">12.3</td>' in page
    assert "مُختلقة" in files["site/ar/records.html"].decode()


def test_table_of_no_field_has_one_row_called_total():
    page = rendered(sample_release())["site/en/tables/total.html"].decode()

    assert re.search(r'<th scope="row"><bdi>Total</bdi>', page)
    assert "3,120" in page
