"""How do the templates say a sentence, a number, an interval, a date and a list in the reader's language?

Values are escaped and isolated (`<bdi>`), so that a code or a name reads right in the middle of an Arabic sentence.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from cauce.standards.messages import Language, Message, Speaker

__all__ = ["LANGUAGE_NAMES", "Wording", "anchor_of"]

LANGUAGE_NAMES: Mapping[str, str] = {"es": "Español", "en": "English", "fr": "Français", "ar": "العربية"}
_RIGHT_TO_LEFT = frozenset({"ar"})
_WHOLE_LETTERS = 24  # what fits a telephone's line: a code or a date is not broken, a checksum is
_ISOLATE, _POP = "\u2066", "\u2069"


@dataclass(frozen=True)
class Wording:
    """Says things in one language, safe for HTML.

    >>> Wording("en").say("Release {id}", id="<1>")
    Markup('Release <bdi dir="ltr">&lt;1&gt;</bdi>')
    >>> Wording("es").interval(1200, 1300)
    Markup('entre 1.200 y 1.300')
    """

    language: Language

    @property
    def direction(self) -> str:
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    def say(self, template: str, **values: object) -> Markup:
        """A sentence of the templates, its values isolated."""
        return self.tell(Message(template, **values))

    def tell(self, message: Message) -> Markup:
        """A message, its values isolated."""
        held = Message(message.template, **{name: "{" + name + "}" for name in message.values})
        isolated = {name: self._isolated(value) for name, value in message.values.items()}
        return Markup(escape(Speaker(self.language).say(held))).format(**isolated)

    def plain(self, template: str, **values: object) -> str:
        """A sentence for an attribute or a title: no markup, but the marks that isolate a code from Arabic."""
        if self.direction == "rtl":
            values = {name: _marked(value) for name, value in values.items()}
        return Speaker(self.language).say(Message(template, **values))

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return str(format_decimal(value, locale=self.language))

    def interval(self, lower: int, upper: int) -> Markup:
        """The interval of a figure, in words."""
        return self.say("between {lower} and {upper}", lower=lower, upper=upper)

    def day(self, day: date) -> str:
        """A date in full."""
        return str(format_date(day, format="long", locale=self.language))

    def listed(self, names: Sequence[str]) -> str:
        """Names joined by commas and `and`, each beginning in lower case unless it is an acronym."""
        lowered = [name[:1].lower() + name[1:] if name[1:2].islower() else name for name in names]
        return str(format_list(lowered, locale=self.language))

    def _isolated(self, value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        if isinstance(value, Message):
            return self.tell(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Markup(escape(self.number(value)))
        if not _is_left_to_right(str(value)):
            return Markup("<bdi>{}</bdi>").format(value)
        is_long = len(str(value)) > _WHOLE_LETTERS
        return Markup('<bdi dir="ltr" class="long">{}</bdi>' if is_long else '<bdi dir="ltr">{}</bdi>').format(value)


def _is_left_to_right(text: str) -> bool:
    return not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _marked(value: object) -> object:
    if isinstance(value, str) and _is_left_to_right(value):
        return f"{_ISOLATE}{value}{_POP}"
    return value


def anchor_of(number: str) -> str:
    """The name of a number's place within its page.

    In
        number    codes joined by `+`
    Out
        text, fit for an HTML id

    >>> anchor_of("Feminine+Y0T17")
    'n-Feminine+Y0T17'
    """
    return "n-" + re.sub(r"[^\w+.-]", "_", number)
