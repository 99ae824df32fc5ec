"""Do Cauce's estimators give the numbers that others printed? `cauce verify`, and the golden tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from cauce.recipes import verify_flows, verify_mse, verify_survey
from cauce.standards import verification
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.standards.verification import Group

__all__ = ["CheckedNumber", "verify"]

_ESTIMATORS: Mapping[str, Callable[[Group], dict[str, float]]] = MappingProxyType(
    {"flows": verify_flows.compute, "mse": verify_mse.compute, "survey": verify_survey.compute}
)


@dataclass(frozen=True)
class CheckedNumber:
    """One published number beside ours; `difference` is ours minus theirs."""

    id: str
    group: str
    method: str
    quantity: str
    published: float
    ours: float
    tolerance: float
    source: str
    why: str

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours - self.published

    @property
    def is_equal(self) -> bool:
        """Whether ours is within the tolerance; a number that is missing is not."""
        return abs(self.difference) <= self.tolerance


def verify(groups: Sequence[Group] | None = None, *, progress: Progress = silent) -> tuple[CheckedNumber, ...]:
    """Recomputes published numbers from inputs that come with Cauce: no network, no other file.

    In
        groups     which groups; all when not given
        progress   told of each group
    Out
        CheckedNumber, ...   in the order of the groups
    """
    chosen = verification.groups() if groups is None else groups
    checked: list[CheckedNumber] = []
    for place, group in enumerate(chosen):
        ours = _ESTIMATORS[group.kind](group)
        checked += [
            CheckedNumber(
                id=check.id,
                group=group.title,
                method=str(check.options.get("method", "")),
                quantity=check.quantity,
                published=check.published,
                ours=ours.get(check.id, float("nan")),
                tolerance=check.tolerance,
                source=check.source,
                why=check.why,
            )
            for check in group.checks
        ]
        progress(Message("Recomputing published numbers"), done=place + 1, total=len(chosen))
    return tuple(checked)
