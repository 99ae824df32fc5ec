"""Which partners take part today, and with which of their files?

Every partner that sent a file must be covered: an agreement unsigned, expired or silent on a mapped column stops the
run, naming the clause. A partner that withdrew, or whose days of retention are over, is left out and its rows go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cauce.agree import permissions
from cauce.agree.agreements import Agreement
from cauce.recipes.agree_partner import agreement_of, with_derived
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.mappings import PartnerMapping
from cauce.store import mappings, partner_files
from cauce.store.partner_files import KeptFile
from cauce.store.workspace import Hub

__all__ = ["Participant", "Participation", "participation", "publishable_tables"]


@dataclass(frozen=True)
class Participant:
    """A partner that takes part today: its agreement, mapping, and the files whose retention has not ended."""

    partner: str
    agreement: Agreement
    mapping: PartnerMapping
    files: tuple[KeptFile, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The standard fields that its mapping fills, and those derived from them."""
        return tuple(with_derived([column.field for column in self.mapping.columns if column.field]))


@dataclass(frozen=True)
class Participation:
    """Who takes part today, and the files whose rows must be gone."""

    partners: tuple[Participant, ...]
    ended: tuple[tuple[str, Path], ...]


def participation(hub: Hub, *, today: date) -> Participation:
    """The partners of a hub whose data may be read today.

    In
        hub     the hub
        today   the day of the run
    Out
        Participation
    Refuses
        run.no_partner    the hub holds no partner's file
        run.no_mapping    a partner's file has no mapping
        agree.none, agree.unsigned, agree.not_yet, agree.expired   its agreement is not in force
        agree.no_clause   a mapped field stands in no clause
    """
    partners = partner_files.list_partners(hub)
    if not partners:
        raise Refusal(
            "run.no_partner",
            found="The hub holds no partner's file",
            wanted="at least one file",
            remedy="Run `cauce add HUB FILE --partner NAME`",
        )
    refusals: list[Refusal] = []
    taking: list[Participant] = []
    ended: list[tuple[str, Path]] = []
    for partner in partners:
        try:
            one, gone = _participant(hub, partner, today=today)
        except Refusal as refusal:
            refusals.append(refusal)
            continue
        ended += [(partner, path) for path in gone]
        if one is not None:
            refusals += _unread(one)
            taking.append(one)
    raise_all(refusals)
    return Participation(tuple(taking), tuple(ended))


def publishable_tables(
    partners: Sequence[Participant], tables: Sequence[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], list[Refusal]]:
    """The tables that every partner lets the public see, and why the others stay.

    In
        partners   who takes part
        tables     the fields of each table wanted
    Out
        (tables that may leave, the refusals that keep the others)
    """
    allowed: list[tuple[str, ...]] = []
    refusals: dict[str, Refusal] = {}
    for table in tables:
        kept = [one for partner in partners for one in _unpublished(partner, table)]
        if not kept:
            allowed.append(table)
        refusals |= {str(one.found): one for one in kept}
    return allowed, list(refusals.values())


def _participant(hub: Hub, partner: str, *, today: date) -> tuple[Participant | None, list[Path]]:
    files = partner_files.list_files(hub, partner)
    agreement = agreement_of(hub, partner)
    kept = tuple(one for one in files if not permissions.is_ended(agreement, received=one.received, today=today))
    gone = [one.path for one in files if one not in kept]
    if not kept:
        return None, gone
    permissions.refuse_unless_in_force(agreement, today=today)
    mapping = mappings.load_mapping(hub, partner)
    if mapping is None:
        raise Refusal(
            "run.no_mapping",
            found="The files of {partner} have no mapping",
            wanted="mappings/{partner}.toml",
            remedy="Run `cauce add HUB FILE --partner {partner}` and answer its doubts",
            partner=partner,
        )
    return Participant(partner, agreement, mapping, kept), gone


def _unread(one: Participant) -> list[Refusal]:
    agreed = {field for clause in one.agreement.clauses for field in clause.fields}
    missing = [field for field in one.fields if field not in agreed]
    return permissions.uncovered_uses(one.agreement, missing, purpose="estimate", recipient="committee")


def _unpublished(one: Participant, table: tuple[str, ...]) -> list[Refusal]:
    held = [field for field in table if field in one.fields]
    refusals = permissions.uncovered_uses(one.agreement, held, purpose="publish", recipient="public")
    lets_publish = any(
        "publish" in clause.purposes and "public" in clause.recipients for clause in one.agreement.clauses
    )
    if table or lets_publish:
        return refusals
    return [
        Refusal(
            "agree.unpublished",
            found="No clause of the agreement {agreement} lets anything be published",
            wanted="a clause with the purpose publish and the recipient public",
            remedy="Agree on it with {partner}, or leave its data out",
            agreement=one.agreement.agreement_id,
            partner=one.partner,
        )
    ]
