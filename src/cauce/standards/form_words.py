"""Which words do forms use for nothing known and the months; which words of a heading carry no meaning?

A list of our own in three languages, kept as data beside its source.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from cauce.standards import codelists

__all__ = ["Kind", "words"]

Kind = Literal["unknown", "figure", "mark", "month", "guess", "nobody", "verb", "small", "beside"]


@cache
def words(kind: Kind) -> Mapping[str, str]:
    """The words of one kind, with their meaning where they have one.

    unknown    that nothing is known; figure, mark: the same, less surely
    month      names and short forms of the months -> their number
    guess      what is written beside a year or a month that is not known for sure
    nobody     what is written in the place of a name
    verb       what a question begins with ("isForcedLabour")
    small      articles and prepositions
    beside     words that a heading may carry without meaning another field ("sexo de la víctima")

    >>> words("month")["abril"], "desconocido" in words("unknown")
    ('4', True)
    """
    rows = codelists.read_table("form_words/form_words.csv")
    return MappingProxyType({row["text"]: row["meaning"] for row in rows if row["kind"] == kind})
