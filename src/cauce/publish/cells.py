"""What does one cleared table say, cell by cell? And is what we were given cleared at all?"""

from dataclasses import dataclass

from cauce.standards.cleared import ClearedRelease, ClearedTable
from cauce.standards.errors import Refusal

__all__ = ["MEASURES", "MISSING", "Cell", "cells_of", "refuse_uncleared"]

MEASURES = ("obs_value", "lower", "upper", "confidence_level", "obs_status")
MISSING = "_U"
_WITHHELD = "Q"


@dataclass(frozen=True)
class Cell:
    """One figure of a table: its codes, its value with the interval, and its status.

    >>> Cell(("Feminine",), 118, 110, 127, 0.95, "A").number
    'Feminine'
    >>> Cell(("Feminine", "Y0T17"), None, None, None, 0.95, "Q").is_withheld
    True
    """

    codes: tuple[str, ...]
    value: int | None
    lower: int | None
    upper: int | None
    confidence: float
    status: str

    @property
    def number(self) -> str:
        """The last part of the figure's address, RELEASE/TABLE/CODE+CODE."""
        return "+".join(self.codes) or "total"

    @property
    def is_withheld(self) -> bool:
        return self.status == _WITHHELD

    @property
    def is_released(self) -> bool:
        return self.value is not None


def cells_of(table: ClearedTable) -> tuple[Cell, ...]:
    """The cells of a table, in the order of its domain.

    In
        table    ClearedTable
    Out
        one Cell for each row of `table.observations`
    """
    columns = [table.observations.column(name).to_pylist() for name in (*table.by, *MEASURES)]
    width = len(table.by)
    return tuple(Cell(tuple(str(code) for code in row[:width]), *row[width:]) for row in zip(*columns, strict=True))


def refuse_uncleared(release: object) -> None:
    """Nothing when the release and all it holds passed the gate.

    In
        release    anything
    Refuses
        publish.not_cleared    the release, or a table of it, is not of the cleared type

    >>> refuse_uncleared({"tables": []})
    Traceback (most recent call last):
    ...
    cauce.standards.errors.Refusal: publish.not_cleared: ...
    """
    if isinstance(release, ClearedRelease) and all(isinstance(table, ClearedTable) for table in release.tables):
        return
    raise Refusal(
        "publish.not_cleared",
        found="Something that did not pass the gate was given for publication ({kind})",
        wanted="a release cleared by `protect`",
        remedy="Pass the tables through `cauce run` or `cauce protect`; nothing was written",
        kind=type(release).__name__,
    )
