"""How does somebody with a file of overlapping lists get the hidden population? `cauce estimate mse`.

Every method asked for answers for itself, and the sentence that comes with them says how far they differ. The pooled
figure that a hub releases is made by `estimate.multiple_systems`; it is told here too, in words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from cauce.estimate import (
    capture_strata,
    capture_tables,
    each_method,
    existence,
    list_sensitivity,
    method_results,
    multiple_systems,
    recall_sensitivity,
)
from cauce.estimate.method_results import MethodResult
from cauce.gather import capture_files
from cauce.publish import chart_mse
from cauce.standards.messages import Message, Speaker

__all__ = [
    "INTERVALS",
    "METHODS",
    "MethodResult",
    "MseAnswer",
    "MseOptions",
    "describe",
    "draw_picture",
    "estimate_mse",
]

METHODS = method_results.ALL_METHODS
INTERVALS = method_results.INTERVALS


@dataclass(frozen=True)
class MseOptions:
    """What was asked: methods, their interval, order of terms, resamples, seed; further questions where named."""

    methods: tuple[method_results.Method, ...] = method_results.METHODS
    interval: method_results.Interval = "wald"
    order: int = 2
    replicates: int = 1000
    seed: int = 1
    noise_sigma: float = 0.0
    strata: str | None = None
    is_sensitive: bool = False
    recalls: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class MseAnswer:
    """The pooled figure with the answer of every method; strata, changes of lists and other recalls where asked."""

    hidden: multiple_systems.HiddenPopulation
    lists: tuple[str, ...]
    strata: capture_strata.Strata | None = None
    changes: tuple[list_sensitivity.Change, ...] = ()
    at_recalls: tuple[recall_sensitivity.AtRecall, ...] = ()


def estimate_mse(path: Path, options: MseOptions) -> MseAnswer:
    """Every method on the capture table of one file.

    In
        path      CSV: list columns 0/1, `count`, perhaps `draw` or the column of the strata
        options   MseOptions
    Out
        MseAnswer
    Refuses
        what gather.capture_files and estimate.capture_tables refuse, estimate.one_list and estimate.no_overlap among it
    """
    cells = capture_files.read_capture_file(path)
    rng = np.random.default_rng(options.seed)
    plain = cells.drop_columns([options.strata]) if options.strata in cells.column_names else cells
    tables = capture_tables.read_table(plain, is_noised=options.noise_sigma > 0, needs_overlap=True)
    hidden = multiple_systems.estimate(
        tables[0],
        methods=options.methods,
        interval=options.interval,
        order=options.order,
        draws=tables if len(tables) > 1 else None,
        noise_sigma=options.noise_sigma,
        replicates=options.replicates,
        rng=rng,
    )
    setting = each_method.Setting(order=options.order, rng=rng, memo=existence.Memo())
    leading = options.methods[0]
    split = capture_strata.split(cells, options.strata) if options.strata else None
    return MseAnswer(
        hidden=hidden,
        lists=tables[0].lists,
        strata=capture_strata.estimate_strata(split, leading, setting=setting) if split else None,
        changes=list_sensitivity.try_changes(tables[0], leading, setting=setting) if options.is_sensitive else (),
        at_recalls=recall_sensitivity.try_recalls(tables[0], leading, recalls=options.recalls, setting=setting),
    )


def describe(answer: MseAnswer) -> tuple[Message, ...]:
    """What a minister may read: the figure or why there is none, how far methods differ, what it rests on.

    In
        answer   MseAnswer
    Out
        sentences, in order
    """
    hidden = answer.hidden
    if hidden.total is None or hidden.lower is None or hidden.upper is None:
        return (*((hidden.reason,) if hidden.reason else ()), hidden.spread)
    sentences = [
        Message(
            "{observed} people are on at least one of {lists} lists",
            observed=round(hidden.observed),
            lists=len(answer.lists),
        ),
        Message(
            "Counting also the people on no list, there are probably between {lower} and {upper}",
            lower=_rounded(hidden.lower, up=False),
            upper=_rounded(hidden.upper, up=True),
        ),
        hidden.spread,
        _assumptions(len(answer.lists)),
    ]
    if hidden.linkage_share is not None:
        share = round(100 * hidden.linkage_share)
        sentences.append(
            Message("Of this uncertainty, {share} % comes from not knowing who is the same person", share=share)
        )
    return tuple(sentences)


def _assumptions(lists: int) -> Message:
    if lists == 2:
        return Message("With two lists, all rests on their being independent, and nothing in the data can test it")
    return Message("The figure holds only if the lists name the same kind of people and links between them are right")


def _rounded(value: float, *, up: bool) -> int:
    """Two significant digits, outwards: more would claim what nobody knows."""
    unit = int(10 ** max(0, len(str(int(value))) - 2))
    return (math.ceil(value / unit) if up else math.floor(value / unit)) * unit


def draw_picture(answer: MseAnswer, path: Path, *, speaker: Speaker) -> Path:
    """Writes the spread of the methods and the model diagram, in the kind that the file's ending says.

    In
        answer    MseAnswer
        path      a name that ends in .svg, .png or .pdf
        speaker   language of the labels
    Out
        path
    """
    kinds: dict[str, Literal["svg", "png", "pdf"]] = {".png": "png", ".pdf": "pdf"}
    kind = kinds.get(path.suffix.lower(), "svg")
    bars = [
        chart_mse.MethodBar(one.method, one.total, one.lower, one.upper)
        for one in answer.hidden.methods
        if one.total is not None and one.lower is not None and one.upper is not None
    ]
    model = next((one.model for one in answer.hidden.methods if one.model), ())
    figures = chart_mse.MseFigures(answer.hidden.observed, tuple(bars), answer.lists, _pairs(model))
    path.write_bytes(chart_mse.draw_methods(figures, speaker=speaker, kind=kind))
    return path


def _pairs(model: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((term[0], term[1]) for term in model if len(term) == 2)
