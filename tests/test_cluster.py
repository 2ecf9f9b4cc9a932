"""A study on a dask cluster: a real scheduler and two workers, one of them killed midway."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main, studying
from sim.errors import InputError
from sim.study import cluster
from tests.studies import MANY, planned, shards
from tests.worlds import ROOT

pytestmark = pytest.mark.slow
PATIENCE = 60  # seconds until both workers are there


@dataclass
class Cluster:
    """A scheduler and its workers."""

    address: str
    workers: list["subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    file = tmp_path_factory.mktemp("cluster") / "scheduler.json"

    def started(*words: str) -> "subprocess.Popen[bytes]":
        line = [sys.executable, "-m", *words, "--scheduler-file", str(file), "--no-dashboard"]
        return subprocess.Popen(line, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    processes = [started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")]
    workers = [started("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny") for _ in range(2)]
    processes += workers
    until = time.monotonic() + PATIENCE
    try:
        while not file.exists():
            assert time.monotonic() < until, "no scheduler"
            time.sleep(0.05)
        yield Cluster(json.loads(file.read_text())["address"], workers)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    tmp_path: Path,
    running: Cluster,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Those of one process of this machine."""
    from distributed import Client

    def killing(chunks: Iterable[Any], _total: int) -> Iterator[Any]:
        for i, made in enumerate(chunks):
            if i == 3:
                running.workers[0].kill()
            yield made

    with Client(running.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
    study = planned(tmp_path, **MANY)
    monkeypatch.setattr(studying, "finished_bar", lambda *_: killing)
    assert main(["resume", str(tmp_path), "--cluster", running.address]) == 0
    assert f"{study.worlds} worlds" in capsys.readouterr().err
    assert running.workers[0].wait(10) != 0
    assert len(undisturbed) > 10
    assert shards(study) == undisturbed


def test_workers_of_other_code_are_refused(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes would not be those of the plan."""
    monkeypatch.setattr(cluster, "code_hash", lambda: "f" * 64)
    with pytest.raises(InputError, match="has other code"), cluster.cluster(running.address):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "tcp://127.0.0.1:x"])
def test_no_scheduler_is_told(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    study = planned(tmp_path)
    assert main(["resume", str(study.directory), "--cluster", address]) == 2
    told = capsys.readouterr().err
    assert "error: no scheduler answers" in told
    assert "--cluster" in told
    assert "docs/cluster.md" in told
    assert ("the address has no port" in told) == (address != "tcp://127.0.0.1:9")
