"""Options that mean the same on every command that simulates."""

from argparse import ArgumentParser, Namespace
from math import inf
from pathlib import Path
from typing import Any

from sim.errors import InputError


def whole(option: str, low: int, high: float = inf) -> Any:
    """An argparse type for ``option``: a whole number from ``low`` to ``high``. Raises InputError."""
    allowed = f"a whole number of at least {low}" + ("" if high == inf else f" and at most {high}")

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            problem, fix = "this option cannot be used", f"give {option} {allowed}"
            raise InputError(problem, key=option, found=text, allowed=allowed, fix=fix)
        return value

    return read


def share(option: str) -> Any:
    """An argparse type for ``option``: a number from 0 to 1. Raises InputError."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            allowed = "a fraction from 0 to 1"
            problem, fix = "this option cannot be used", f"give {option} {allowed}, e.g. 0.03"
            raise InputError(problem, key=option, found=text, allowed=allowed, fix=fix)
        return value

    return read


def world(parser: ArgumentParser, *, horizon: bool = True) -> None:
    """Add the options that say which world is simulated; without ``horizon`` the command knows until when."""
    parser.add_argument(
        "--seed", type=whole("--seed", 0), metavar="N", help="root of all randomness (default: the scenario's)"
    )
    if horizon:
        parser.add_argument(
            "--until", type=whole("--until", 1), metavar="YEAR", help="last calendar year, simulated to its end"
        )
    parser.add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", dest="settings",
        help="override one entry, e.g. product.margin=0.4 or 'policy.carbon_tax.rate=50 USD/tCO2'; repeatable",
    )  # fmt: skip


def repeated(parser: ArgumentParser, *, horizon: bool = True) -> None:
    """Add the options that say which world is simulated, how often and how."""
    world(parser, horizon=horizon)
    parser.add_argument("--replicates", type=whole("--replicates", 1), metavar="R", help="independent repetitions")
    parser.add_argument(
        "--workers", type=whole("--workers", 1, 256), metavar="W", help="processes (default: by the amount of work)"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but the result, or where it lies")


def simulation(parser: ArgumentParser) -> None:
    """Add the options of a simulation whose results are written."""
    repeated(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="directory to write, used exactly as given")
    parser.add_argument("--every-step", action="store_true", help="also write every step")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON instead of a table")


def overrides(options: Namespace) -> dict[str, Any]:
    """What the options say about seed, replicates and horizon, as ``load`` takes it."""
    return {"seed": options.seed, "replicates": options.replicates, "until": options.until}
