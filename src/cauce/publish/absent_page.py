"""What does a reader see who asks the portal for a page that is not there? The way back, in her language."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from cauce.publish.wording import LANGUAGE_NAMES, Wording
from cauce.standards.messages import Language

__all__ = ["render_absent"]


def render_absent(language: Language, *, languages: Sequence[Language]) -> str:
    """The page as HTML; its links begin at the portal's root.

    In
        language    of the reader
        languages   of the newest release's pages, none where nothing is released
    Out
        HTML

    >>> '<html lang="ar" dir="rtl">' in render_absent("ar", languages=["es", "ar"])
    True
    """
    loader = PackageLoader("cauce.publish", "templates")
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return templates.get_template("absent.html.jinja").render(
        w=Wording(language),
        languages=languages,
        home=language if language in languages else next(iter(languages), language),
        others=[
            {"language": one, "name": LANGUAGE_NAMES[one], "direction": Wording(one).direction} for one in languages
        ],
    )
