"""Does a run on a disk that is truly full say so once, publish nothing by halves, and go on once there is room?"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.journeys.conftest import TODAY

_SMALL, _LARGE = "3m", "64m"  # a release needs about 6 MB beside the partners' files
_SCRIPT = """
mount -t tmpfs -o size=$SMALL tmpfs "$DISK" && cp -r "$HUB/." "$DISK" || exit 99
run() { "$PYTHON" -m cauce run "$DISK" --json --today "$TODAY" >"$1.json" 2>"$1.err"; ls "$DISK/releases" >"$1.ls"; }
run "$TOLD/full"
mount -o "remount,size=$LARGE" "$DISK"
run "$TOLD/roomy"
"""


@pytest.mark.slow
def test_run_on_a_full_disk_is_refused_leaves_no_release_and_the_next_run_succeeds(hub, tmp_path):
    if subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root alone, in a mount namespace of its own")
    for made in ("releases", "vault"):
        shutil.rmtree(hub / made)
        (hub / made).mkdir()
    (hub / "ledger.sqlite").unlink()
    disk, told = tmp_path / "disk", tmp_path / "told"
    disk.mkdir()
    told.mkdir()
    names = {"DISK": disk, "TOLD": told, "HUB": hub, "PYTHON": sys.executable, "TODAY": TODAY}
    names |= {"SMALL": _SMALL, "LARGE": _LARGE}

    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", _SCRIPT], env=os.environ | {name: str(told) for name, told in names.items()}
    )

    assert done.returncode == 0
    assert [one["code"] for one in json.loads((told / "full.json").read_text())["refusals"]] == ["cli.disk"]
    assert "Traceback" not in (told / "full.err").read_text()
    assert (told / "full.ls").read_text() == ""
    released = json.loads((told / "roomy.json").read_text())["release"]
    assert (told / "roomy.ls").read_text().split() == [released["id"]]
    assert released["epsilon_left"] == 3.0
