"""What results may rest on beside the code: versions of packages, and the machine."""

import platform
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

from sim.compiled import processor

SIMULATES = ("numpy", "numba", "scipy", "networkx")  # bits of worlds
KEEPS = ("pyarrow",)  # bytes of shards
FITS = ("scikit-learn",)  # points of a calibration
TELLS = ("compute-divide", "mesa", "pandas", "matplotlib", "pint", "duckdb", "SALib")  # tables, figures and reports
PACKAGES = (*SIMULATES, *KEEPS, *FITS, *TELLS)
NONE = "none"  # of a package that is not installed


@cache
def version(package: str) -> str:
    """Of what is installed: the line of it alone, since all that is told of a package takes long to read. Raises
    PackageNotFoundError."""
    found = distribution(package)
    line = re.search(r"^Version: *(\S.*?)\s*$", found.read_text("METADATA") or "", re.MULTILINE)
    return line[1] if line else found.version


def installed(package: str) -> str:
    """Its version; "none" where it is not installed, as of a copy of this project that is run from where it lies."""
    try:
        return version(package)
    except PackageNotFoundError:
        return NONE


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Python's version and those of packages."""
    return {"python": platform.python_version(), **{name: installed(name) for name in packages}}


def machine() -> str:
    """System and processor."""
    return f"{platform.system()} {platform.machine()}, {processor()}"


def rests_on() -> dict[str, str]:
    """What the bytes of shards may rest on."""
    return {**versions((*SIMULATES, *KEEPS, *FITS)), "machine": machine()}


def apart(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names of what is not as it was. A package that was not there then, or is not now, has made nothing."""
    return [name for name in then if name in now and then[name] != now[name] and NONE not in (then[name], now[name])]
