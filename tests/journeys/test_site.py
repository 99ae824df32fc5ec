"""Does a reader of the site, on a phone or a desk, from disk and without JavaScript, find all and hear of nobody else?"""

import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.unit.publish.cleared_samples import big_table, rendered, sample_release, table_of

CHROMIUM = Path("/usr/bin/chromium")
KINDS = (
    "index.html",
    "methods.html",
    "downloads.html",
    "release.html",
    "tables/prs_Gender+age_code.html",
    "tables/prs_Citizenship+prs_Gender.html",
    "derivations/prs_Citizenship+prs_Gender.html",
    "derivations/hidden_total.html",
)
MOST_BYTES = 200_000
LETTERS = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), seen = [];
  while (texts.nextNode()) for (let i = 0; i < texts.currentNode.length; i++) {
    const range = document.createRange();
    range.setStart(texts.currentNode, i);
    range.setEnd(texts.currentNode, i + 1);
    const box = range.getBoundingClientRect();
    if (box.width) seen.push([Math.round((box.top + box.bottom) / 2), box.left, texts.currentNode.data[i]]);
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    tables = [*sample_release().tables[:3], big_table(areas=60, values=12)]
    for path, content in rendered(sample_release(tables=tables)).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder / "site"


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def pages_of(site):
    return sorted(site.rglob("*.html"))


def links_of(page):
    return re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8"))


def test_every_link_of_every_page_leads_to_a_file_and_a_place_in_it(site):
    ids = {page: set(re.findall(r'\bid="([^"]+)"', page.read_text(encoding="utf-8"))) for page in pages_of(site)}

    broken = []
    for page in pages_of(site):
        for link in links_of(page):
            path, place = urldefrag(link)
            target = (page.parent / unquote(path)).resolve() if path else page
            if not target.is_file() or (place and unquote(place) not in ids[target]):
                broken.append((page.name, link))
    assert broken == []


@pytest.mark.parametrize("language", ["es", "en", "fr", "ar"])
def test_every_number_of_the_overview_leads_to_where_it_comes_from(site, language):
    overview = _Overview()

    overview.feed(_text(site / language / "index.html"))

    assert overview.without_a_link == []
    assert {"derivations/total.html#n-total", "derivations/hidden_total.html#n-total"} <= overview.hrefs
    assert {f"derivations/hidden_total.html#n-{method}" for method in ("main", "bic", "latent")} <= overview.hrefs


def test_reader_follows_the_hidden_total_to_its_derivation(site, chromium):
    page = chromium.new_page()

    page.goto((site / "es" / "index.html").as_uri())
    page.click("dl.facts a >> nth=1")

    assert page.locator("tr:target code").inner_text() == "total"
    assert "4510" in page.locator("tr:target").inner_text().replace(".", "")
    assert "hidden_total/total" in page.locator("code.command").inner_text()
    page.close()


def test_no_page_weighs_more_than_200_kb_with_all_it_loads(site):
    style = (site / "style.css").stat().st_size

    heavy = [page.name for page in pages_of(site) if page.stat().st_size + style > MOST_BYTES]

    assert heavy == []


def test_no_page_weighs_more_than_200_kb_when_thousands_of_figures_are_released():
    by = ["prs_Citizenship", "prs_Gender", "age_code"]
    codes = product(
        (f"A{place:02X}" for place in range(60)), ("Feminine", "Masculine", "_U"), (f"Y{n}" for n in range(12))
    )
    cube = table_of(by, [(*code, 1234, 1200, 1268, "A") for code in codes])

    files = rendered(sample_release(tables=[cube, big_table(areas=250, values=250)]), languages=("ar",))

    weights = {path: len(files[path]) + len(files["site/style.css"]) for path in files if path.endswith(".html")}
    assert {path: weight for path, weight in weights.items() if weight > MOST_BYTES} == {}


def test_every_page_says_that_its_data_are_fictitious_in_its_language(site):
    words = {"es": "Datos ficticios", "en": "Fictitious data", "fr": "Données fictives", "ar": "بيانات خيالية"}

    silent = [
        page for page in pages_of(site) if page.parent != site and words[_language(site, page)] not in _text(page)
    ]

    assert silent == []
    assert all(word in _text(site / "index.html") for word in words.values())


def test_no_page_of_real_data_says_that_it_is_fictitious():
    files = rendered(sample_release(), fictitious=False)

    assert [path for path in files if path.endswith(".html") and b"Fictitious data" in files[path]] == []


def test_reader_without_javascript_reads_from_disk_and_no_other_host_hears_of_it(site, chromium):
    asked = []
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))

    page.goto((site / "index.html").as_uri())
    page.click("text=Español")
    page.click("text=Personas por sexo y edad")
    page.click("td a.value >> nth=0")

    assert page.locator("tr:target").count() == 1
    assert page.locator("tr:target code").inner_text() == "Feminine+Y0T17"
    assert [url for url in asked if not url.startswith("file://")] == []
    context.close()


