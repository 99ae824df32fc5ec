"""Which fields follow from others, and so need a clause of their own in an agreement?"""

from collections.abc import Collection

__all__ = ["BORN", "REGISTERED", "with_derived"]

REGISTERED = ("registered_date", "cas_IncomingReferralDate")
BORN = "prs_Birthdate"


def with_derived(fields: Collection[str]) -> list[str]:
    """Fields and those that are derived from them when the records are made.

    In
        fields   standard fields that a mapping gives
    Out
        the same, and after them those that follow

    >>> with_derived(["prs_Birthdate", "cas_IncomingReferralDate"])
    ['prs_Birthdate', 'cas_IncomingReferralDate', 'registered_date', 'registered_year', 'age_code']
    >>> with_derived(["prs_Birthdate"])
    ['prs_Birthdate']
    """
    if not any(name in fields for name in REGISTERED):
        return list(dict.fromkeys(fields))
    aged = ["age_code"] if BORN in fields else []
    return list(dict.fromkeys([*fields, "registered_date", "registered_year", *aged]))
