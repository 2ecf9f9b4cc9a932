"""The address of a dask scheduler, as far as it can be told wrong before anything is imported or written."""

import re

from sim.errors import InputError

ADDRESS = "the address of a dask scheduler, e.g. tcp://10.0.0.1:8786"


def with_port(address: str) -> str:
    """The same address. Raises InputError for one without a port, at which no scheduler can answer."""
    if not re.fullmatch(r"(\w+://)?[^/\s]+:\d+", address):
        problem = "no scheduler answers: the address has no port"
        fix = "give its port (8786 unless it was started with another), see docs/cluster.md"
        raise InputError(problem, key="--cluster", found=address, allowed=ADDRESS, fix=fix)
    return address
