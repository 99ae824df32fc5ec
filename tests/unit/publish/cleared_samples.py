"""Which small release do the tests of `publish` use? One with a figure of each kind: released, zero, withheld, missing."""

from datetime import date

import pyarrow as pa

from cauce.publish.labels import Labels
from cauce.standards import clearance
from cauce.standards.cleared import ClearedEstimate, ClearedRelease, ClearedTable
from cauce.standards.messages import LANGUAGES, Message

__all__ = ["ISSUED", "LABELS", "PROVENANCE", "RELEASE_ID", "big_table", "release_of", "sample_release", "table_of"]

ISSUED = date(2026, 11, 22)
RELEASE_ID = "2026-11-22.1"


class _Names:
    def __init__(self, names):
        self._names = names

    def is_valid(self, code):
        return code in self._names

    def name_of(self, code, language):
        return self._names.get(code, {}).get(language, code)


_SEX = {
    "Feminine": {"es": "Femenino", "en": "Female", "fr": "Féminin", "ar": "أنثى"},
    "Masculine": {"es": "Masculino", "en": "Male", "fr": "Masculin", "ar": "ذكر"},
}
_AREA = {"HTI": {"es": "Haití", "en": "Haiti", "fr": "Haïti", "ar": "هايتي"}}
_AGE = {"Y0T17": {"es": "0 a 17 años", "en": "0 to 17 years", "fr": "0 à 17 ans", "ar": "من 0 إلى 17 سنة"}}
LABELS = Labels(
    fields={
        "prs_Gender": {"es": "Sexo", "en": "Sex", "fr": "Sexe", "ar": "الجنس"},
        "prs_Citizenship": {"es": "Nacionalidad", "en": "Citizenship", "fr": "Nationalité", "ar": "الجنسية"},
        "age_code": {"es": "Edad", "en": "Age", "fr": "Âge", "ar": "العمر"},
    },
    codes={"prs_Gender": _Names(_SEX), "prs_Citizenship": _Names(_AREA), "age_code": _Names(_AGE)},
    ordered=frozenset({"age_code"}),
    codelists={"prs_Gender": "htcds_gender", "prs_Citizenship": "area", "age_code": "age"},
)
PROVENANCE = {
    "files": [{"partner": "policia", "file": "policia 1", "keyed_sha256": "ab" * 32, "rows": 7391}],
    "mappings": [{"partner": "policia", "file": "mappings/policia.toml", "keyed_sha256": "cd" * 32}],
    "agreements": [
        {
            "partner": "policia",
            "id": "MESA-2026-01",
            "until": "2027-12-31",
            "clauses": [
                {"number": "3.1", "fields": ["prs_Gender"], "purposes": ["publish"], "recipients": ["public"]},
                {"number": "3.2", "fields": ["prs_FirstName"], "purposes": ["link"], "recipients": ["committee"]},
                {"number": "3.3", "fields": ["record_id"], "purposes": ["estimate"], "recipients": ["committee"]},
            ],
        }
    ],
    "linkage": {
        "method": "splink-clear-text",
        "fields": ["prs_FirstName"],
        "precision": [0.99, 0.98, 1.0],
        "recall": [0.975, 0.95, 0.99],
    },
    "overlaps": {"lists": ["policia", "casa"], "people": 331},
    "code": {"name": "cauce", "version": "0.1.0"},
}


def table_of(by, rows, *, epsilon=0.25, notes=()):
    """A cleared table from rows of (codes..., value, lower, upper, status)."""
    columns = list(zip(*rows, strict=True))
    width = len(by)
    figures = [pa.array(column, pa.int64()) for column in columns[width : width + 3]]
    observations = pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(by, columns[:width], strict=True)}
        | dict(zip(("obs_value", "lower", "upper"), figures, strict=True))
        | {"confidence_level": pa.array([0.95] * len(rows)), "obs_status": pa.array(columns[-1], pa.string())}
    )
    return clearance.clear_table(by=tuple(by), observations=observations, epsilon=epsilon, sigma=4.2, notes=notes)


def big_table(areas=250, values=40):
    """Citizenship by sex over many areas, few of which have figures."""
    rows = []
    for place in range(areas):
        code = f"A{place:02X}"
        for sex, share in (("Feminine", 2), ("Masculine", 1), ("_U", 0)):
            known = place < values and share
            value = (values - place) * 10 * share if known else None
            bounds = (max(0, value - 8), value + 8) if value is not None else (None, None)
            rows.append((code, sex, value, *bounds, "A" if known else "Q"))
    return table_of(["prs_Citizenship", "prs_Gender"], rows)


def sample_release(
    *, tables: list[ClearedTable] | None = None, estimate: ClearedEstimate | None = None
) -> ClearedRelease:
    """The small release: people in all, by sex, by sex and age, by citizenship."""
    total = table_of([], [(3120, 3102, 3138, "A")])
    sex = table_of(
        ["prs_Gender"],
        [("Feminine", 118, 110, 126, "A"), ("Masculine", 0, 0, 9, "A"), ("_U", None, None, None, "Q")],
        notes=(Message("Figures below {threshold} were withheld", threshold=12),),
    )
    both = table_of(
        ["prs_Gender", "age_code"],
        [
            ("Feminine", "Y0T17", 40, 31, 49, "A"),
            ("Feminine", "Y_GE18", 78, 69, 87, "A"),
            ("Masculine", "Y0T17", None, None, None, "Q"),
            ("Masculine", "Y_GE18", None, None, None, "O"),
        ],
    )
    found = estimate or clearance.clear_estimate(
        status="estimated",
        reason=None,
        manner="noised",
        observed=3120,
        total=4510,
        lower=4100,
        upper=5020,
        epsilon=0.2,
        linkage_share=0.15,
        methods=(
            {"method": "main", "total": 4300, "lower": 4000, "upper": 4700},
            {"method": "bic", "total": 4510, "lower": 4100, "upper": 5020},
            {"method": "latent", "total": None, "lower": None, "upper": None},
        ),
    )
    return release_of([total, sex, both, big_table()] if tables is None else tables, found)


def release_of(tables, estimate=None, records=None):
    """A cleared release of these tables."""
    return clearance.clear_release(
        tables=tables,
        estimate=estimate,
        records=records,
        policy="differential-privacy",
        epsilon=1.0,
        delta=1e-6,
        epsilon_left=3.0,
    )


def rendered(release, *, fictitious=True, languages=LANGUAGES, provenance=PROVENANCE):
    """The files of a release, as the recipe makes them."""
    from cauce.recipes import publish_release

    return publish_release.render_release(
        release,
        hub_name={"es": "Mesa de Cauce", "en": "The Cauce Table", "fr": "Table de Cauce", "ar": "طاولة كاوس"},
        release_id=RELEASE_ID,
        issued=ISSUED,
        provenance=provenance,
        names=LABELS,
        fictitious=fictitious,
        languages=languages,
    )
