"""Odd scenario files from a number: each seed gives the same file and settings, anywhere and at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from math import log10
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any

import numpy as np

from sim.actors import registry as kinds
from sim.economy.observe import observe
from sim.economy.start import begin
from sim.errors import InputError
from sim.experiment.run import run
from sim.measures import registry as measures
from sim.outputs.run import redraw, write_run
from sim.policies import registry as policies
from sim.quantity import Spec
from sim.scenario import load, shipped_files
from sim.scenario.ranges import SMALLEST
from sim.scenario.schema import TABLES, Region
from sim.scenario.writing import inputs, resolved_toml
from tests.worlds import ALLOCATIONS, FEW, state, walked

TINY = (5e-324, 1e-310, 1e-300, 1e-200, 1e-100, 1e-30, 1e-12)
LARGE = (1e12, 2.0**53, 1e30, 1e100, 1e200, 1e290, 1.7976931348623157e308)
STRANGE = ("inf", "-inf", "nan", "-0.0", "0x" + "f" * 3000, "9" * 400, "9" * 5000, "true", '"text"', "[]", "{}",
           "2020-01-01", '"\\u001b[31m"', "[[1, 2], [3]]", '{ value = 1, unit = "parsec" }')  # fmt: skip
TEXTS = ("", "$\\frac{$", "$1M", "\x1b[31mred\x07", "<script>", "日本", "\u202e", "=1+1", "a\nb", "x" * 5000)
NOTE = 'basis = "assumed", note = "n"'
SIGNED = ("net_value",)  # measures that may be below zero
NONE_YET = ("duty_error", "released", "dutiful", "before", "ln_reach")  # infinite while there is none of it


@dataclass(frozen=True)
class Case:
    """A scenario file that extends a shipped one, and settings."""

    text: str
    settings: tuple[str, ...]
    until: int


def specs() -> dict[str, Spec]:
    """Every number that a scenario may set, by path, but counts and the calendar."""
    found: dict[str, Spec] = {}
    for name, cls in TABLES.items():
        if name not in ("time", "run"):
            found |= {f"{name}.{f.name}": f.metadata["spec"] for f in fields(cls)}
    for region in ("united_states", "norway"):
        found |= {f"region.{region}.{f.name}": f.metadata["spec"] for f in fields(Region) if f.name != "id"}
    for rule, cls in kinds().items():
        found |= {f"kind.{rule}.{f.name}": f.metadata["spec"] for f in fields(cls) if f.name not in ("id", "count")}
    for name, policy in policies().items():
        of = policy.__dataclass_fields__
        found |= {f"policy.{name}.{key}": of[key].metadata["spec"] for key in policy.parameters() if key != "id"}
    numbers = {path: spec for path, spec in found.items() if spec.form in ("number", "series", "path")}
    return {path: spec for path, spec in numbers.items() if not path.endswith(".since")}


def _number(random: Random, spec: Spec) -> str:
    """A number for a key: mostly in its range, often at an end of it, sometimes beyond all."""
    low, high = max(spec.low, -1e300), min(spec.high, 1e300)
    wild = random.random()
    if wild < 0.02:
        return repr(random.choice((*TINY, *LARGE, -1.0, low * (1 - 1e-12), high * (1 + 1e-12))))
    if wild < 0.025:
        return random.choice(STRANGE)
    ends = [low, high, 0.0, SMALLEST, 1e-12, *LARGE]
    inside = [end for end in ends if low <= end <= high]
    if random.random() < 0.5:
        return repr(random.choice(inside))
    if low >= 0 and high > 1000 * max(low, 1e-9):
        edge = max(low, high * 1e-15)
        return repr(min(max(10 ** random.uniform(log10(edge), log10(high)), low), high))
    return repr(random.uniform(low, high))


def _entry(random: Random, path: str, spec: Spec) -> str:
    if spec.form in ("series", "path"):
        years = sorted({random.randint(1800, 2300) for _ in range(random.randint(1, 4))})
        values = ", ".join(_number(random, spec) for _ in years)
        return f'{{ years = {years}, values = [{values}], unit = "{spec.unit}", {NOTE} }}'
    if path.startswith("policy.") and random.random() < 0.3:
        return _by_year(random, spec)
    if spec.by_year and random.random() < 0.3:
        return f"{_by_year(random, spec).removesuffix(' }')}, {NOTE} }}"
    value = _number(random, spec)
    if random.random() < 0.1:
        return f'{{ value = {value}, unit = "{_money(random, spec)}", year = {_year(random)}, {NOTE} }}'
    if path.startswith("policy."):
        return value
    return f"{{ value = {value}, {NOTE} }}"


def _by_year(random: Random, spec: Spec) -> str:
    """A number by year, or what falls by points of its base."""
    year = f", year = {_year(random)}" if random.random() < 0.2 else ""
    if random.random() < 0.3:
        points = random.choice(("4.3", "0", "100", "{ years = [2013, 2014], values = [5, 0] }", "-1", "[]"))
        return f"{{ from = {random.randint(2005, 2020)}, value = {_number(random, spec)}, falls = {points}{year} }}"
    years = sorted({random.choice((2012, 2013, 2013.25, 2014, 2016, 2030)) for _ in range(random.randint(1, 4))})
    values = ", ".join(_number(random, spec) for _ in years)
    between = random.choice(("", ', between = "steps"', ', between = "linear"', ', between = "x"'))
    return f'{{ years = {years}, values = [{values}], unit = "{_money(random, spec)}"{between}{year} }}'


def _money(random: Random, spec: Spec) -> str:
    """A unit, often in another currency."""
    return spec.unit.replace("USD", random.choice(("USD", "CAD", "kEUR", "XYZ", "KRW")))


def _year(random: Random) -> str:
    return random.choice(("2023", "2015", "2035", "1999", "2300", '"nominal"', "2015.5", "-1"))


def case(seed: int) -> Case:
    """The odd scenario of a seed."""
    random, every = Random(seed), specs()
    base = random.choice(shipped_files())
    lines: dict[str, list[str]] = {}
    for path in random.sample(sorted(every), random.randint(1, 12)):
        table, _, key = path.rpartition(".")
        lines.setdefault(table, []).append(f"{key} = {_entry(random, path, every[path])}")
    if random.random() < 0.2:
        text = random.choice(TEXTS).encode("unicode_escape").decode().replace("\\x", "\\u00").replace('"', '\\"')
        lines.setdefault("kind.startup", []).append(f'label = "{text}"')
    head = f'schema = 1\ntitle = "t"\nquestion = "q"\nextends = "{base.as_posix()}"\n'
    parts = []
    for table, own in lines.items():
        group, _, name = table.partition(".")
        title = f'[[policy]]\nname = "{name}"\n' if group == "policy" else f"[{table}]\n"
        parts.append(title + "\n".join(own) + "\n")
    settings = [f"time.steps_per_year={random.choice([1, 1, 2, 4])}"]
    if random.random() < 0.2:
        settings.append(f'market.allocation="{random.choice([*ALLOCATIONS])}"')
    until = random.choice([2012, 2014, 2014, 2016]) if random.random() < 0.98 else random.choice([2060, 2200])
    return Case(head + "".join(parts), tuple(settings), until)


def outcome(seed: int, directory: Path, whole: bool = False) -> str:
    """What becomes of the case of a seed: "refused", or "simulated" with a finite state. Raises AssertionError.

    With ``whole`` its results are written too, figures and page included.
    """
    made = case(seed)
    file = directory / f"{seed}.toml"
    file.write_text(made.text, encoding="utf-8")
    try:
        scenario = load(file, [*made.settings, *FEW], until=made.until, replicates=1)
    except InputError as error:
        refusal(error)
        return "refused"
    finally:
        file.unlink()
    assert inputs(scenario)
    if whole or seed % 4 == 0:
        assert resolved_toml(scenario)  # which takes longer than all else
    with np.errstate(all="ignore"):
        if whole:
            out = directory / str(seed)
            out.mkdir()
            write_run(run(scenario, workers=1), out, ["fuzz"], 0.0)
            assert len(redraw(out)) > 0
            rmtree(out)
        world = begin(scenario, 1)
        found = measures(scenario.region_ids, scenario.kind_ids)
        for _ in range(scenario.time.end - scenario.time.start + 1):
            world, steps = walked(world, scenario.time.steps_per_year)
            for name, value in state(world).items():
                held = _numbers(value) if name not in NONE_YET else []
                assert all(np.isfinite(each).all() for each in held), f"{name} is not finite in {world.clock.year - 1}"
            period = observe(world, steps)
            for id, measure in found.items():
                found_now = measure(period)
                assert not found_now < 0 or id in SIGNED, f"{id} is {found_now} in {world.clock.year - 1}"
    return "simulated"


def _numbers(value: Any) -> list[Any]:
    """The numbers and arrays of numbers in a part of a world's state."""
    if is_dataclass(value):
        return [each for field in fields(value) for each in _numbers(getattr(value, field.name))]
    if value is None or isinstance(value, tuple):
        return [each for part in value or () for each in _numbers(part)]
    if isinstance(value, Mapping):
        return [each for part in value.values() for each in _numbers(part)]
    return [value]


def refusal(error: InputError) -> None:
    """A refusal names the file, the key, what is allowed and the remedy, each on its line."""
    told = str(error)
    assert all(line.isprintable() for line in told.splitlines()), told
    assert None not in (error.file, error.allowed, error.fix), told
    assert error.key is not None or "bad TOML" in told, told
