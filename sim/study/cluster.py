"""Workers of a dask cluster as an engine: what all chunks share is sent once, by its hash."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim.errors import InputError
from sim.store.shards import needs
from sim.study.engine import Engine, through

PACKAGE = "distributed"  # of the extra [cluster]
PATIENCE = 30  # seconds for a scheduler to answer, and for workers to come


@contextmanager
def cluster(address: str) -> Iterator[tuple[Engine, int]]:
    """The engine of a scheduler's workers, and how many threads of theirs work.

    A worker that dies is replaced by the others; its chunks are done again. Raises InputError when no scheduler answers
    or it has no workers, or when a chunk is lost too often.
    """
    needs(PACKAGE, extra="cluster")
    from distributed import Client
    from distributed.scheduler import KilledWorker

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    where: dict[str, Any] = {"key": "--cluster", "found": address}
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        allowed, fix = "the address of a dask scheduler, e.g. tcp://10.0.0.1:8786", "dask scheduler, see docs/cluster.md"
        raise InputError(f"no scheduler answers: {error}", allowed=allowed, fix=fix, **where) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            allowed, fix = "at least one worker", f"dask worker {address}, see docs/cluster.md"
            raise InputError("the scheduler has no workers", allowed=allowed, fix=fix, **where) from None
        threads = sum(client.nthreads().values())
        executor = client.get_executor(pure=False)
        try:
            yield through(executor, threads, lambda content: client.scatter(content, broadcast=True, hash=True)), threads
        except KilledWorker as error:
            allowed, fix = "workers that live until their work is done", "see what the workers say, and go on"
            raise InputError(f"a chunk was lost too often: {error}", allowed=allowed, fix=fix, **where) from None
        finally:
            executor.shutdown(wait=False)
