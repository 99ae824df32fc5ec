"""Do the noisy tables agree with what others published, and what do they say of it?

A figure that an office published is outside epsilon: it is taken as it is, and all tables are moved to agree with it.
Where the noise cannot explain the distance, the two do not count the same people, and nothing is moved: the page says
so. Both are decided from noisy figures alone, so neither tells more of anybody.
"""

import math
from collections.abc import Mapping, Sequence

from cauce.protect.consistency import Parts
from cauce.protect.levels import Columns
from cauce.standards.errors import Refusal
from cauce.standards.invariants import Invariant, KnownFigure

__all__ = ["agree", "check_invariants", "concerning"]

# Noise alone goes so far once in sixteen thousand times.
_FARTHEST = 4.0
_ROUNDING = 0.5


def agree(
    parts: Parts, invariants: Sequence[Invariant], *, domain: Mapping[str, Sequence[str]]
) -> tuple[Parts, tuple[KnownFigure, ...]]:
    """Consistent counts that agree with published figures too.

    In
        parts        of all tables
        invariants   published figures, of fields and codes that the tables have
        domain       column -> its codes in order
    Out
        Parts, and each figure with whether they agree; a figure is held against those before it too
    """
    known = []
    for invariant in invariants:
        place = tuple(list(domain[name]).index(code) for name, code in zip(invariant.by, invariant.codes, strict=True))
        distance = abs(float(parts.table(invariant.by)[place]) - invariant.value)
        agrees = distance <= max(_ROUNDING, _FARTHEST * math.sqrt(parts.variances(invariant.by)[place]))
        known.append(KnownFigure(invariant, agrees))
        if agrees:
            parts = parts.knowing(invariant.by, place, float(invariant.value))
    return parts, tuple(known)


def check_invariants(
    invariants: Sequence[Invariant],
    *,
    tables: Sequence[tuple[str, ...]],
    domain: Mapping[str, Sequence[str]],
    columns: Columns,
) -> list[Refusal]:
    """A refusal for every published figure that no table can agree with. It looks at names, never at counts.

    In
        invariants   published figures
        tables       columns of each table in which a person counts once
        domain       column -> its codes, those of levels too
        columns      for the fields that levels are made of
    Out
        the refusals, empty when all is well
    """
    made_of = [{columns.base(name) for name in table} for table in tables]
    refusals = []
    for one in invariants:
        has_codes = len(one.by) == len(one.codes) and all(
            code in domain.get(name, ()) for name, code in zip(one.by, one.codes, strict=True)
        )
        if not has_codes or not any({columns.base(name) for name in one.by} <= held for held in made_of):
            refusals.append(
                Refusal(
                    "protect.no_such_figure",
                    found="No table of the release holds the figure {number} by {fields} that {publisher} published",
                    wanted="fields of one of the tables in which a person counts once, and a code of each",
                    remedy="Correct the [[invariants]] of hub.toml, or add the table",
                    number=one.number,
                    fields=" + ".join(one.by),
                    publisher=one.publisher,
                )
            )
    return refusals


def concerning(by: Sequence[str], known: Sequence[KnownFigure], *, parts: Parts) -> tuple[KnownFigure, ...]:
    """The published figures that a table holds, or whose cells add up to one.

    In
        by      columns of the table
        known   published figures
        parts   for the fields that levels are made of
    Out
        some of them
    """
    held = {parts.columns.base(name) for name in by}
    return tuple(one for one in known if {parts.columns.base(name) for name in one.invariant.by} <= held)
