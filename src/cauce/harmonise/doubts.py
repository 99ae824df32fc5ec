"""What does a person have to decide about a column, and what happens with her answer?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cauce.standards.mappings import ColumnMapping
from cauce.standards.messages import Message

__all__ = ["Answers", "Doubt", "DoubtKind", "apply_answer"]

_LEAST_TOLD = 3

DoubtKind = Literal["field", "order", "decimal", "value"]


@dataclass(frozen=True)
class Doubt:
    """One question about one column.

    kind         what the answer decides: the field, the order of dates, the decimal mark, the code of one value
    value        the value in question, for kind "value"
    choices      answer -> what it means; an empty answer leaves the column, or the value, out
    proposed     the answer that Cauce would give, or None where it would give none
    confidence   of the proposed answer, 0 to 1
    codelist     of which the choices are codes, where they are
    cells        how many cells hold the value; one that few hold may tell who somebody is (`untold`)
    """

    column: str
    kind: DoubtKind
    question: Message
    choices: Mapping[str, Message]
    proposed: str | None = None
    confidence: float = 0.0
    value: str | None = None
    cells: int = 0
    codelist: str | None = None

    @property
    def untold(self) -> "Doubt":
        """The doubt as it may be printed where nobody answers it: a value that few cells hold is not shown."""
        if self.kind != "value" or self.cells >= _LEAST_TOLD:
            return self
        question = Message(
            "“{column}” holds a value, in {cells} cells, that is no code: `cauce add` on a terminal asks what it means",
            column=self.column,
            cells=self.cells,
        )
        return replace(self, question=question, choices={}, proposed=None, value=None)


Answers = Callable[[Doubt], str | None]


def apply_answer(column: ColumnMapping, doubt: Doubt, answer: str) -> ColumnMapping:
    """The mapping of a column once a doubt is answered.

    In
        column   the mapping of the column so far
        doubt    what was asked
        answer   one of the choices, or a code; "" leaves the column, or the value, out
    Out
        ColumnMapping

    In
        column   ColumnMapping
        doubt    Doubt about it
        answer   one of the doubt's choices, or what a person wrote
    Out
        ColumnMapping

    >>> column = ColumnMapping("sexo", "prs_Gender", 0.9, "", values={"F": "Feminine"})
    >>> doubt = Doubt("sexo", "value", Message("?"), {}, value="M")
    >>> dict(apply_answer(column, doubt, "Masculine").values)
    {'F': 'Feminine', 'M': 'Masculine'}
    """
    if doubt.kind == "value":
        return replace(column, values={**column.values, doubt.value or "": answer})
    if doubt.kind == "order":
        return replace(column, order=answer)
    if doubt.kind == "decimal":
        return replace(column, decimal=answer)
    return replace(column, field=answer, confidence=1.0)
