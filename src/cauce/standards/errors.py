"""How does Cauce say no, and what did it find wrong?

A `Refusal` stops an action; several at once are raised together as an `ExceptionGroup`. A `Finding` tells of a
place in a file and stops nothing. Neither may ever carry a person's value: rows, columns and counts only.
"""

from dataclasses import dataclass

from cauce.standards.messages import Message

__all__ = ["Finding", "Refusal", "raise_all"]


class Refusal(Exception):
    """What was found, what was wanted, how to mend it, under a stable code.

    The three texts are English templates; `values` fills their `{names}` when somebody reads them, in her language.

    >>> str(Refusal("gather.empty_file", found="File {file} is empty", wanted="rows", remedy="Ask again", file="a.csv"))
    'gather.empty_file: File a.csv is empty. Wanted: rows. Ask again'
    """

    def __init__(self, code: str, *, found: str, wanted: str, remedy: str, **values: object) -> None:
        self.code = code
        self.found = Message(found, **values)
        self.wanted = Message(wanted, **values)
        self.remedy = Message(remedy, **values)
        super().__init__(code)

    def __str__(self) -> str:
        return f"{self.code}: {self.found}. Wanted: {self.wanted}. {self.remedy}"


@dataclass(frozen=True)
class Finding:
    """One thing to look at in a partner's file: where it stands and what it is, never the value itself."""

    code: str
    message: Message
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


def raise_all(refusals: list[Refusal]) -> None:
    """Nothing when the list is empty, the refusal itself when there is one, all of them together otherwise."""
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise ExceptionGroup("refused", refusals)
