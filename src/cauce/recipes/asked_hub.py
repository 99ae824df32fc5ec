"""What is public about a hub and a table that is asked of it, before anybody is counted?

Agreements, mappings, codelists, the ledger and earlier releases are read here; the vault's records and people are not.
Whatever `cauce ask` says or refuses is decided of this alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cauce.protect import asking, domains
from cauce.recipes import agreed_partners, asked_before, run_hub
from cauce.recipes.agreed_partners import Participation
from cauce.standards import packs, wider_codes
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.packs import Pack
from cauce.store import hub_levels, ledger, released_figures, releases
from cauce.store.hub_levels import LevelSetting
from cauce.store.workspace import Hub

__all__ = ["PURPOSE", "AskedHub", "open_asked", "public_figures"]

PURPOSE = "ask"


@dataclass(frozen=True)
class AskedHub:
    """A hub whose newest run is of what it holds, and the codes of the fields asked and of their wider categories.

    domain    field -> its codes, "_U" among them
    made_of   field by wider categories -> (field, code -> wider code)
    wider     field as it was asked -> the same by wider categories -> code -> wider code
    current   names of the releases of what it holds now
    """

    hub: Hub
    taking: Participation
    fingerprint: str
    pack: Pack
    domain: Mapping[str, tuple[str, ...]]
    made_of: Mapping[str, tuple[str, Mapping[str, str]]]
    wider: Mapping[str, Mapping[str, Mapping[str, str]]]
    current: frozenset[str]
    today: date


def open_asked(hub: Hub, columns: Sequence[str], *, where: Mapping[str, str], today: date) -> AskedHub:
    """The hub, if it may answer at all.

    In
        hub       the hub
        columns   fields of the table and of its conditions
        where     field -> code
        today     the day
    Out
        AskedHub
    Refuses
        ask.threshold           the hub releases by thresholds
        store.other_policy      it was released by another rule than hub.toml names now
        ask.no_table_by         a field without codes, such as free text, or no field or step at all
        ask.unknown_field       a field that no partner gives
        ask.no_such_code        a code that is not in the field's codelist
        agree.*                 an agreement is not in force, or does not let a field be published
        ask.run_first           the hub was not run since its files, mappings, agreements or settings changed
    """
    ledger.require_policy(hub.ledger_path, population=hub.population, policy=hub.settings.policy)
    raise_all(_check_rule(hub))
    pack = packs.load(hub.settings.pack)
    fields = list(dict.fromkeys(wider_codes.base_of(name) for name in columns))
    taking = agreed_partners.participation(hub, today=today)
    made_of = _made_of(hub, pack, fields, year=today.year)
    raise_all(_check_fields(columns, pack=pack, made_of=made_of, held=_held(taking, pack)))
    domain = {each: tuple(dict.fromkeys(codes.values())) for each, (_, codes) in made_of.items()}
    domain |= run_hub.domain_of(pack, [(*fields, *(name for name in columns if name not in made_of))], year=today.year)
    raise_all(_check_codes(where, domain))
    raise_all(agreed_partners.publishable_tables(taking.partners, [tuple(fields)])[1])
    fingerprint = run_hub.fingerprint_of_run(hub, taking)
    raise_all(_check_run(hub, fingerprint))
    wider = {name: _wider(name, made_of) for name in columns}
    current = asked_before.current_releases(hub, fingerprint)
    return AskedHub(hub, taking, fingerprint, pack, domains.with_missing(domain), made_of, wider, current, today)


def public_figures(asked: AskedHub) -> asking.PublicFigures:
    """People and shares as they were released: the newest table of each field, even shares where there is none.

    In
        asked   AskedHub
    Out
        PublicFigures
    """
    hub, policy = asked.hub, asked.hub.settings.policy
    total = released_figures.newest_table(hub, ())
    people = float(total[1][0]["obs_value"] or 0) if total else 0.0
    balance = ledger.read_balance(hub.ledger_path, population=hub.population, policy=policy, today=asked.today)
    return asking.PublicFigures(
        people=people,
        shares={name: _shares(asked, name, people=people) for name in asked.domain},
        domain=asked.domain,
        repeats=frozenset(name for name in asked.domain if _may_repeat(asked.pack, name)),
        affordable=min(policy.epsilon_release, balance.affordable_for(PURPOSE)),
        delta=policy.delta,
        profile=policy.profile,
        wider=asked.wider,
        released=released_figures.whole_tables(hub, frozenset(asked.domain), within=asked.current),
    )


def _made_of(hub: Hub, pack: Pack, fields: Sequence[str], *, year: int) -> dict[str, tuple[str, Mapping[str, str]]]:
    """The fields by wider categories: those of the codelists, then the hub's own levels.

    A code in no category stands for itself.
    """
    own = [level for level in hub.settings.levels if level.groups and level.of in fields]
    listed = [LevelSetting(field) for field in fields]
    made_of = hub_levels.wider_of([*listed, *own], pack, year=year)
    own_codes = {field: (*pack.domain_of(field, year=year), domains.MISSING) for field, _ in made_of.values()}
    return {
        each: (field, {code: code for code in own_codes[field]} | dict(codes))
        for each, (field, codes) in made_of.items()
    }


def _wider(name: str, made_of: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, Mapping[str, str]]:
    """The steps up from a field, which may be one by wider categories itself: those whose categories hold its own."""
    steps = {each: codes for each, (field, codes) in made_of.items() if field == wider_codes.base_of(name)}
    if name not in steps:
        return steps
    above = {each: _between(steps[name], codes) for each, codes in steps.items() if each != name}
    return {each: codes for each, codes in above.items() if codes and len(set(codes.values())) < len(codes)}


def _between(lower: Mapping[str, str], upper: Mapping[str, str]) -> dict[str, str]:
    """Lower category -> the upper one that holds it; empty where some lower one lies in several."""
    pairs = {(category, upper.get(code, domains.MISSING)) for code, category in lower.items()}
    held = dict(sorted(pairs))
    return held if len(held) == len(pairs) else {}


def _held(taking: Participation, pack: Pack) -> list[str]:
    """The fields of codes that the people have, by the partners' mappings."""
    given = dict.fromkeys(name for one in taking.partners for name in one.fields)
    known = [name for name in given if name in pack.fields and pack.fields[name].sensitivity != "identifying"]
    return [name for name in known if pack.fields[name].kind in ("code", "codes", "flag")]


