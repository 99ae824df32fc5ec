"""When may an exact count be told beside a released one?"""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cauce.recipes import explain_number
from cauce.standards.errors import Refusal
from cauce.store import workspace


@pytest.fixture
def hub(tmp_path):
    made = workspace.found_hub(tmp_path / "hub", names={"es": "Mesa", "en": "Committee"}, area="", is_fictitious=True)
    kept = made.vault_dir / "fingerprints" / "2026-11-22.1"
    kept.parent.mkdir(parents=True)
    kept.write_text("x")
    os.utime(kept, ns=(2_000, 2_000))
    return made


def _keep_people(hub, *, at):
    path = hub.vault_dir / "people.parquet"
    pq.write_table(pa.table({"prs_Gender": ["Feminine", "Masculine", None]}), path)
    os.utime(path, ns=(at, at))


def test_exact_count_is_told_of_the_people_whom_the_release_counts(hub):
    _keep_people(hub, at=1_000)

    assert explain_number._exact(hub, "2026-11-22.1", table="prs_Gender", number="Feminine") == 1
    assert explain_number._exact(hub, "2026-11-22.1", table="total", number="") == 3


def test_exact_count_is_refused_where_the_people_were_made_again_since(hub):
    _keep_people(hub, at=3_000)

    with pytest.raises(Refusal, match="explain.vault_moved_on"):
        explain_number._exact(hub, "2026-11-22.1", table="total", number="")


def test_exact_count_is_refused_where_the_vault_holds_no_people(hub):
    with pytest.raises(Refusal, match="explain.no_vault"):
        explain_number._exact(hub, "2026-11-22.1", table="total", number="")


def test_exact_hidden_total_is_refused_because_nobody_knows_it(hub):
    _keep_people(hub, at=1_000)

    with pytest.raises(Refusal, match="explain.hidden_unknown"):
        explain_number._exact(hub, "2026-11-22.1", table="hidden_total", number="total")
