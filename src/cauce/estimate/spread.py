"""How far do the methods differ, in words that nobody can mistake?"""

from collections.abc import Sequence

from cauce.estimate import method_results
from cauce.standards.messages import Message

__all__ = ["factor_between", "in_words"]

_CLOSE = 1.15
_FAR = 1.5


def factor_between(answers: Sequence[method_results.MethodResult]) -> float | None:
    """The largest total over the smallest, among methods with a figure; None with fewer than two.

    >>> factor_between([])
    """
    totals = [answer.total for answer in answers if answer.status == "estimated" and answer.total is not None]
    return max(totals) / min(totals) if len(totals) > 1 else None


def in_words(answers: Sequence[method_results.MethodResult]) -> Message:
    """The spread of the methods as a sentence.

    In
        answers   the answer of each method
    Out
        Message

    >>> print(in_words([]))
    No method gives a figure
    """
    totals = [answer.total for answer in answers if answer.status == "estimated" and answer.total is not None]
    factor = factor_between(answers)
    if not totals:
        return Message("No method gives a figure")
    if factor is None:
        return Message("Only one method gives a figure: nothing shows how much rests on its assumptions")
    numbers = {"least": round(min(totals)), "most": round(max(totals)), "factor": round(factor, 1)}
    if factor < _CLOSE:
        return Message("The methods agree: their totals lie between {least} and {most}", **numbers)
    if factor < _FAR:
        return Message("The methods differ: their totals lie between {least} and {most}; publish the range", **numbers)
    return Message(
        "The methods differ by a factor of {factor}, from {least} to {most}: publish a range, never one number",
        **numbers,
    )
