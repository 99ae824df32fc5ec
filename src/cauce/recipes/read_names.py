"""Which columns of a partner's file name people, and what do they hold? Read in memory, never written anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cauce.gather import partner_files, safety, sample_files, sniffing, workbooks
from cauce.harmonise import dates, values
from cauce.link import birth_dates, encoding
from cauce.link.people import People
from cauce.standards.errors import Refusal, raise_all

__all__ = ["ROLES", "NamedRecords", "read_named_records", "read_roles"]

ROLES = ("given_name", "surname", "birth_date", "sex", "place")
_JOINS = "+"
_DESCRIBE = ("sex", "place")


@dataclass(frozen=True)
class NamedRecords:
    """The records of one file: their numbers, and the fields that tell who they are about."""

    record_ids: list[str]
    given: list[str | None]
    surname: list[str | None]
    born: list[str | None]
    sex: list[str | None]
    place: list[str | None]

    def describe(self) -> People:
        """The persons of the records, ready to be compared."""
        return encoding.describe_people(self.given, self.surname, self.born, sex=self.sex, place=self.place)


def read_roles(asked: str) -> dict[str, str]:
    """What `--on` asks for: role -> heading, or several headings joined by "+".

    In
        asked   "given_name=nombre,surname=apellido1+apellido2,birth_date=nacimiento"; a bare role is its own heading
    Out
        role -> heading
    Refuses
        link.unknown_role      a role that nobody knows, or none that names people
        link.repeated_role     a role given more than once
        link.repeated_column   a column given more than once
        link.empty_column      a role whose column, or one of them, is left empty

    >>> read_roles("given_name=nombre,birth_date")
    {'given_name': 'nombre', 'birth_date': 'birth_date'}
    """
    pairs = [_read_role(part) for part in asked.split(",") if part.strip()]
    roles, columns = [role for role, _ in pairs], [column for _, columns in pairs for column in columns if column]
    raise_all(
        [
            *_check_roles(roles),
            *_check_columns(columns),
            *_check_empty([role for role, columns in pairs if not all(columns)]),
        ]
    )
    return {role: _JOINS.join(columns) for role, columns in pairs}


def _read_role(part: str) -> tuple[str, list[str]]:
    role, equals, columns = part.partition("=")
    return role.strip(), [column.strip() for column in (columns if equals else role).split(_JOINS)]


def _check_roles(roles: Sequence[str]) -> list[Refusal]:
    refusals = []
    repeated = _repeated(roles)
    if repeated:
        refusals.append(
            Refusal(
                "link.repeated_role",
                found="--on gives the roles {roles} more than once",
                wanted="each role once",
                remedy="Join the columns of one role with +: surname=COLUMN+COLUMN",
                roles=", ".join(repeated),
            )
        )
    if set(roles) - set(ROLES) or not {"given_name", "surname"} & set(roles):
        refusals.append(
            Refusal(
                "link.unknown_role",
                found="--on names the roles {roles}",
                wanted="given_name or surname, and birth_date; sex and place where they are recorded",
                remedy="Write --on given_name=COLUMN,surname=COLUMN,birth_date=COLUMN",
                roles=", ".join(dict.fromkeys(roles)) or "-",
            )
        )
    return refusals


def _check_columns(columns: Sequence[str]) -> list[Refusal]:
    repeated = _repeated(columns)
    if not repeated:
        return []
    return [
        Refusal(
            "link.repeated_column",
            found="--on names the columns {columns} more than once",
            wanted="columns of its own for each role",
            remedy="Name each column once; leave out a role for which the file has no column",
            columns=", ".join(repeated),
        )
    ]


def _check_empty(roles: Sequence[str]) -> list[Refusal]:
    if not roles:
        return []
    return [
        Refusal(
            "link.empty_column",
            found="--on names no column after = or + for the roles {roles}",
            wanted="a heading of the file after =, and on each side of +",
            remedy="Write role=COLUMN or role=COLUMN+COLUMN; leave out a role for which the file has no column",
            roles=", ".join(dict.fromkeys(roles)),
        )
    ]


def _repeated(words: Sequence[str]) -> list[str]:
    return sorted({word for word in words if words.count(word) > 1})


def read_named_records(path: Path, roles: Mapping[str, str]) -> NamedRecords:
    """The names and dates of a file's records.

    In
        path    CSV, XLSX or ODS with a heading, `record_id` among its columns
        roles   role -> heading, or several headings joined by "+"
    Out
        one place for each record; an empty cell is None
    Refuses
        link.no_record_id     records without a number
        link.repeated_record  two records with one number
        and what the readers of `gather` refuse
    """
    headings = {heading for name in roles.values() for heading in name.split(_JOINS)} | {"record_id"}
    table = _read(path, sorted(headings))
    record_ids = table["record_id"].to_pylist()
    raise_all(_check_numbers(record_ids, file=path.name))
    nothing: list[str | None] = [None] * len(record_ids)
    fields = {role: _join(table, roles[role], role=role) if role in roles else nothing for role in ROLES}
    born = _read_days(fields["birth_date"])
    return NamedRecords(
        [str(one) for one in record_ids],
        fields["given_name"],
        fields["surname"],
        born,
        fields["sex"],
        fields["place"],
    )


def _read(path: Path, headings: Sequence[str]) -> pa.Table:
    safety.check_path(path)
    kind = sniffing.find_format(path)
    if kind == "csv":
        return sample_files.read_named_columns(path, {name: name for name in headings}, numbers=set())
    sheet = partner_files.survey(path).sheets[0]
    grid = workbooks.read_sheets(path, kind, only=sheet.layout.sheet)[sheet.layout.sheet or ""]
    absent = [name for name in headings if name not in sheet.columns]
    if absent:
        raise Refusal(
            "link.no_column",
            found="{file} has no column {columns}",
            wanted="one of {known}",
            remedy="Correct --on, or the headings of the file",
            file=path.name,
            columns=", ".join(absent),
            known=", ".join(name for name in sheet.columns if name),
        )
    rows = [row for row in grid[sheet.layout.heading_row or 1 :] if any(row)]
    places = {name: sheet.columns.index(name) for name in headings}
    return pa.table(
        {name: pa.array([row[at].strip() or None for row in rows], "string") for name, at in places.items()}
    )


def _join(table: pa.Table, name: str, *, role: str) -> list[str | None]:
    """The cells of a role's columns side by side; of a sex or a place, those that say nothing left out."""
    columns = [table[heading].to_pylist() for heading in name.split(_JOINS)]
    if role in _DESCRIBE:
        columns = [_drop_missing(cells) for cells in columns]
    return [" ".join(cell for cell in cells if cell) or None for cells in zip(*columns, strict=True)]


