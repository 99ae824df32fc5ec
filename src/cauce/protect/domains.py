"""Which cells may a table have? Those of public codelists: a domain learnt from the data would tell of people."""

from collections.abc import Mapping, Sequence

from cauce.protect.counting import MISSING
from cauce.standards.errors import Refusal

__all__ = ["MISSING", "check_tables", "with_missing"]


def with_missing(domain: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The domain with the code of a missing value in every column.

    In
        domain   column -> its codes
    Out
        column -> its codes, "_U" last where it was absent

    >>> with_missing({"sex": ["F", "M"]})
    {'sex': ('F', 'M', '_U')}
    """
    return {name: tuple(dict.fromkeys([*codes, MISSING])) for name, codes in domain.items()}


def check_tables(
    tables: Sequence[tuple[str, ...]], *, columns: Sequence[str], domain: Mapping[str, Sequence[str]]
) -> list[Refusal]:
    """A refusal for every column asked that the people do not have, or that has no public codes.

    In
        tables    columns of each table
        columns   of the people
        domain    column -> its codes
    Out
        the refusals, empty when all is well

    >>> [refusal.code for refusal in check_tables([("sex", "name")], columns=["sex", "name"], domain={"sex": ("F",)})]
    ['protect.no_domain']
    """
    refusals = []
    for name in dict.fromkeys(name for table in tables for name in table):
        if name not in columns:
            refusals.append(
                Refusal(
                    "protect.unknown_column",
                    found="Table asks for column {column}, which the people do not have",
                    wanted="one of {columns}",
                    remedy="Correct the name of the column",
                    column=name,
                    columns=", ".join(columns),
                )
            )
        elif name not in domain:
            refusals.append(
                Refusal(
                    "protect.no_domain",
                    found="Column {column} has no public list of codes",
                    wanted="a column of codes: free text never leaves, and codes are not learnt from the data",
                    remedy="Leave the column out, or give its codes from a published codelist",
                    column=name,
                )
            )
    return refusals
