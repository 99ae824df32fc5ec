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
from cauce.link.sexes_and_places import read_places, read_sexes

__all__ = ["People", "describe_people"]


@dataclass(frozen=True)
class People:
    """The persons of one list, names as written; each is described when she is asked for."""

    given: Sequence[str | None]
    surname: Sequence[str | None]
    born: Sequence[BirthDate]
    sex: Sequence[str]
    place: Sequence[str]

    def __len__(self) -> int:
        return len(self.born)

    def __getitem__(self, row: int) -> Person:
        given = describe_name(self.given[row] or "", is_given=True)
        surname = describe_name(self.surname[row] or "", is_given=False)
        return Person(given, surname, self.born[row], self.sex[row], self.place[row])

    def __iter__(self) -> Iterator[Person]:
        return (self[row] for row in range(len(self)))

    def take(self, rows: range | NDArray[np.int64]) -> "People":
        """The persons in these rows."""
        given, surname = ([column[row] for row in rows] for column in (self.given, self.surname))
        sex, place = ([column[row] for row in rows] for column in (self.sex, self.place))
        return People(given, surname, [self.born[row] for row in rows], sex, place)


def describe_people(
    given: Sequence[str | None],
    surname: Sequence[str | None],
    born: Sequence[str | None],
    *,
    sex: Sequence[str | None] | None = None,
    place: Sequence[str | None] | None = None,
) -> People:
    """The persons of a list, ready to be compared; a field may be missing.

    In
        given, surname, born   (record,) the fields as written
        sex, place             (record,) the same, where the list has them
    Out
        (record,) persons

    >>> describe_people(["Ana"], ["Paz Gil"], ["1990-02-01"])[0].surname.words
    ('paz', 'gil')
    """
    nothing = [None] * len(born)
    return People(given, surname, read_birth_dates(born), read_sexes(sex or nothing), read_places(place or nothing))
