"""How does Cauce say a sentence in the reader's language?

A sentence is written once, in English, where it arises, as a template with `{names}`; its translations live in
`standards/locale/<language>/<room>.po`, one file per room. Names of areas, sexes and ages are not messages:
they belong to the codelists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

__all__ = ["LANGUAGES", "Language", "Message", "Speaker"]

Language = Literal["es", "en", "fr", "ar"]
LANGUAGES: tuple[Language, ...] = ("es", "en", "fr", "ar")


@dataclass(frozen=True, init=False)
class Message:
    """A sentence not yet said: its English template and the values to fill in.

    A value that is a number is written as the reader's language writes numbers (pass a year or a code as text);
    a value that is itself a Message is translated first.

    >>> str(Message("{count} rows were read from {file}", count=1200, file="a.csv"))
    '1,200 rows were read from a.csv'
    """

    template: str
    values: Mapping[str, object]

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return Speaker("en").say(self)


@dataclass(frozen=True)
class Speaker:
    """Says messages in one language.

    >>> Speaker("es").say(Message("{count}", count=1200))
    '1.200'
    """

    language: Language

    def say(self, message: Message) -> str:
        """The sentence in this language; English where no translation is kept (a house test refuses such a gap)."""
        template = _translations(self.language).get(message.template, message.template)
        return template.format(**{name: self._worded(value) for name, value in message.values.items()})

    def _worded(self, value: object) -> object:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return format_decimal(value, locale=self.language)


@cache
def _translations(language: Language) -> Mapping[str, str]:
    folder = files("cauce.standards") / "locale" / language
    if language == "en" or not folder.is_dir():
        return {}
    found: dict[str, str] = {}
    for catalogue in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if catalogue.name.endswith(".po"):
            with catalogue.open("rb") as stream:
                entries = read_po(stream, locale=language)
            found |= {entry.id: entry.string for entry in entries if entry.id and entry.string}
    return found
