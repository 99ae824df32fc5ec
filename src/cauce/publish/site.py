"""How do the pages of a release become files: which page lies where, with which links, in which languages?

One rendering path: `render_page` turns a page and its language into HTML, for the folder of a release as for a server.
"""

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from cauce.publish.derivation_pages import estimate_derivation_page, table_derivation_pages
from cauce.publish.pages import SECTIONS, general_pages
from cauce.publish.record_pages import records_page
from cauce.publish.subjects import Page, Subject
from cauce.publish.table_pages import table_page
from cauce.publish.wording import LANGUAGE_NAMES, Wording
from cauce.standards.messages import Language

__all__ = ["render_page", "render_site"]


def render_site(subjects: Sequence[Subject], *, tell: Callable[[int, int], None]) -> dict[str, bytes]:
    """All the pages of a release.

    In
        subjects    the release in each of its languages
        tell        called with the languages done and their number
    Out
        bytes by path within the release: site/index.html, site/style.css, site/LANG/...
    """
    rendered = {"site/style.css": _read_style(), "site/index.html": _choose_language(subjects)}
    for done, subject in enumerate(subjects):
        tell(done, len(subjects))
        for page in _pages_of(subject):
            path = f"site/{subject.wording.language}/{page.path}"
            rendered[path] = render_page(page, subject).encode("utf-8")
    tell(len(subjects), len(subjects))
    return rendered


def render_page(page: Page, subject: Subject) -> str:
    """One page as HTML, its links relative to its place.

    In
        page       Page
        subject    the release it tells of, in its language
    Out
        HTML
    """
    home = "../" * page.path.count("/")
    w, imprint = subject.wording, subject.imprint
    return (
        _templates()
        .get_template(page.template)
        .render(
            page=page,
            w=w,
            hub=subject.hub,
            home=home,
            up=home + "../",
            others=[_other(language, page, home=home) for language in imprint.languages],
            sections=[{"path": path, "name": w.tell(name)} for path, name in SECTIONS],
            fictitious=imprint.fictitious,
            release_id=imprint.release_id,
            issued=w.day(imprint.issued),
            **page.values,
        )
    )


def _pages_of(subject: Subject) -> list[Page]:
    pages = general_pages(subject)
    for table in subject.release.tables:
        pages += [table_page(subject, table), *table_derivation_pages(subject, table)]
    if subject.release.records:
        pages.append(records_page(subject, subject.release.records))
    if subject.release.estimate:
        pages.append(estimate_derivation_page(subject, subject.release.estimate))
    return pages


def _other(language: Language, page: Page, *, home: str) -> dict[str, str]:
    return {
        "language": language,
        "name": LANGUAGE_NAMES[language],
        "direction": Wording(language).direction,
        "href": f"{home}../{language}/{page.path}",
    }


def _choose_language(subjects: Sequence[Subject]) -> bytes:
    choices = [
        {"w": subject.wording, "hub": subject.hub, "name": LANGUAGE_NAMES[subject.wording.language]}
        for subject in subjects
    ]
    page = _templates().get_template("languages.html.jinja")
    return page.render(choices=choices, fictitious=subjects[0].imprint.fictitious).encode("utf-8")


def _read_style() -> bytes:
    return (files("cauce.publish") / "templates" / "style.css").read_bytes()


@cache
def _templates() -> Environment:
    loader = PackageLoader("cauce.publish", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
