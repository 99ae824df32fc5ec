"""What may the invented records of a release be used for, and how far are they from each of its tables?"""

from collections.abc import Sequence

from cauce.publish.subjects import Page, Subject
from cauce.standards.cleared import ClearedRecords
from cauce.standards.messages import Message

__all__ = ["RECORDS_PATH", "records_page"]

RECORDS_PATH = "records.html"


def records_page(subject: Subject, records: ClearedRecords) -> Page:
    """The page that goes with the records.

    In
        subject    Subject
        records    of its release
    Out
        Page
    """
    w = subject.wording
    values = {
        "sentences": [w.tell(message) for message in _sentences(records)],
        "tables": [
            {"id": table.table_id, "title": subject.title_of(table), "off": w.number(round(distance, 1))}
            for table in subject.release.tables
            if (distance := records.distances.get(table.table_id)) is not None
        ],
        "file": subject.file("records/records.csv", up="../../", name="records/records.csv"),
    }
    summary = w.plain("What these records may be used for, and how far they are from the tables")
    return Page(RECORDS_PATH, "records.html.jinja", w.plain("Synthetic records"), summary, values)


def _sentences(records: ClearedRecords) -> Sequence[Message]:
    return (
        Message(
            "The {rows} records are invented: no row is a person, and rows may not be looked up or linked",
            rows=records.rows.num_rows,
        ),
        Message("They are drawn from the tables of this release alone and spent nothing more"),
        Message("Use them to explore and to try programs; for a figure, use the table, which is more exact"),
        Message(
            "No record holds a value, or values together, that a table of this release withholds; an empty cell is not "
            "stated or withheld"
        ),
        Message("A combination that is absent from the records may still exist: it may be too rare to show"),
        Message(
            "Two fields that no table of this release holds together are related only as far as both are to a third: "
            "read nothing into it"
        ),
        Message("Where a person may have several values, how many each record has is made up"),
    )
