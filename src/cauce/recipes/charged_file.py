"""How is a release of a file charged to the ledger of the hub whose people it holds?

`cauce protect --hub HUB` spends of that hub's budget, under its rule. The charge comes before any noise; what was
drawn is committed before the release gets its name, so that one killed in between is finished and not drawn again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cauce.standards.errors import Refusal, raise_all
from cauce.standards.progress import Progress
from cauce.store import charged_releases, code_tables, ledger, partner_files, steps, vault, workspace
from cauce.store.workspace import Hub

__all__ = ["PURPOSE", "Account", "open_account", "refuse_uncharged"]

PURPOSE = "files"


@dataclass(frozen=True)
class Account:
    """The charge of one release of a file: its fingerprint, and the hidden folder in which it is written."""

    hub: Hub
    charge: ledger.Charge
    draft: Path

    def reserve(self) -> ledger.Reservation:
        """Charges the ledger, once."""
        return ledger.reserve(self.hub.ledger_path, self.charge, policy=self.hub.settings.policy)

    def commit(self, reservation: ledger.Reservation) -> None:
        """Keeps what was drawn, by its checksum; it never leaves beside another draw of the same charge."""
        drawn = code_tables.checksum_of(self.draft).encode("ascii")
        if ledger.commit(self.hub.ledger_path, reservation, drawn) != drawn:
            raise RuntimeError("one charge pays one draw, and another was committed for it")

    def finish(self, out: Path) -> bool:
        """Gives its name to a release that was drawn and committed, and then interrupted; claims that it did."""
        known = _known(self.hub, self.charge.fingerprint)
        if known is None or not _is_drawn(self.draft, known):
            return False
        self.draft.replace(out)
        return True


@contextmanager
def open_account(
    root: Path, *, file: Path, out: Path, terms: Mapping[str, object], today: date, progress: Progress
) -> Iterator[Account]:
    """The account of a hub, for a release of a file of its people.

    In
        root       folder of the hub
        file       the table of codes
        out        folder of the release
        terms      epsilon, delta, profile, domain
        today      the day: the year's budget
        progress   told where another command must be waited for
    Out
        Account
    Refuses
        protect.hub_of_thresholds   the hub's people leave by thresholds
        protect.delta_of_hub        delta is above that of the hub
        store.other_policy          the people left by another rule than hub.toml names now
        store.raised_budget         the whole budget of hub.toml is above that of the first release
        store.lost_ledger           releases were made that the ledger knows nothing of
    """
    hub = workspace.open_hub(root)
    with vault.locked(hub, progress=progress):
        charged_releases.refuse_lost(hub)
        policy = hub.settings.policy
        ledger.require_policy(hub.ledger_path, population=hub.population, policy=policy)
        raise_all([*_check_rule(hub), *_check_delta(float(str(terms["delta"])), hub=hub)])
        fingerprint, draft = _next_draw(hub, file=file, out=out, terms=terms)
        charge = ledger.Charge(
            population=hub.population,
            release_id=f"file {fingerprint[:12]}",
            fingerprint=fingerprint,
            purpose=PURPOSE,
            epsilon=float(str(terms["epsilon"])),
            delta=float(str(terms["delta"])),
            day=today,
        )
        yield Account(hub, charge, draft)


def refuse_uncharged(file: Path, *, hub: Path | None) -> None:
    """Nothing where the file lies in no hub, or in the one that is charged.

    In
        file   the table of codes
        hub    folder of the hub that is charged; None for none
    Refuses
        protect.file_of_hub   it lies in another hub, whose people have a ledger: the release must be charged to it
    """
    found = next((one for one in file.resolve().parents if (one / "hub.toml").is_file()), None)
    if found is not None and (hub is None or found != hub.resolve()):
        raise Refusal(
            "protect.file_of_hub",
            found="The file {file} lies in the hub {hub}, whose people are charged to its ledger",
            wanted="the option --hub {hub}, so that this release is charged too",
            remedy="Add --hub {hub}",
            file=file.name,
            hub=found.name,
        )


def _next_draw(hub: Hub, *, file: Path, out: Path, terms: Mapping[str, object]) -> tuple[str, Path]:
    """The first draw of this file on these terms that has not left yet: a further one is a further charge."""
    checksum = partner_files.checksum_of(file)
    number = 0
    while True:
        number += 1
        fingerprint = steps.fingerprint_of(file=checksum, number=number, **terms)
        draft = out.with_name(f".{out.name}.{fingerprint[:12]}.part")
        known = _known(hub, fingerprint)
        if known is None or known.content is None or _is_drawn(draft, known):
            return fingerprint, draft


def _is_drawn(draft: Path, known: ledger.Reservation) -> bool:
    """Claims that the draft holds what was committed, whole: any other folder of that name is another draw."""
    return draft.is_dir() and code_tables.checksum_of(draft).encode("ascii") == known.content


def _known(hub: Hub, fingerprint: str) -> ledger.Reservation | None:
    return ledger.committed(hub.ledger_path, population=hub.population, fingerprint=fingerprint)


def _check_rule(hub: Hub) -> list[Refusal]:
    if hub.settings.policy.kind == "differential-privacy":
        return []
    return [
        Refusal(
            "protect.hub_of_thresholds",
            found="The people of the hub {hub} leave by thresholds, and this file would leave with noise",
            wanted="one rule for one population",
            remedy="Publish their tables with `cauce run`: figures made by the two rules undo each other",
            hub=hub.root.name,
        )
    ]


def _check_delta(delta: float, *, hub: Hub) -> list[Refusal]:
    if delta <= hub.settings.policy.delta:
        return []
    return [
        Refusal(
            "protect.delta_of_hub",
            found="delta is {delta}, and that of the hub is {most}",
            wanted="a delta up to that of the hub, by which its releases are added up",
            remedy="Give a smaller delta",
            delta=f"{delta:g}",
            most=f"{hub.settings.policy.delta:g}",
        )
    ]
