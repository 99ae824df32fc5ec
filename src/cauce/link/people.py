"""Who is on a list? Her name in all its forms is worked out when she is asked for, not for everybody at once.

The forms of a name take a hundred times the room of the name itself: of a million people, they would fill the memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cauce.link.birth_dates import BirthDate, read_birth_dates
from cauce.link.lattice import Person
from cauce.link.names import describe_name

__all__ = ["People", "describe_people"]


@dataclass(frozen=True)
class People:
    """The persons of one list, as written; each is described when she is asked for."""

    given: Sequence[str | None]
    surname: Sequence[str | None]
    born: Sequence[BirthDate]

    def __len__(self) -> int:
        return len(self.born)

    def __getitem__(self, place: int) -> Person:
        given = describe_name(self.given[place] or "", is_given=True)
        surname = describe_name(self.surname[place] or "", is_given=False)
        return Person(given, surname, self.born[place])

    def __iter__(self) -> Iterator[Person]:
        return (self[place] for place in range(len(self)))

    def take(self, places: range | NDArray[np.int64]) -> "People":
        """The persons at these places."""
        given, surname = ([column[place] for place in places] for column in (self.given, self.surname))
        return People(given, surname, [self.born[place] for place in places])


def describe_people(given: Sequence[str | None], surname: Sequence[str | None], born: Sequence[str | None]) -> People:
    """The persons of a list, ready to be compared; a field may be missing.

    In
        given, surname, born   (record,) the fields as written
    Out
        (record,) persons

    >>> describe_people(["Ana"], ["Paz Gil"], ["1990-02-01"])[0].surname.words
    ('paz', 'gil')
    """
    return People(given, surname, read_birth_dates(born))
