"""What is each field and each code called, in the reader's language?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cauce.publish.cells import MISSING
from cauce.standards.messages import Language, Message, Speaker

__all__ = ["TOTAL", "Labels", "Names", "status_name"]

_STATUSES = {
    "A": Message("released"),
    "E": Message("released, estimated"),
    "Q": Message("withheld"),
    "O": Message("no figure"),
}
TOTAL = "_T"


class Names(Protocol):
    """Names the codes of one codelist; `standards.codelists` keeps such."""

    def is_valid(self, code: str, /) -> bool: ...

    def name_of(self, code: str, language: Language, /) -> str: ...


@dataclass(frozen=True)
class Labels:
    """Names of fields, names of their codes, and the fields whose codes have an order of their own.

    `fields` holds names by field and language; `codes` a codelist by field (none: a code is its own name);
    `ordered` the fields, such as age and year, that a page never sorts by size.

    >>> labels = Labels(fields={"prs_Gender": {"es": "Sexo", "en": "Sex"}})
    >>> labels.field("prs_Gender", "es"), labels.code("prs_Gender", "_U", "en")
    ('Sexo', 'Not stated')
    """

    fields: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, Names] = field(default_factory=dict)
    ordered: frozenset[str] = frozenset()
    codelists: Mapping[str, str] = field(default_factory=dict)

    def field(self, name: str, language: Language) -> str:
        """The name of a field; its technical name where the pack gives none."""
        return self.fields.get(name, {}).get(language) or name

    def code(self, name: str, code: str, language: Language) -> str:
        """The name of one code of a field; the code itself where the field has no codelist."""
        if code == MISSING:
            return Speaker(language).say(Message("Not stated"))
        if code == TOTAL:
            return Speaker(language).say(Message("Total"))
        names = self.codes.get(name)
        return names.name_of(code, language) if names and names.is_valid(code) else code


def status_name(status: str, language: Language) -> str:
    """A code of SDMX CL_OBS_STATUS in words.

    In
        status      A, E, Q or M; another code stays as it is
        language    of the words
    Out
        text

    >>> status_name("Q", "en")
    'withheld'
    """
    return Speaker(language).say(_STATUSES[status]) if status in _STATUSES else status
