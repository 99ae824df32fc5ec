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
from cauce.recipes import lost_partners
from cauce.recipes.agree_partner import agreement_of
from cauce.standards.derived_fields import with_derived
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.mappings import PartnerMapping
from cauce.standards.messages import Message
from cauce.store import mappings, partner_files, vault
from cauce.store.partner_files import KeptFile
from cauce.store.workspace import Hub

__all__ = [
    "Participant",
    "Participation",
    "ended_files",
    "participation",
    "publishable_tables",
    "refusals_in",
]


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
    """Who takes part today, the files whose rows had to go, and what was said when they were removed."""

    partners: tuple[Participant, ...]
    ended: tuple[tuple[str, Path], ...]
    removed: tuple[Message, ...] = ()


def participation(hub: Hub, *, today: date) -> Participation:
    """The partners of a hub whose data may be read today; what had to go is removed first, whatever is refused then.

    In
        hub     the hub
        today   the day of the run
    Out
        Participation
    Refuses
        run.no_partner    the hub holds no partner's file, or none that takes part today
        run.removed       with another refusal: what was removed before it
        run.partner_lost  the folder of a partner that did not withdraw was deleted or emptied
        run.no_mapping    a partner's file has no mapping
        agree.none, agree.unsigned, agree.not_yet, agree.expired   its agreement is not in force
        agree.no_clause   a mapped field stands in no clause
    """
    ended = ended_files(hub, today=today)
    removed = tuple(vault.remove_ended(hub, ended))
    taking: list[Participant] = []
    refusals = lost_partners.lost_partners(hub)
    for partner in partner_files.list_partners(hub):
        try:
            one = _participant(hub, partner, today=today)
            taking.append(one)
            refusals += _unread(one)
        except (Refusal, ExceptionGroup) as refused:
            refusals += refusals_in(refused)
    if not taking and not refusals:
        refusals.append(_nobody())
    if refusals and removed:
        refusals.append(_removed(hub, ended))
    raise_all(refusals)
    return Participation(tuple(taking), tuple(ended), removed)


def ended_files(hub: Hub, *, today: date) -> list[tuple[str, Path]]:
    """The files of partners that withdrew, or whose days are over.

    In
        hub     the hub
        today   the day
    Out
        (partner, file received) pairs
    """
    ended: list[tuple[str, Path]] = []
    for partner in partner_files.list_partners(hub):
        try:
            agreement = agreement_of(hub, partner)
            files = partner_files.log_of(hub, partner)
        except (Refusal, ExceptionGroup):
            # What is wrong with it stops the run later; the rows of others must go all the same.
            continue
        ended += [
            (partner, one.path) for one in files if permissions.is_ended(agreement, received=one.received, today=today)
        ]
        if agreement.withdrawn is not None and agreement.withdrawn <= today:
            ended += [(partner, path) for path in partner_files.files_without_log(hub, partner)]
    return ended


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
    closed = [_closed(one) for one in partners if not _lets_publish(one)]
    if closed:
        # Its people are in every table, in the total and in the estimate: nothing of it may leave.
        return [], closed
    allowed: list[tuple[str, ...]] = []
    refusals: dict[str, Refusal] = {}
    for table in tables:
        kept = [one for partner in partners for one in _unpublished(partner, table)]
        if not kept:
            allowed.append(table)
        refusals |= {str(one.found): one for one in kept}
    return allowed, list(refusals.values())


def refusals_in(refused: Refusal | ExceptionGroup[Exception]) -> list[Refusal]:
    """What was raised together, or alone, one by one; anything but refusals is raised again.

    >>> refusals_in(Refusal("run.probe", found="a", wanted="b", remedy="Do c"))[0].code
    'run.probe'
    """
    if isinstance(refused, Refusal):
        return [refused]
    if any(not isinstance(one, Refusal) for one in refused.exceptions):
        raise refused
    return [one for one in refused.exceptions if isinstance(one, Refusal)]


def _participant(hub: Hub, partner: str, *, today: date) -> Participant:
    files = partner_files.list_files(hub, partner)
    agreement = agreement_of(hub, partner)
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
    return Participant(partner, agreement, mapping, files)


def _unread(one: Participant) -> list[Refusal]:
    agreed = {field for clause in one.agreement.clauses for field in clause.fields}
    missing = [field for field in one.fields if field not in agreed]
    return permissions.uncovered_uses(one.agreement, missing, purpose="estimate", recipient="committee")


def _unpublished(one: Participant, table: tuple[str, ...]) -> list[Refusal]:
    held = [field for field in table if field in one.fields]
    return permissions.uncovered_uses(one.agreement, held, purpose="publish", recipient="public")


def _lets_publish(one: Participant) -> bool:
    return any("publish" in clause.purposes and "public" in clause.recipients for clause in one.agreement.clauses)


def _closed(one: Participant) -> Refusal:
    return Refusal(
        "agree.unpublished",
        found="No clause of the agreement {agreement} lets anything be published",
        wanted="a clause with the purpose publish and the recipient public",
        remedy="Agree on it with {partner}, or leave its data out",
        agreement=one.agreement.agreement_id,
        partner=one.partner,
    )


def _nobody() -> Refusal:
    return Refusal(
        "run.no_partner",
        found="The hub holds no partner's file",
        wanted="at least one file",
        remedy="Run `cauce add HUB FILE --partner NAME`",
    )


def _removed(hub: Hub, ended: Sequence[tuple[str, Path]]) -> Refusal:
    return Refusal(
        "run.removed",
        found="Before it stopped, the run removed the rows and links of {files}",
        wanted="no row of partners that withdrew or whose days are over",
        remedy="Nothing: but releases already published cannot be recalled ({releases})",
        files=", ".join(f"{partner}/{path.name}" for partner, path in ended),
        releases=", ".join(vault.published_releases(hub)) or "-",
    )
