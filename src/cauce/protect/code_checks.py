"""Is this a table of codes with a public domain, or would its release give away what nobody may learn?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cauce.standards.errors import Refusal

__all__ = ["Strays", "check_headings", "check_strays"]

_MOST_STRAYS = 20


@dataclass(frozen=True)
class Strays:
    """Rows of a column with a value outside its domain, and how many different ones (some 50 at most): not to leave."""

    rows: int
    values: int


def check_headings(headings: Sequence[str], *, domain: Mapping[str, Sequence[str]]) -> list[Refusal]:
    """A refusal for every column without public codes, and for every code list without its column.

    In
        headings   of the table
        domain     column -> its public codes
    Out
        the refusals, empty when all is well

    >>> [refusal.code for refusal in check_headings(["sex", "story"], domain={"sex": ("F",), "age": ("1",)})]
    ['protect.no_domain', 'protect.no_such_column']
    """
    refusals = [
        Refusal(
            "protect.no_domain",
            found="Column {column} has no public list of codes",
            wanted="a column of codes: free text never leaves, and codes are not learnt from the data",
            remedy="Leave the column out, or give its codes from a published codelist",
            column=name,
        )
        for name in headings
        if name not in domain
    ]
    return refusals + [
        Refusal(
            "protect.no_such_column",
            found="The domain gives codes for column {column}, which the table does not have",
            wanted="codes for the columns of the table",
            remedy="Correct the name, or remove the line from the domain",
            column=name,
        )
        for name in domain
        if name not in headings
    ]


def check_strays(strays: Mapping[str, Strays]) -> list[Refusal]:
    """A refusal for every column whose strays are so many different values that it is not a column of codes.

    In
        strays   column -> Strays
    Out
        the refusals, empty when all is well

    >>> [refusal.code for refusal in check_strays({"story": Strays(900, 850), "sex": Strays(3, 1)})]
    ['protect.free_text']
    """
    return [
        Refusal(
            "protect.free_text",
            found="Column {column} holds {values} different values or more outside its domain, in {rows} rows",
            wanted="a column of codes: free text never leaves",
            remedy="Leave the column out, or turn it into the codes of its domain first",
            column=name,
            values=stray.values,
            rows=stray.rows,
        )
        for name, stray in strays.items()
        if stray.values > _MOST_STRAYS
    ]
