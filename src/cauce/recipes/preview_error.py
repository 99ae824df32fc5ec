"""How far would a hub's figures move for each epsilon, before the steward chooses one? `cauce ask --preview`.

It reads hub.toml and the pack, never a person and never the ledger, and spends nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cauce.protect import budget, counting, foretold_error, levels
from cauce.protect import tables as noisy_tables
from cauce.protect.foretold_error import FigureError
from cauce.publish import error_preview
from cauce.recipes import clear_people, run_hub
from cauce.standards import packs, wider_codes
from cauce.standards.packs import Pack
from cauce.store import hub_levels, workspace, written
from cauce.store.hub_settings import HubSettings

__all__ = ["Previewed", "preview_error"]


@dataclass(frozen=True)
class Previewed:
    """Where the page is, and the error at each epsilon; `chosen` is the epsilon of hub.toml."""

    path: Path
    chosen: float
    errors: tuple[FigureError, ...]

    @property
    def at_chosen(self) -> FigureError:
        """The error at the epsilon of hub.toml."""
        return next(one for one in self.errors if one.epsilon == self.chosen)


def preview_error(root: Path, *, by: Sequence[str], out: Path, today: date) -> Previewed:
    """Writes the picture of error against epsilon.

    In
        root    folder of the hub
        by      fields of the table that would be asked; none for the tables of `cauce run`
        out     page to write
        today   its year bounds the codes of years
    Out
        Previewed
    Refuses
        standards.no_domain   a field without codes
    """
    settings = workspace.open_hub(root).settings
    pack = packs.load(settings.pack)
    fields = [wider_codes.base_of(name) for name in by]
    run_hub.domain_of(pack, [tuple(fields)], year=today.year)
    policy = settings.policy
    errors = foretold_error.foretell_errors(
        sorted({*foretold_error.EPSILONS, policy.epsilon_release}),
        delta=policy.delta,
        profile=policy.profile,
        squared_norm=_squared_norm(pack, tuple(fields)),
        share=1.0 if by else _share_of_a_table(settings, pack, year=today.year),
    )
    names = run_hub.labels_of(pack)
    page = error_preview.render_preview(errors, chosen=policy.epsilon_release, by=fields, labels=names)
    written.write_whole(out, page.encode("utf-8"))
    return Previewed(out.resolve(), policy.epsilon_release, tuple(errors))


def _squared_norm(pack: Pack, fields: tuple[str, ...]) -> int:
    several = {name for name in fields if pack.fields[name].kind == "codes" and pack.fields[name].at_most != 1}
    return counting.squared_norm(fields, several=several)


def _share_of_a_table(settings: HubSettings, pack: Pack, *, year: int) -> float:
    """What one of the tables of `cauce run` gets, where the partners give all its fields: the least that it may get.

    Its levels are tables of their own, which get less and make those below more exact than foretold here.
    """
    tables = [(), *pack.tables, *settings.tables]
    wider = hub_levels.wider_of(settings.levels, pack, year=year)
    stacked, _ = levels.stack_levels(wider, domain={of: pack.domain_of(of, year=year) for of, _ in wider.values()})
    above = [table for by in tables for table in levels.tables_above(by, stacked)]
    weights = noisy_tables.weigh_tables([*tables, *above], levels=frozenset(stacked))
    tables_share = 1.0 if settings.policy.estimates == "declared" else 1.0 - clear_people.HISTORIES_SHARE
    shares = budget.share_by_weight(tables_share, weights)
    return min(shares["+".join(table)] for table in tables)
