"""What is known by now of the matches of two lists, as far as chance depends on it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cauce.link.facts import Facts
from cauce.link.name_forms import all_forms_of

__all__ = ["SURNAME_OF_RELATIVES", "Matched"]

SURNAME_OF_RELATIVES = {"X": 0.85, "K": 0.06, "D": 0.06, "P": 0.02, "I": 0.01, "-": 0.0}
_LEAST_ALIKE = 0.05
_LEAST_UNHIDDEN = 0.01


@dataclass(frozen=True)
class Matched:
    """What is known by now of the matches.

    count       how many
    same_date   share that agrees in the full date
    surname     level -> share that agrees so in the surname
    names       name-only form -> share that is equal in it
    """

    count: float = 0.0
    same_date: float = 0.9
    surname: Mapping[str, float] = field(default_factory=lambda: SURNAME_OF_RELATIVES)
    names: Mapping[str, float] = field(default_factory=dict)

    def share_named(self, name: str) -> float:
        """Share that is equal in a form, whether place or sex agree or not."""
        return sum(self.names.get(form, 0.0) for form in all_forms_of(name))

    def written_otherwise(self, form: str) -> float:
        """For each pair of one name that is equal in writing, how many are equal in this form alone.

        Two namesakes are written alike within a list and otherwise in another list, as one person is.
        """
        return min(self.share_named(form) / max(self.share_named("all"), _LEAST_ALIKE), 1.0)

    def share_unhidden(self, lists: Sequence[Facts], *, agrees: float) -> float:
        """Share of the pairs of different persons in which neither hides the other's token with a record of her own.

        A token is kept where one person of the list has it. If she who meets a stranger is in the stranger's list too,
        and agrees with herself in that token, the list holds it twice and drops it.
        """
        unhidden = 1.0
        for facts in lists:
            unhidden *= 1 - min(self.count / max(facts.persons, 1), 1.0) * agrees
        return max(unhidden, _LEAST_UNHIDDEN)
