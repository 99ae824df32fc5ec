"""Which wider category holds each code of a codelist? Age bands lie in under 18 and 18 and over, countries in regions.

A field by wider categories is written with its steps: `age_code@1`, `prs_Citizenship@2`. Which of them a pack can
tabulate is answered by `packs`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cauce.standards import codelists
from cauce.standards.codelists import Codelist
from cauce.standards.messages import Language

__all__ = ["WiderNames", "base_of", "steps_of", "wider_field"]

_MARK = "@"


def base_of(name: str) -> str:
    """The field itself, of a field by wider categories.

    >>> base_of("age_code@1"), base_of("age_code")
    ('age_code', 'age_code')
    """
    return name.partition(_MARK)[0]


def wider_field(name: str, *, step: int) -> str:
    """The name of a field taken some steps up.

    >>> wider_field("age_code", step=1)
    'age_code@1'
    """
    return f"{name}{_MARK}{step}"


def steps_of(codelist: str, codes: Sequence[str]) -> list[Mapping[str, str]]:
    """Each step up: the next wider category of each code, then the widest below "all".

    In
        codelist   its name
        codes      the domain of a field
    Out
        code -> wider code, one mapping a step that leaves fewer codes and more than one; a code without parent stays

    >>> [sorted(set(step.values())) for step in steps_of("age", ("Y0T8", "Y9T17", "Y18T20", "Y_GE48"))]
    [['Y0T17', 'Y_GE18']]
    >>> step, widest = steps_of("area", ("HTI", "CUB", "CRI", "FRA"))
    >>> sorted(set(step.values())), sorted(set(widest.values()))
    (['013', '029', '155'], ['019', '150'])
    """
    lines = {code: [*_ancestors(codelist, code)] for code in codes}
    found: list[Mapping[str, str]] = []
    size = len(lines)
    for place in (0, -1):
        step = {code: line[place] if line else code for code, line in lines.items()}
        if 1 < len(set(step.values())) < size:
            found.append(step)
            size = len(set(step.values()))
    return found


@dataclass(frozen=True)
class WiderNames:
    """Names the wider categories of a codelist, and its own codes that have none.

    >>> WiderNames("area").name_of("029", "es"), WiderNames("area").is_valid("HTI")
    ('Caribe', True)
    """

    codelist: str

    def is_valid(self, code: str) -> bool:
        """Claims that the code is one of them."""
        return any(one.is_valid(code) for one in self._lists())

    def name_of(self, code: str, language: Language) -> str:
        """The name of a code in a language."""
        return next(one for one in self._lists() if one.is_valid(code)).name_of(code, language)

    def _lists(self) -> tuple[Codelist, Codelist]:
        return _parents_list(self.codelist), codelists.load(self.codelist)


def _parents_list(codelist: str) -> Codelist:
    found = codelists.load(codelist)
    return codelists.load(found.parents) if found.parents else found


def _ancestors(codelist: str, code: str) -> Iterator[str]:
    """The wider categories of a code from the next on, the one without a parent of its own (all) left out."""
    entries = _parents_list(codelist).entries
    above = codelists.load(codelist).parent_of(code)
    while above is not None and above in entries and entries[above].parent:
        yield above
        above = entries[above].parent