def _may_repeat(pack: Pack, name: str) -> bool:
    """A person may have several codes of the field; one that counts a single code is kept as one."""
    field = pack.fields[wider_codes.base_of(name)]
    return field.kind == "codes" and field.at_most != 1


def _shares(asked: AskedHub, name: str, *, people: float) -> NDArray[np.float64]:
    codes = asked.domain[name]
    released = released_figures.newest_table(asked.hub, (name,))
    if released is not None and people > 0:
        figures = {row[name]: float(row["obs_value"] or 0.0) for row in released[1]}
        return np.array([figures.get(code, 0.0) / people for code in codes])
    field, into = asked.made_of.get(name, (name, {}))
    if field == name:
        return np.full(len(codes), 1.0 / len(codes))
    shares = dict.fromkeys(codes, 0.0)
    for code, share in zip(asked.domain[field], _shares(asked, field, people=people), strict=True):
        shares[into.get(code, domains.MISSING)] += float(share)
    return np.array(list(shares.values()))


def _check_rule(hub: Hub) -> list[Refusal]:
    if hub.settings.policy.kind == "differential-privacy":
        return []
    return [
        Refusal(
            "ask.threshold",
            found="This hub releases by thresholds, and one more table could undo its suppressions",
            wanted="the policy differential-privacy for tables on demand",
            remedy="Add the table to hub.toml and run `cauce run`, which suppresses all tables together",
        )
    ]


def _check_run(hub: Hub, fingerprint: str) -> list[Refusal]:
    if releases.find_release(hub, fingerprint) is not None:
        return []
    return [
        Refusal(
            "ask.run_first",
            found="Files, mappings, agreements or settings changed since the last run",
            wanted="a hub whose newest release is of what it holds",
            remedy="Run `cauce run {hub}` first",
            hub=hub.root.name,
        )
    ]


def _check_codes(where: Mapping[str, str], domain: Mapping[str, Sequence[str]]) -> list[Refusal]:
    return [
        Refusal(
            "ask.no_such_code",
            found="Field {field} has no code {asked}",
            wanted="one of its codelist: {codes}",
            remedy="Correct the code after --where",
            field=name,
            asked=code,
            codes=", ".join(domain[name][:12]),
        )
        for name, code in where.items()
        if code not in domain[name]
    ]


def _check_fields(
    columns: Sequence[str],
    *,
    pack: Pack,
    made_of: Mapping[str, tuple[str, Mapping[str, str]]],
    held: Sequence[str],
) -> list[Refusal]:
    refusals = []
    for name in dict.fromkeys(columns):
        base = wider_codes.base_of(name)
        if not _is_coded(pack, base):
            refusals.append(_no_table_by(name, known=held))
        elif base not in held:
            refusals.append(_not_given(base, known=held))
        elif name not in (base, *made_of):
            refusals.append(_no_table_by(name, known=[base, *(each for each in made_of if made_of[each][0] == base)]))
    return refusals


def _is_coded(pack: Pack, name: str) -> bool:
    field = pack.fields.get(name)
    return field is not None and field.codelist is not None and field.sensitivity != "identifying"


def _no_table_by(name: str, *, known: Sequence[str]) -> Refusal:
    return Refusal(
        "ask.no_table_by",
        found="No table can be made by {field}",
        wanted="one of {fields}",
        remedy="Correct the field after --by or --where",
        field=name,
        fields=", ".join(known),
    )


def _not_given(name: str, *, known: Sequence[str]) -> Refusal:
    return Refusal(
        "ask.unknown_field",
        found="No partner gives the field {field}",
        wanted="one of {fields}",
        remedy="Correct the field after --by or --where, or map it first",
        field=name,
        fields=", ".join(known),
    )
