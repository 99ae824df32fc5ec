"""Of which partners should files be here, and none is? Rows that vanish with a deleted folder must not go unsaid."""

import json

from cauce.recipes.agree_partner import agreement_of
from cauce.standards.errors import Refusal
from cauce.store import partner_files, releases
from cauce.store.workspace import Hub

__all__ = ["lost_partners"]


def lost_partners(hub: Hub) -> list[Refusal]:
    """A refusal for each partner whose folder was deleted or emptied by hand, while nobody withdrew it.

    A partner should have files where it has both a mapping and an agreement, or where the newest release names it.

    In
        hub   the hub
    Out
        refusals, by partner; empty where all is well
    """
    expected = _mapped_and_agreed(hub) | _released(hub)
    lost = partner_files.partners_without_files(hub, sorted(expected))
    return [_lost(partner) for partner in lost if not _is_withdrawn(hub, partner)]


def _mapped_and_agreed(hub: Hub) -> set[str]:
    mapped, agreed = (
        {path.stem for path in folder.glob("*.toml")} for folder in (hub.mappings_dir, hub.agreements_dir)
    )
    return mapped & agreed


def _released(hub: Hub) -> set[str]:
    newest = releases.newest_in(hub.releases_dir)
    path = newest / "provenance.json" if newest else None
    if path is None or not path.is_file():
        return set()
    told = json.loads(path.read_text(encoding="utf-8"))
    return {str(one.get("partner")) for one in told.get("agreements", [])}


def _is_withdrawn(hub: Hub, partner: str) -> bool:
    try:
        return agreement_of(hub, partner).withdrawn is not None
    except (Refusal, ExceptionGroup):
        return False


def _lost(partner: str) -> Refusal:
    return Refusal(
        "run.partner_lost",
        found="No file of {partner} is in its place: the folder partners/{partner} was deleted or emptied",
        wanted="every file of a partner in its place until the partner withdraws or its days are over",
        remedy="Put the folder back or add the files again, or end the agreement: "
        "`cauce agree HUB --partner {partner} --withdraw`",
        partner=partner,
    )
