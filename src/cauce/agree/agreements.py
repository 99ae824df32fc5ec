"""What did a partner agree to? An agreement as its TOML file says it, checked whole.

Whether a use is permitted today is answered by permissions.py; the files themselves are kept by the room `store`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from cauce.standards import keys
from cauce.standards.errors import Refusal, raise_all

__all__ = ["Agreement", "Clause", "Linkage", "Purpose", "Recipient", "as_toml", "draft_agreement", "read_agreement"]

Purpose = Literal["link", "estimate", "publish"]
Recipient = Literal["committee", "public"]
Linkage = Literal["clear", "encoded", "none"]


@dataclass(frozen=True)
class Clause:
    """One numbered clause: which fields may be used for what, and who may receive the result."""

    number: str
    fields: tuple[str, ...]
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """What one partner signed; `signed` and `signed_by` are None until it is signed.

    `encoding` and `key_id` name the parameters and the key (never the key itself) of encodings; None leaves them open.
    """

    agreement_id: str
    partner: str
    signed: date | None
    signed_by: str | None
    from_date: date
    until_date: date
    legal_basis: str
    linkage: str
    retention_days: int
    withdrawn: date | None
    clauses: tuple[Clause, ...]
    encoding: str | None = None
    key_id: str | None = None


def _list_of(*words: str) -> keys.Key:
    def passes(value: object) -> bool:
        return isinstance(value, list) and keys.is_texts(value) and set(value) <= set(words)

    return keys.Key(passes, "[" + ", ".join(words) + "]")


_MOST_DAYS = 36_500


def _is_retention(value: object) -> bool:
    return isinstance(value, int) and keys.is_whole(value) and value <= _MOST_DAYS


def _is_key_id(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{16}", value) is not None


_KEYS: Mapping[str, Mapping[str, keys.Key]] = {
    "agreement": {
        "id": keys.Key(keys.is_text, '"MESA-2026-01"'),
        "partner": keys.Key(keys.is_text, '"policia"'),
        "signed": keys.Key(keys.is_date, "2026-11-22"),
        "signed_by": keys.Key(keys.is_text, '"..."'),
        "from": keys.Key(keys.is_date, "2026-01-01"),
        "until": keys.Key(keys.is_date, "2027-12-31"),
        "legal_basis": keys.one_of("consent", "public-interest", "legal-obligation"),
        "linkage": keys.one_of(*get_args(Linkage)),
        "retention_days": keys.Key(_is_retention, "1825 (1 .. 36500)"),
        "withdrawn": keys.Key(keys.is_date, "2026-11-22"),
        "encoding": keys.Key(keys.is_text, '"4/cauce-names-3/..."'),
        "key_id": keys.Key(_is_key_id, '"0123456789abcdef"'),
    },
    "clause": {
        "number": keys.Key(keys.is_text, '"3.1"'),
        "fields": keys.Key(keys.is_texts, '["prs_Gender"]'),
        "purposes": _list_of(*get_args(Purpose)),
        "recipients": _list_of(*get_args(Recipient)),
    },
}
_REQUIRED = ("id", "partner", "from", "until", "legal_basis", "linkage", "retention_days")


def read_agreement(raw: Mapping[str, Any], *, file: str) -> Agreement:
    """The agreement that a TOML file holds.

    In
        raw     the file as TOML reads it: [agreement] and [[clause]]
        file    its name, for the messages
    Out
        Agreement
    Refuses
        store.unknown_key, store.misplaced_key, store.bad_heading, store.bad_setting
                                               a heading, a key or a value that an agreement cannot have
        agree.missing_key                      a key that it must have is absent
        agree.unnumbered_clause                a clause has no number to be named by
        agree.dates_reversed                   it ends before it begins
    """
    raise_all(keys.check_keys(raw, file=file, keys=_KEYS, repeated=("clause",)))
    head: Mapping[str, Any] = raw.get("agreement", {})
    raise_all([_missing(key, file=file) for key in _REQUIRED if key not in head])
    raise_all([_unnumbered(file) for clause in raw.get("clause", []) if not clause.get("number")])
    if head["until"] < head["from"]:
        raise Refusal(
            "agree.dates_reversed",
            found="{file}: the agreement ends on {until}, before it begins on {start}",
            wanted="`from` before `until`",
            remedy="Correct the dates in {file}",
            file=file,
            until=str(head["until"]),
            start=str(head["from"]),
        )
    return Agreement(
        agreement_id=head["id"],
        partner=head["partner"],
        signed=head.get("signed"),
        signed_by=head.get("signed_by"),
        from_date=head["from"],
        until_date=head["until"],
        legal_basis=head["legal_basis"],
        linkage=head["linkage"],
        retention_days=head["retention_days"],
        withdrawn=head.get("withdrawn"),
        clauses=tuple(_clause(one) for one in raw.get("clause", [])),
        encoding=head.get("encoding"),
        key_id=head.get("key_id"),
    )


def draft_agreement(
    partner: str,
    *,
    fields: Collection[str],
    identifying: Collection[str],
    from_date: date,
    until_date: date,
    purposes: Collection[str],
    recipients: Collection[str],
    linkage: str,
    retention_days: int,
    signed: date,
    signed_by: str | None,
) -> Agreement:
    """An agreement over a partner's mapped fields: one clause for what identifies a person, one for the rest.

    In
        partner        code of the partner
        fields         standard fields that its mapping gives
        identifying    those of them that identify a person: never for publication, whatever is asked
        purposes, recipients, linkage, retention_days, from_date, until_date   as asked
        signed         the day of signing
        signed_by      who signs, if told
    Out
        Agreement, signed
    Refuses
        agree.reversed_terms   it would end before it begins

    >>> from datetime import date
    >>> signed = draft_agreement("ong", fields=["prs_Gender", "prs_FirstName"], identifying=["prs_FirstName"],
    ...     from_date=date(2026, 1, 1), until_date=date(2027, 1, 1), purposes=["link", "publish"],
    ...     recipients=["committee", "public"], linkage="clear", retention_days=365, signed=date(2026, 1, 1),
    ...     signed_by=None)
    >>> [(clause.number, clause.fields, clause.purposes) for clause in signed.clauses]
    [('3.1', ('prs_FirstName',), ('link',)), ('3.2', ('prs_Gender',), ('link', 'publish'))]
    """
    if until_date < from_date:
        raise _reversed_terms(from_date, until_date)
    named = tuple(field for field in fields if field in set(identifying))
    others = tuple(field for field in fields if field not in set(identifying))
    inside = tuple(purpose for purpose in purposes if purpose != "publish")
    clauses = (
        Clause("3.1", named, inside, tuple(one for one in recipients if one == "committee")),
        Clause("3.2", others, tuple(purposes), tuple(recipients)),
    )
    return Agreement(
        agreement_id=f"{partner}-{signed.isoformat()}",
        partner=partner,
        signed=signed,
        signed_by=signed_by,
        from_date=from_date,
        until_date=until_date,
        legal_basis="consent",
        linkage=linkage,
        retention_days=retention_days,
        withdrawn=None,
        clauses=tuple(clause for clause in clauses if clause.fields),
    )


def as_toml(agreement: Agreement) -> dict[str, Any]:
    """The agreement as the tables and keys of its file; what is not yet known is left out."""
    head = {
        "id": agreement.agreement_id,
        "partner": agreement.partner,
        "signed": agreement.signed,
        "signed_by": agreement.signed_by,
        "from": agreement.from_date,
        "until": agreement.until_date,
        "legal_basis": agreement.legal_basis,
        "linkage": agreement.linkage,
        "retention_days": agreement.retention_days,
        "withdrawn": agreement.withdrawn,
        "encoding": agreement.encoding,
        "key_id": agreement.key_id,
    }
    clauses = [
        {
            "number": clause.number,
            "fields": list(clause.fields),
            "purposes": list(clause.purposes),
            "recipients": list(clause.recipients),
        }
        for clause in agreement.clauses
    ]
    return {"agreement": {key: value for key, value in head.items() if value is not None}, "clause": clauses}


def _clause(raw: Mapping[str, Any]) -> Clause:
    return Clause(
        number=raw.get("number", ""),
        fields=tuple(raw.get("fields", ())),
        purposes=tuple(raw.get("purposes", ())),
        recipients=tuple(raw.get("recipients", ())),
    )


def _reversed_terms(from_date: date, until_date: date) -> Refusal:
    return Refusal(
        "agree.reversed_terms",
        found="The agreement would begin on {start} and end before it, on {until}",
        wanted="a first day that is not after the last one",
        remedy="Give --from and --until again; nothing was written",
        start=from_date.isoformat(),
        until=until_date.isoformat(),
    )


def _missing(key: str, *, file: str) -> Refusal:
    return Refusal(
        "agree.missing_key",
        found="{file} lacks the key agreement.{key}",
        wanted="an agreement with all of its keys",
        remedy="Add it, or let `cauce agree` write the file anew",
        file=file,
        key=key,
    )


def _unnumbered(file: str) -> Refusal:
    return Refusal(
        "agree.unnumbered_clause",
        found="A clause of {file} has no number",
        wanted="a number for each clause, by which messages name it",
        remedy="Write the clause's number in {file}",
        file=file,
    )
