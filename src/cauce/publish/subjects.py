"""Which release do the pages tell of, in which language, and what do several pages say alike: titles, files, rules?"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from cauce.publish.cells import Cell, cells_of
from cauce.publish.labels import Labels
from cauce.publish.manifests import Imprint
from cauce.publish.wording import Wording
from cauce.standards.cleared import ClearedRelease, ClearedTable
from cauce.standards.messages import Message, Speaker

__all__ = ["Page", "Subject", "rule_of"]


@dataclass(frozen=True)
class Page:
    """One page: its place under `site/LANG/`, its title and summary, its template and what the template draws."""

    path: str
    template: str
    title: str
    summary: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Subject:
    """The release that the pages tell of, in one language; `sizes` are the bytes of its files by path."""

    release: ClearedRelease
    imprint: Imprint
    labels: Labels
    provenance: Mapping[str, object]
    sizes: Mapping[str, int]
    wording: Wording

    @property
    def hub(self) -> str:
        return self.imprint.named(self.wording.language)

    def title_of(self, table: ClearedTable) -> str:
        """What a table is called in the language of the pages."""
        if not table.by:
            return self.wording.plain("Persons in all")
        names = [self.labels.field(name, self.wording.language) for name in table.by]
        return self.wording.plain("Persons by {fields}", fields=self.wording.listed(names))

    def citation(self, title: str = "") -> Markup:
        """How the release, or one of its tables, is cited."""
        day = self.wording.day(self.imprint.issued)
        parts = [
            *(Markup("<bdi>{}</bdi>").format(name) for name in (self.hub, title) if name),
            self.wording.say("Release {id}, issued on {day}", id=self.imprint.release_id, day=day),
            *([self.wording.say("Fictitious data")] if self.imprint.fictitious else []),
        ]
        return Markup(". ").join(parts) + "."

    def name_of(self, table: ClearedTable, cell: Cell) -> str:
        """What one figure of a table counts."""
        pairs = zip(table.by, cell.codes, strict=True)
        names = [self.labels.code(name, code, self.wording.language) for name, code in pairs]
        return " · ".join(names) or self.title_of(table)

    def file(self, path: str, *, up: str, name: str) -> dict[str, str]:
        """A file to download: where it is from a page, what it is called there, how large it is."""
        kilobytes = max(1, round(self.sizes.get(path, 0) / 1000))
        return {"href": up + path, "name": name, "size": f"{self.wording.number(kilobytes)} kB"}

    def files_of(self, table: ClearedTable, *, up: str) -> list[dict[str, str]]:
        """The files of one table, those with names in the language of the page."""
        language = self.wording.language
        endings = {
            "CSV": ".csv",
            f"CSV ({language})": f".{language}.csv",
            "XLSX": ".xlsx",
            "Parquet": ".parquet",
            "HXL": ".hxl.csv",
        }
        if table.unbiased is not None:
            endings[self.wording.plain("CSV for analysts, unbiased")] = ".unbiased.csv"
        stem = f"tables/{table.table_id}"
        return [self.file(stem + ending, up=up, name=name) for name, ending in endings.items()]

    def tables(self) -> list[dict[str, object]]:
        """All tables, as lists of them show one a line."""
        return [self._listed(table) for table in self.release.tables]

    def rule(self) -> str:
        """Why a figure is withheld, under the release's policy."""
        return Speaker(self.wording.language).say(rule_of(self.release.policy))

    def _listed(self, table: ClearedTable) -> dict[str, object]:
        cells = cells_of(table)
        return {
            "id": table.table_id,
            "title": self.title_of(table),
            "released": sum(cell.is_released for cell in cells),
            "withheld": sum(cell.is_withheld for cell in cells),
            "epsilon": float(f"{table.epsilon:.3g}"),
            "downloads": self.files_of(table, up="../../"),
        }


def rule_of(policy: str) -> Message:
    """Why a figure is withheld.

    In
        policy   "differential-privacy" or "threshold"
    Out
        Message

    >>> str(rule_of("threshold"))[:69]
    'A figure is withheld when it counts fewer people than the threshold, '
    """
    if policy == "differential-privacy":
        return Message(
            "A figure is withheld when, beside the noise, it is too small to tell people apart from nobody: "
            "the rule looks only at the figure with its noise, never at the true one."
        )
    return Message(
        "A figure is withheld when it counts fewer people than the threshold, when it comes nearly all from one "
        "partner's list, or when such a figure could be worked out from it and the others."
    )
