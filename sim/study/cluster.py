"""Workers of a dask cluster as an engine: what all chunks share is sent once, by its hash."""

import logging
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from sim.codehash import code_hash
from sim.errors import InputError, Notice
from sim.pasting import installing
from sim.store.shards import needs
from sim.store.versions import apart, rests_on
from sim.study.engine import Engine, through

ADDRESS = "the address of a dask scheduler, e.g. tcp://10.0.0.1:8786"
PACKAGE = "distributed"  # of the extra [cluster]
PATIENCE = 30  # seconds for a scheduler to answer, and for workers to come


def with_port(address: str) -> str:
    """The same address. Raises InputError for one without a port, at which no scheduler can answer."""
    if not re.fullmatch(r"(\w+://)?[^/\s]+:\d+", address):
        problem = "no scheduler answers: the address has no port"
        fix = "give its port (8786 unless it was started with another), see docs/cluster.md"
        raise InputError(problem, key="--cluster", found=address, allowed=ADDRESS, fix=fix)
    return address


@contextmanager
def cluster(address: str) -> Iterator[tuple[Engine, int]]:
    """The engine of a scheduler's workers, and how many chunks they simulate at a time.

    A worker that dies is replaced by the others, which do its chunks again. Raises InputError when no scheduler
    answers, when it has no workers or workers of other code, and when it or a chunk is lost for good.
    """
    where: dict[str, Any] = {"key": "--cluster", "found": address}
    needs(PACKAGE, extra="cluster")
    from distributed import Client
    from distributed.scheduler import KilledWorker

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told below
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        fix = "start one: dask scheduler, see docs/cluster.md"
        raise InputError(f"no scheduler answers: {error}", allowed=ADDRESS, fix=fix, **where) from None
    with client:
        _alike(client, where)
        at_once = sum(client.nthreads().values())
        executor = client.get_executor(pure=False)
        try:
            yield (
                through(executor, at_once, lambda content: client.scatter(content, broadcast=True, hash=True)),
                at_once,
            )
        except KilledWorker as error:
            fix = "see what the workers' logs say; more memory for each is likely to help"
            raise InputError(f"a chunk was lost too often: {error}", fix=fix, **where) from None
        except CancelledError:
            raise InputError("the scheduler is gone", allowed=ADDRESS, fix="start it again", **where) from None
        finally:
            executor.shutdown(wait=False)


def _alike(client: Any, where: dict[str, Any]) -> None:
    """Raises InputError without workers, or with one that has other code; warns where one has other versions."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        fix = f"start some: dask worker {where['found']}, see docs/cluster.md"
        raise InputError("the scheduler has no workers", allowed="at least one", fix=fix, **where) from None
    try:
        stamps = client.run(_stamp)
    except Exception as error:  # of whatever a worker lacks
        fix = f"install the same version on every worker: {installing('cluster')}"
        raise InputError(
            f"a worker cannot simulate: {error!r}", allowed="workers of this version", fix=fix, **where
        ) from None
    code, own = _stamp()
    for worker, (other, theirs) in stamps.items():
        if other != code:
            allowed, fix = f"code {code[:12]}", "install the same version on every worker, and start them again"
            raise InputError(f"worker {worker} has other code: {other[:12]}", allowed=allowed, fix=fix, **where)
        others = [f"{name} {theirs[name]}" for name in apart(own, theirs)]
        if others:
            text = f"worlds may differ in their last bits: worker {worker} has {', '.join(others)}"
            warnings.warn(text, Notice, stacklevel=4)


def _stamp() -> tuple[str, dict[str, str]]:
    return code_hash(), rests_on()