def _drop_missing(texts: Sequence[str | None]) -> list[str | None]:
    """The texts, those that only say that nothing is known left out."""
    return [None if text is None or values.is_missing_word(text) else text for text in texts]


def _read_days(texts: Sequence[str | None]) -> list[str | None]:
    """The dates, those that only a spreadsheet or a person reads (32874, 5-mar-87) as a year, month and day."""
    days = {text: _read_day(text) for text in set(texts) if text}
    return [days.get(text) if text else None for text in texts]


def _read_day(text: str) -> str:
    if any(birth_dates.read_birth_date(text)[:3]):
        return text
    day = dates.read_date(text, "dmy") or dates.read_date(text, "mdy")
    return day.isoformat() if day else text


def _check_numbers(record_ids: Sequence[str | None], *, file: str) -> list[Refusal]:
    blank = sum(one is None for one in record_ids)
    repeated = len(record_ids) - len(set(record_ids))
    refusals = []
    if blank:
        refusals.append(
            Refusal(
                "link.no_record_id",
                found="{count} records of {file} have no record_id",
                wanted="a record_id of its own for each record",
                remedy="Number the records in the column record_id; a number says nothing of a person",
                file=file,
                count=blank,
            )
        )
    elif repeated:
        refusals.append(
            Refusal(
                "link.repeated_record",
                found="List {list_code} numbers {count} records as others of the same list",
                wanted="a record_id of its own for each record",
                remedy="Number the records of {list_code} again; linking cannot tell them apart",
                list_code=file,
                count=repeated,
            )
        )
    return refusals