def test_withheld_zero_and_missing_look_different(site, chromium):
    page = chromium.new_page()

    page.goto((site / "es" / "tables" / "prs_Gender+age_code.html").as_uri())
    looks = {
        name: page.locator(f"tbody .{name}").first.evaluate(
            "e => [getComputedStyle(e).backgroundImage, getComputedStyle(e).borderStyle, e.textContent].join()"
        )
        for name in ("value", "withheld", "none")
    }

    assert len(set(looks.values())) == 3
    assert "retenida" in looks["withheld"]
    assert "sin cifra" in looks["none"]
    page.close()


@pytest.mark.parametrize("language", ["es", "ar"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_fit_the_screen_and_run_in_the_direction_of_their_language(site, chromium, language, width):
    page = chromium.new_page(viewport={"width": width, "height": 800})

    for kind in KINDS:
        page.goto((site / language / kind).as_uri())

        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if language == "ar" else "ltr")
    page.close()


@pytest.mark.parametrize(
    ("kind", "whole"),
    [
        ("release.html", ("2026-11-22.1",)),
        ("tables/prs_Gender.html", ("2026-11-22.1", "Feminine", "_U")),
        ("derivations/prs_Citizenship+prs_Gender.html", ("MESA-2026-01", "2027-12-31", "SHA\u2011256")),
    ],
)
def test_codes_and_dates_stand_whole_and_in_their_order_on_an_arabic_telephone(site, chromium, kind, whole):
    page = chromium.new_page(viewport={"width": 360, "height": 900})
    page.goto((site / "ar" / kind).as_uri())

    seen = _lines_seen(page)

    assert [each for each in whole if not any(each in line for line in seen)] == []
    assert not any("22.1-11-2026" in line or "U_" in line for line in seen)
    assert "2026-11-22.1" in page.title() or kind != "release.html"
    page.close()


def test_checksum_on_an_arabic_telephone_goes_on_in_its_order_on_the_next_line(site, chromium):
    page = chromium.new_page(viewport={"width": 360, "height": 900})
    page.goto((site / "ar" / "derivations" / "prs_Citizenship+prs_Gender.html").as_uri())

    assert "ab" * 32 in "".join(_lines_seen(page)).replace(" ", "")
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["es", "en", "fr", "ar"])
def test_every_kind_of_page_has_no_violation_of_accessibility_on_any_screen(site, chromium, language, width, scheme):
    assert _violations(site, chromium, languages=[language], width=width, scheme=scheme) == []


def test_every_kind_of_page_has_no_violation_of_accessibility(site, chromium):
    assert _violations(site, chromium, languages=["ar"], width=1280, scheme="light") == []


def _violations(site, chromium, *, languages, width, scheme):
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = []
    for path in [site / "index.html", *(site / language / kind for language in languages for kind in KINDS)]:
        page.goto(path.as_uri())
        for one in axe.run(page)["violations"]:
            found.append((path.name, one["id"], one["nodes"][0]["html"][:160]))
    page.close()
    return found


class _Overview(HTMLParser):
    """Gathers the figures of an overview that stand outside any link: those of the facts, the tables and the text.

    An interval belongs to the figure before it; pictures, examples and citations repeat or explain.
    """

    def __init__(self):
        super().__init__()
        self.without_a_link, self.hrefs, self._open = [], set(), []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        kind = told.get("class") or ""
        if tag not in ("meta", "link"):
            self._open.append((tag, kind))
        if tag == "a":
            self.hrefs.add(told["href"])

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags, kinds = {tag for tag, _ in self._open}, {kind for _, kind in self._open}
        aside = {"a", "svg", "code", "caption", "footer", "header", "th", "style", "title"} & tags
        is_figure = re.fullmatch(r"\s*[\d.,\s\u202f\xa0]*\d[\d.,\s\u202f\xa0]*\s*", data)
        if is_figure and not aside and not {"interval", "legend", "citation"} & kinds:
            self.without_a_link.append(data)


def _lines_seen(page):
    """The lines as the eye meets them, from left to right: where each letter is drawn, whatever its order in the page."""
    lines = {}
    for middle, left, letter in page.evaluate(LETTERS):
        lines.setdefault(middle, []).append((left, letter))
    return ["".join(letter for _, letter in sorted(lines[middle])) for middle in sorted(lines)]


def _language(site, page):
    return page.relative_to(site).parts[0]


def _text(page):
    return page.read_text(encoding="utf-8")
