"""Can moves be read from these stocks at all? Everything that is refused before a method starts, said at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cauce.estimate.flow_repairs import list_names
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.messages import Message

__all__ = ["refuse_bad_offset", "refuse_bad_stocks", "refuse_bad_vital_events"]

Array = NDArray[np.float64]


def refuse_bad_stocks(start: Array, end: Array, *, areas: Sequence[str]) -> None:
    """Nothing, or a refusal of stocks that no method can read.

    In
        start, end   (birthplace, residence) float
        areas        codes of the areas
    Refuses
        estimate.shape           the stocks are not square, or not as large as the list of areas
        estimate.too_few_areas   fewer than two areas
        estimate.missing_stock   a cell is missing or infinite
        estimate.negative_stock  people living outside their birthplace are fewer than zero
        estimate.empty_stock     nobody lives anywhere

    >>> refuse_bad_stocks(np.eye(2), np.eye(2), areas=["A", "B"])
    """
    size = len(areas)
    if start.shape != (size, size) or end.shape != (size, size):
        raise Refusal(
            "estimate.shape",
            found="The stocks have shapes {start} and {end} for {count} areas",
            wanted="two square tables with one row and one column for each area",
            remedy="Give both stocks for the same areas",
            start=str(start.shape),
            end=str(end.shape),
            count=size,
        )
    if size < 2:
        raise Refusal(
            "estimate.too_few_areas",
            found="The stocks hold {count} area",
            wanted="at least two areas",
            remedy="Add the areas that people move to and from",
            count=size,
        )
    first, second = Message("first stock"), Message("second stock")
    raise_all(_stock_refusals(start, which=first, areas=areas) + _stock_refusals(end, which=second, areas=areas))


def refuse_bad_vital_events(start: Array, end: Array, *, births: Array, deaths: Array, areas: Sequence[str]) -> None:
    """Nothing, or a refusal of births and deaths that the stocks cannot hold.

    In
        start, end      (birthplace, residence) float   persons
        births, deaths  (residence,) float              persons
        areas           codes of the areas
    Refuses
        estimate.missing_vital_events   births or deaths are missing, infinite or below zero
        estimate.deaths_exceed_stock    more people died in an area than lived there at the start
        estimate.births_exceed_stock    more people were born in an area than live there at the end

    >>> refuse_bad_vital_events(np.eye(2), np.eye(2), births=np.ones(2), deaths=np.zeros(2), areas=["A", "B"])
    """
    is_bad = ~(np.isfinite(births) & np.isfinite(deaths)) | (births < 0) | (deaths < 0)
    if is_bad.any():
        raise Refusal(
            "estimate.missing_vital_events",
            found="Births or deaths are missing or below zero in {areas}",
            wanted="a number of births and of deaths, zero or more, for each area",
            remedy="Complete the table of births and deaths",
            areas=_names(is_bad, areas),
        )
    found = []
    too_dead = deaths > start.sum(axis=0) * (1 + 1e-12)
    if too_dead.any():
        found.append(
            Refusal(
                "estimate.deaths_exceed_stock",
                found="More people died than lived at the start in {areas}",
                wanted="stocks and deaths of the same people in the same unit",
                remedy="Check whether one is in thousands, and that the stocks hold the native-born on the diagonal",
                areas=_names(too_dead, areas),
            )
        )
    too_young = births > end.sum(axis=0) * (1 + 1e-12)
    if too_young.any():
        found.append(
            Refusal(
                "estimate.births_exceed_stock",
                found="More people were born than live at the end in {areas}",
                wanted="stocks and births of the same people in the same unit",
                remedy="Check whether one is in thousands, and that the stocks hold the native-born on the diagonal",
                areas=_names(too_young, areas),
            )
        )
    raise_all(found)


def refuse_bad_offset(offset: Array, *, areas: Sequence[str]) -> None:
    """Nothing, or a refusal of an offset that cannot weigh moves.

    In
        offset   (origin, destination) float
        areas    codes of the areas
    Refuses
        estimate.bad_offset   its shape differs, or a cell off the diagonal is missing or below zero

    >>> refuse_bad_offset(np.ones((2, 2)), areas=["A", "B"])
    """
    size = len(areas)
    is_bad = np.array([True])
    if offset.shape == (size, size):
        is_bad = (~np.isfinite(offset) | (offset < 0)) & ~np.eye(size, dtype=bool)
    if is_bad.any():
        raise Refusal(
            "estimate.bad_offset",
            found="The offset has a missing, infinite or negative cell, or another shape than the stocks",
            wanted="a number, zero or more, for each pair of areas: the larger, the likelier the move",
            remedy="Complete the offset; for distances give a decay such as one over the distance",
        )


def _stock_refusals(stock: Array, *, which: Message, areas: Sequence[str]) -> list[Refusal]:
    is_missing = ~np.isfinite(stock)
    if is_missing.any():
        return [
            Refusal(
                "estimate.missing_stock",
                found="{count} cells of the {which} are missing, in the rows {areas}",
                wanted="a number in each cell; missing is not zero",
                remedy="Fill the cells from another source, or write 0 where nobody was counted",
                count=int(is_missing.sum()),
                which=which,
                areas=_names(is_missing.any(axis=1), areas),
            )
        ]
    found = []
    is_negative = (stock < 0) & ~np.eye(len(stock), dtype=bool)
    if is_negative.any():
        found.append(
            Refusal(
                "estimate.negative_stock",
                found="{count} cells of the {which} are below zero, in the rows {areas}",
                wanted="zero or more; only the native-born, on the diagonal, may be negative and are then mended",
                remedy="Correct the cells in the source",
                count=int(is_negative.sum()),
                which=which,
                areas=_names(is_negative.any(axis=1), areas),
            )
        )
    if stock.sum() <= 0:
        found.append(
            Refusal(
                "estimate.empty_stock",
                found="The {which} holds nobody",
                wanted="people by birthplace and residence",
                remedy="Check that the file is the one meant",
                which=which,
            )
        )
    return found


def _names(mask: ArrayLike, areas: Sequence[str]) -> str:
    return list_names([areas[place] for place in np.flatnonzero(mask).tolist()])
