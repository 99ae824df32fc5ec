"""Which engines can the tests count on here? DuckDB always; PostgreSQL and Spark where they are installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

__all__ = ["ENGINES", "connect_engine", "load_people", "running_postgres"]

ENGINES = ["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.slow)]


@contextmanager
def connect_engine(name: str) -> Iterator[ibis.BaseBackend]:
    """An engine of one's own for some tests; they skip, saying so, where it is not installed."""
    if name == "duckdb":
        yield ibis.duckdb.connect()
    elif name == "postgres":
        with running_postgres() as socket_folder:
            yield ibis.postgres.connect(host=str(socket_folder), user="tester", database="postgres")
    else:
        with _running_spark() as session:
            yield ibis.pyspark.connect(session)


def load_people(engine: ibis.BaseBackend, people: pa.Table, *, name: str = "people") -> ibis.Table:
    """A table of the engine's own."""
    if engine.name == "duckdb":
        engine.con.register(name, people)
        return engine.table(name)
    return engine.create_table(name, people)


@contextmanager
def running_postgres() -> Iterator[Path]:
    """A PostgreSQL of one's own on a socket in a temporary folder, gone afterwards."""
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    # It refuses to run as root: then it runs as nobody.
    who = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(folder, "nobody", "nogroup")
    data, options = folder / "data", f"-k {folder} -c listen_addresses='' -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, "-D", data, *arguments], check=True, stdout=subprocess.DEVNULL, **who)

    run("initdb", "--auth=trust", "--username=tester", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync")
    run("pg_ctl", "--wait", f"--log={folder / 'log'}", f"--options={options}", "start")
    try:
        yield folder
    finally:
        run("pg_ctl", "--wait", "--mode=immediate", "stop")
        shutil.rmtree(folder)


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "/absent")]
    if not found[-1].exists():
        pytest.skip("PostgreSQL is not installed")
    return found[-1].parent


@contextmanager
def _running_spark() -> Iterator[object]:
    sql = pytest.importorskip("pyspark.sql", reason="Spark is an extra: requirements/spark.txt")
    if shutil.which("java") is None:
        pytest.skip("Spark wants Java 17, which is not installed")
    asked = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": tempfile.mkdtemp(prefix="spark"),
    }
    session = sql.SparkSession.builder.master("local[2]").config(map=asked).getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        shutil.rmtree(asked["spark.sql.warehouse.dir"], ignore_errors=True)
