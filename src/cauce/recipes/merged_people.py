"""What is known of each person, once her records are linked? One row a person, as Ibis expressions.

A code takes the value most often recorded, then the first in the order of codes; what depends on the day (age, year)
comes from the earliest record; several values are united. Missing stays missing: nothing is filled in.
"""

from collections.abc import Sequence

import ibis
from ibis import _

__all__ = ["merge_people"]

_FROM_EARLIEST = ("age_code", "registered_year", "registered_date")


def merge_people(
    records: ibis.Table, links: ibis.Table, *, codes: Sequence[str], lists_of: Sequence[str]
) -> ibis.Table:
    """One row a person.

    In
        records    partner_code, record_id and the fields; a field of several values is an array of text
        links      partner_code, record_id, person_id: every record once
        codes      single-valued fields to merge
        lists_of   fields of several values to merge
    Out
        person_id, lists (codes of the partners that know her), then the fields
    """
    joined = records.join(links.select("partner_code", "record_id", "person_id"), ["partner_code", "record_id"])
    people = joined.group_by("person_id").agg(lists=_.partner_code.collect(distinct=True).sort())
    for field in codes:
        chosen = _earliest(joined, field) if field in _FROM_EARLIEST else _most_recorded(joined, field)
        people = _with_column(people, chosen, field)
    for field in lists_of:
        united = joined.filter(_[field].notnull()).select("person_id", value=_[field].unnest())
        gathered = united.group_by("person_id").agg(value=_.value.collect(distinct=True).sort())
        people = _with_column(people, gathered, field)
    return people


def _with_column(people: ibis.Table, found: ibis.Table, field: str) -> ibis.Table:
    renamed = found.select(found_id="person_id", **{field: "value"})
    return people.left_join(renamed, people.person_id == renamed.found_id).drop("found_id")


def _most_recorded(joined: ibis.Table, field: str) -> ibis.Table:
    counted = joined.filter(_[field].notnull()).group_by("person_id", value=_[field]).agg(times=_.count())
    return _first(counted, order=[ibis.desc("times"), ibis.asc("value")])


def _earliest(joined: ibis.Table, field: str) -> ibis.Table:
    valued = joined.filter(_[field].notnull())
    if "registered_date" in joined.columns:
        valued = valued.select("person_id", value=_[field], day=_.registered_date)
        return _first(valued, order=[ibis.asc("day", nulls_first=False), ibis.asc("value")])
    return _first(valued.select("person_id", value=_[field]), order=[ibis.asc("value")])


def _first(values: ibis.Table, *, order: Sequence[ibis.Value]) -> ibis.Table:
    ranked = values.mutate(place=ibis.row_number().over(group_by="person_id", order_by=order))
    return ranked.filter(_.place == 0).select("person_id", "value")
