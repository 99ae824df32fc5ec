"""Were these lists made as their partners agreed: by encodings or names, with the agreed key and parameters?

An agreement names a key by its number, never the key itself: `cauce encode` tells it, and nothing else can be learnt
from it. Whoever links thus sees that a list still has the key of the linkage before.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from cauce.agree import permissions
from cauce.agree.agreements import Agreement
from cauce.link import encoding
from cauce.link.encoding import Encoding
from cauce.recipes import agree_partner
from cauce.standards.errors import Refusal, raise_all
from cauce.store import workspace

__all__ = ["check_agreed", "check_permitted"]


def check_permitted(codes: Sequence[str], *, root: Path, is_clear: bool, today: date) -> dict[str, Agreement]:
    """Lets lists pass whose agreements allow the linkage on the day, before anything of them is read.

    In
        codes      of the lists: each is called by the code of its partner
        root       folder of the hub that holds the agreements
        is_clear   True where their names are to be compared
        today      the day of use
    Out
        code -> agreement
    Refuses
        link.not_agreed   an agreement does not let the partner's people be linked so
        and what `agreement_of` and `refuse_unless_in_force` refuse
    """
    hub = workspace.open_hub(root)
    agreements: dict[str, Agreement] = {}
    refusals: list[Refusal] = []
    for code in codes:
        try:
            agreements[code] = agree_partner.agreement_of(hub, code)
            permissions.refuse_unless_in_force(agreements[code], today=today)
            _refuse_unless_linked(agreements[code], partner=code, is_clear=is_clear)
        except Refusal as refusal:
            refusals.append(refusal)
    raise_all(refusals)
    return agreements


def check_agreed(lists: Sequence[Encoding], agreements: Mapping[str, Agreement]) -> None:
    """Lets lists pass that are encoded as agreed.

    In
        lists        as read
        agreements   code of a list -> its agreement, as `check_permitted` gives them
    Refuses
        link.other_key         a list was encoded with another key than agreed
        link.other_parameters  or with other parameters
    """
    raise_all([refusal for one in lists for refusal in _differences(one, agreements[one.list_code])])


def _refuse_unless_linked(agreement: Agreement, *, partner: str, is_clear: bool) -> None:
    if agreement.linkage == "none" or (is_clear and agreement.linkage != "clear"):
        raise Refusal(
            "link.not_agreed",
            found="The agreement of {partner} has the linkage {linkage}",
            wanted="an agreement that lets its people be linked so",
            remedy="Agree on it with {partner}, or leave its list out",
            partner=partner,
            linkage=agreement.linkage,
        )


def _differences(one: Encoding, agreement: Agreement) -> Iterator[Refusal]:
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
