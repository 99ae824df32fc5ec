"""Which tables that hub.toml asks for can nobody fill, because no partner gives one of their fields?"""

from collections.abc import Collection, Sequence

from cauce.standards.messages import Message

__all__ = ["tell_unheld"]


def tell_unheld(tables: Sequence[tuple[str, ...]], held: Collection[str]) -> list[Message]:
    """A sentence for each table that lacks a field.

    In
        tables   the fields of each table that hub.toml asks for
        held     fields that some partner gives
    Out
        messages, one a table

    >>> [str(told) for told in tell_unheld([("age_code", "prs_Gender"), ("age_code",)], ["age_code"])]
    ['The table age_code+prs_Gender of hub.toml is not made: no partner gives prs_Gender']
    """
    return [
        Message(
            "The table {table} of hub.toml is not made: no partner gives {fields}",
            table="+".join(table),
            fields=", ".join(name for name in table if name not in held),
        )
        for table in tables
        if not set(table) <= set(held)
    ]
