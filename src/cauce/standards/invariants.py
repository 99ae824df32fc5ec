"""Which figures did somebody else publish already, so that a release must agree with them and need not protect them?

They are facts of a publication, declared by the steward with their source; one taken from the vault would break the
promise of the gate. Whether the tables can agree with one is decided by `protect`.
"""

from dataclasses import dataclass
from datetime import date

from cauce.standards.messages import Message

__all__ = ["Invariant", "KnownFigure"]


@dataclass(frozen=True)
class Invariant:
    """One figure as it was published: persons with these codes of these fields; without fields, persons in all.

    >>> Invariant(("prs_Gender",), ("Feminine",), 4310, "INEGI", date(2026, 3, 1)).number
    'Feminine'
    """

    by: tuple[str, ...]
    codes: tuple[str, ...]
    value: int
    publisher: str
    published: date

    @property
    def number(self) -> str:
        """The last part of the figure's address, RELEASE/TABLE/CODE+CODE."""
        return "+".join(self.codes) or "total"


@dataclass(frozen=True)
class KnownFigure:
    """A published figure beside a release: `agrees` is False where the noise cannot explain the distance."""

    invariant: Invariant
    agrees: bool

    def told(self) -> Message:
        """What the page says of it."""
        one = self.invariant
        facts = {
            "number": one.number,
            "value": one.value,
            "publisher": one.publisher,
            "day": one.published.isoformat(),
        }
        if self.agrees:
            return Message(
                "The figure {number} = {value} was published by {publisher} on {day} and is not protected here: these "
                "figures are made to agree with it",
                **facts,
            )
        return Message(
            "{publisher} published {value} on {day} for the figure {number}: the noise does not explain the distance "
            "to these figures, which do not count the same people and were left as they are",
            **facts,
        )
