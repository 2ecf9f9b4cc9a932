"""Options that mean the same on every command: each is declared once, here."""

import re
from argparse import Action, ArgumentParser, Namespace, _ActionsContainer
from collections.abc import Mapping
from functools import partial
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sim.arguments import A_FRACTION, a_whole_number, place, refused, whole_ones
from sim.errors import InputError


def whole(option: str, low: int, high: float = inf) -> Any:
    """An argparse type for ``option``: a whole number from ``low`` to ``high``. Raises InputError."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise refused(option, text, a_whole_number(low, high))
        return value

    return read


def year(option: str) -> Any:
    """An argparse type for ``option``: a calendar year. Raises InputError."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < 1:
            problem, allowed = "not a calendar year", "a whole number such as 2026"
            within = re.fullmatch(r"0*([1-9]\d*)\.\d+", text)
            fix = f"{option} {whole_ones(float(text))}" if within else f"give a year, e.g. {option} 2026"
            raise InputError(problem, key=option, found=text, allowed=allowed, fix=fix)
        return int(text)

    return read


def address(text: str) -> str:
    """An argparse type: the address of a scheduler. Raises InputError for one without a port."""
    from sim.study.cluster import with_port

    return with_port(text)


def share(option: str) -> Any:
    """An argparse type for ``option``: a number from 0 to 1. Raises InputError."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise refused(option, text, f"{A_FRACTION}, e.g. 0.03")
        return value

    return read


class SetOnce(Action):
    """Keeps what each --set says. Raises InputError where two are of one entry: the first would be lost."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: Any, option_string: str | None = None
    ) -> None:
        said, (path, _) = [*getattr(namespace, self.dest), values], _parted(values)
        of_path = [text for other, text in map(_parted, said) if other == path]
        if len(of_path) > 1:
            where: dict[str, Any] = {"file": Path("--set"), "key": path}
            allowed, fix = "one value for each entry", "take one of them out"
            raise InputError("set twice", found=" and ".join(of_path), allowed=allowed, fix=fix, **where)
        setattr(namespace, self.dest, said)


def _parted(setting: str) -> tuple[str, str]:
    """Path and value of a setting."""
    path, _, value = setting.partition("=")
    return path.strip(), value.strip()


class Option(NamedTuple):
    """An option, as argparse wants it; ``usual`` says what holds where it is left out, if that has to be said."""

    help: str
    usual: str = ""
    given: Mapping[str, Any] = MappingProxyType({})


def _number(name: str, metavar: str, help: str, usual: str = "", low: int = 1, high: float = inf) -> Option:
    return Option(help, usual, {"type": whole(name, low, high), "metavar": metavar})


OPTIONS = {
    "scenario": Option(
        "scenario file (TOML), or the name of a shipped one", given={"type": Path, "metavar": "SCENARIO"}
    ),
    "--seed": _number("--seed", "N", "root of all randomness", "the scenario's", low=0),
    "--until": Option("last calendar year, simulated to its end", given={"type": year("--until"), "metavar": "YEAR"}),
    "--set": Option(
        "override one entry, e.g. product.margin=0.4 or 'policy.carbon_tax.rate=50 USD/tCO2'; repeatable",
        given={"action": SetOnce, "default": [], "metavar": "PATH=VALUE", "dest": "settings"},
    ),
    "--replicates": _number("--replicates", "R", "independent repetitions"),
    "--samples": _number("--samples", "N", "samples of the design or method"),
    "--measure": Option(
        "measure to tell of; repeatable",
        given={"action": "append", "default": [], "metavar": "ID", "dest": "measures"},
    ),
    "--from": Option(
        "first calendar year",
        given={"type": year("--from"), "required": True, "metavar": "YEAR", "dest": "first"},
    ),
    "--to": Option(
        "last calendar year", given={"type": year("--to"), "required": True, "metavar": "YEAR", "dest": "last"}
    ),
    "--records": Option(
        "table of records (CSV) with the columns of Epoch AI's notable models",
        given={"type": Path, "required": True, "metavar": "FILE"},
    ),
    "--out": Option(
        "directory to write, used exactly as given", given={"type": partial(place, "--out"), "metavar": "DIR"}
    ),
    "--workers": _number("--workers", "W", "processes", "by the amount of work", high=256),
    "--cluster": Option(
        "simulate on the workers of this dask scheduler, e.g. tcp://10.0.0.1:8786",
        given={"type": address, "metavar": "ADDRESS"},
    ),
    "--every-step": Option("also write every step", given={"action": "store_true"}),
    "--import": Option(
        "Python file with policies, measures or kinds of your own, which is imported first; repeatable",
        given={"type": Path, "action": "append", "default": [], "metavar": "FILE", "dest": "imports"},
    ),
    "--quiet": Option("print nothing but the result, or where it lies", given={"action": "store_true"}),
    "--json": Option("print JSON instead of text", given={"action": "store_true"}),
}


def option(parser: _ActionsContainer, name: str, *, more: str = "", usual: str = "", **given: Any) -> None:
    """Add one of OPTIONS, with what a command says ``more`` of it, and what is ``usual`` where it is left out, its
    default if nothing is said; ``given`` goes to argparse."""
    known = OPTIONS[name]
    usual = usual or str(given.get("default", known.usual))
    said = known.help + (f"; {more}" if more else "") + (f" (default: {usual})" if usual else "")
    parser.add_argument(name, help=said, **{**known.given, **given})


def options(parser: ArgumentParser, *names: str) -> None:
    """Add some of OPTIONS as they are."""
    for name in names:
        option(parser, name)


def world(parser: ArgumentParser, *, horizon: bool = True, setting: str = "") -> None:
    """Add the options that say which world is simulated; without ``horizon`` the command knows until when, and
    ``setting`` is what it says more of --set."""
    options(parser, "--import", "--seed", *(["--until"] if horizon else []))
    option(parser, "--set", more=setting)


def repeated(parser: ArgumentParser, *, horizon: bool = True, replicates: str = "", setting: str = "") -> None:
    """Add the options that say which world is simulated, how often and how; ``replicates`` are the usual ones."""
    world(parser, horizon=horizon, setting=setting)
    option(parser, "--replicates", usual=replicates)
    options(parser, "--workers", "--quiet")


def simulation(parser: ArgumentParser, *, replicates: str = "", setting: str = "") -> None:
    """Add the options of a simulation whose results are written."""
    repeated(parser, replicates=replicates, setting=setting)
    options(parser, "--out", "--every-step", "--json")


def studying(parser: ArgumentParser) -> None:
    """Add the options of a study that say where and how it is carried out."""
    options(parser, "--workers", "--cluster", "--quiet", "--json")


def overrides(options: Namespace) -> dict[str, Any]:
    """What the options say about seed, replicates and horizon, as ``load`` takes it."""
    return {"seed": options.seed, "replicates": options.replicates, "until": options.until}
