"""Does the demo need a network? It is run with none."""

import json
import shutil
import subprocess
import sys

import pytest


def test_demo_runs_with_the_network_cut(tmp_path):
    alone = [shutil.which("unshare") or "unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let a process cut its own network (unshare --net)")
    line = [*alone, sys.executable, "-m", "cauce", "demo", str(tmp_path / "mesa"), "--people", "300", "--no-serve"]

    done = subprocess.run([*line, "--json"], capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["release"]["tables"] > 5
