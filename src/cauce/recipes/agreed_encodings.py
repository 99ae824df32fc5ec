"""Were these lists made as their partners agreed: by encodings or names, with the agreed key and parameters?

An agreement names a key by its number, never the key itself: `cauce encode` tells it, and nothing else can be learnt
from it. Whoever links thus sees that a list still has the key of the linkage before.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from cauce.agree import permissions
from cauce.agree.agreements import Agreement
from cauce.link import encoding
from cauce.link.encoding import Encoding
from cauce.recipes import agree_partner
from cauce.standards.errors import Refusal, raise_all
from cauce.store import workspace

__all__ = ["check_agreed"]


def check_agreed(lists: Sequence[Encoding], *, root: Path, is_clear: bool, today: date) -> None:
    """Lets lists pass that are as agreed.

    In
        lists      as read; each is called by the code of its partner
        root       folder of the hub that holds the agreements
        is_clear   True where their names are to be compared
        today      the day of use
    Refuses
        link.not_agreed        an agreement does not let the partner's people be linked so
        link.other_key         a list was encoded with another key than agreed
        link.other_parameters  or with other parameters
        and what `agreement_of` and `refuse_unless_in_force` refuse
    """
    hub = workspace.open_hub(root)
    refusals: list[Refusal] = []
    for one in lists:
        try:
            agreement = agree_partner.agreement_of(hub, one.list_code)
            permissions.refuse_unless_in_force(agreement, today=today)
            refusals += _differences(one, agreement, is_clear=is_clear)
        except Refusal as refusal:
            refusals.append(refusal)
    raise_all(refusals)


def _differences(one: Encoding, agreement: Agreement, *, is_clear: bool) -> Iterator[Refusal]:
    if agreement.linkage == "none" or (is_clear and agreement.linkage != "clear"):
        yield Refusal(
            "link.not_agreed",
            found="The agreement of {partner} has the linkage {linkage}",
            wanted="an agreement that lets its people be linked so",
            remedy="Agree on it with {partner}, or leave its list out",
            partner=one.list_code,
            linkage=agreement.linkage,
        )
    if is_clear:
        return
    if agreement.key_id is not None and agreement.key_id != one.fingerprint:
        yield Refusal(
            "link.other_key",
            found="{partner} encoded with the key {found_key}; its agreement names the key {agreed}",
            wanted="an encoding with the agreed key",
            remedy="Ask {partner} to encode with the new key, or agree on this one",
            partner=one.list_code,
            found_key=one.fingerprint,
            agreed=agreement.key_id,
        )
    if agreement.encoding is not None and agreement.encoding != encoding.name_parameters(one.parameters):
        yield Refusal(
            "link.other_parameters",
            found="{partner} encoded as {found_parameters}; its agreement says {agreed}",
            wanted="an encoding with the agreed parameters",
            remedy="Ask {partner} to encode with the agreed version of Cauce, or agree on this one",
            partner=one.list_code,
            found_parameters=encoding.name_parameters(one.parameters),
            agreed=agreement.encoding,
        )
