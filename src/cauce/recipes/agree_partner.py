"""How is an agreement written over a partner's mapped fields, or ended? `cauce agree`."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cauce.agree import agreements, permissions
from cauce.agree.agreements import Agreement
from cauce.agree.permissions import Standing
from cauce.standards import packs
from cauce.standards.derived_fields import with_derived
from cauce.standards.errors import Refusal
from cauce.store import agreements as agreement_files
from cauce.store import mappings, workspace
from cauce.store.workspace import Hub

__all__ = ["Agreed", "Terms", "agree_with_partner", "agreement_of", "withdraw_partner"]

_RETENTION_DAYS = 1_825


@dataclass(frozen=True)
class Terms:
    """What is agreed; None or empty where the default holds."""

    from_date: date
    until_date: date
    purposes: Collection[str] = ()
    recipients: Collection[str] = ()
    linkage: str | None = None
    retention_days: int | None = None
    signed_by: str | None = None


@dataclass(frozen=True)
class Agreed:
    """The agreement as it now stands, and its file; `is_changed` is False where it had been ended before."""

    agreement: Agreement
    path: Path
    standing: Standing
    is_changed: bool = True


def agree_with_partner(root: Path, partner: str, terms: Terms, *, today: date) -> Agreed:
    """Writes and signs today an agreement over all fields that the partner's mapping gives.

    In
        root      folder of the hub
        partner   code of the partner
        terms     dates, and what differs from the defaults: all three purposes, committee and public, 1,825 days,
                  linkage in clear text where identifying fields are mapped
        today     the day of signing
    Out
        Agreed
    Refuses
        agree.nothing_mapped   the partner has no mapping, so there is nothing to agree on
        agree.reversed_terms   it would end before it begins
    """
    hub = workspace.open_hub(root)
    fields = with_derived(_mapped_fields(hub, partner))
    pack = packs.load(hub.settings.pack)
    identifying = [name for name in fields if name in pack.fields and pack.fields[name].sensitivity == "identifying"]
    linkable = any(pack.fields[name].role in ("given_name", "surname") for name in identifying)
    purposes = tuple(terms.purposes) or ("link", "estimate", "publish")
    linkage = terms.linkage or ("clear" if linkable else "none")
    agreement = agreements.draft_agreement(
        partner,
        fields=fields,
        identifying=identifying,
        from_date=terms.from_date,
        until_date=terms.until_date,
        purposes=purposes,
        recipients=tuple(terms.recipients) or ("committee", "public"),
        linkage=linkage if "link" in purposes else "none",
        retention_days=terms.retention_days or _RETENTION_DAYS,
        signed=today,
        signed_by=terms.signed_by,
    )
    agreements.read_agreement(agreements.as_toml(agreement), file=f"agreements/{partner}.toml")
    path = agreement_files.save_agreement(hub, partner, agreements.as_toml(agreement))
    return Agreed(agreement, path, permissions.standing_of(agreement, today=today))


def withdraw_partner(root: Path, partner: str, *, today: date) -> Agreed:
    """Ends a partner's agreement today: the next run removes its rows and links.

    In
        root      folder of the hub
        partner   code of the partner
        today     the day from which it no longer holds
    Out
        Agreed
    Refuses
        agree.none   the partner has no agreement to withdraw
    """
    hub = workspace.open_hub(root)
    agreement = agreement_of(hub, partner)
    if agreement.withdrawn is not None and agreement.withdrawn <= today:
        # A withdrawal holds from its first day: saying it again never puts it off.
        return Agreed(agreement, agreement_files.agreement_path(hub, partner), "withdrawn", is_changed=False)
    ended = replace(agreement, withdrawn=today)
    return Agreed(ended, agreement_files.save_agreement(hub, partner, agreements.as_toml(ended)), "withdrawn")


def agreement_of(hub: Hub, partner: str) -> Agreement:
    """The agreement of a partner as its file says it.

    Refuses
        agree.none            there is no file of it
        agree.wrong_partner   its file says that it is another partner's
    """
    raw = agreement_files.load_agreement(hub, partner)
    if raw is None:
        raise Refusal(
            "agree.none",
            found="The partner {partner} has no agreement in this hub",
            wanted="a signed agreement before anything of the partner is used",
            remedy="Run `cauce agree HUB --partner {partner} --from DATE --until DATE`",
            partner=partner,
        )
    agreement = agreements.read_agreement(raw, file=f"agreements/{partner}.toml")
    if agreement.partner != partner:
        raise Refusal(
            "agree.wrong_partner",
            found="agreements/{partner}.toml is the agreement of {other}",
            wanted="the agreement of the partner after which the file is named",
            remedy="Put the agreement of {partner} in its place, or correct agreement.partner",
            partner=partner,
            other=agreement.partner,
        )
    return agreement


def _mapped_fields(hub: Hub, partner: str) -> list[str]:
    mapping = mappings.load_mapping(hub, partner)
    fields = [] if mapping is None else list(dict.fromkeys(column.field for column in mapping.columns if column.field))
    if not fields:
        raise Refusal(
            "agree.nothing_mapped",
            found="The partner {partner} has no mapped column",
            wanted="a mapping of its file's columns, to know what is agreed on",
            remedy="Run `cauce add HUB FILE --partner {partner}` first",
            partner=partner,
        )
    return fields
