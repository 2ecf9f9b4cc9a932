"""``sensitivity``: which numbers of the world move a measure, and which move what a policy changes in it."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from sim.arguments import FEWEST_SAMPLES, several, texts, whole, whole_or
from sim.arrays import Array
from sim.errors import InputError, unknown
from sim.measures import DIVIDE, EMISSIONS, registry, require_known
from sim.pasting import pasted
from sim.quantity import Quantity
from sim.results.sensitivity import Fact, Found, Sensitivity
from sim.rng import stream
from sim.scenario import Scenario, drawing
from sim.scenario.every_policy import policies_of
from sim.scenario.variants import changed, in_time, with_notes
from sim.scenario.writing import inputs
from sim.study.design import not_too_many
from sim.study.indices import LEVELS, among_first, course, indices, problem
from sim.study.planned import asks_more
from sim.study.points import Blocks
from sim.study.shared import left_out
from sim.study.study import Study, StudyWanted

KIND, REPLICATES = "sensitivity", 1
METHODS = ("morris", "sobol")
SAMPLES = {"morris": 20, "sobol": 128}
USUAL = (DIVIDE, EMISSIONS)
PLAIN = ("fraction", "error", "index", "year", "yr", "months")  # units of what is no amount


def wanted(
    scenario: Scenario, *, against: Sequence[str | Path] = (), measures: Sequence[str] = (), method: str = "morris",
    samples: int | None = None, replicates: int | None = None, vary: Sequence[str] = (), together: Sequence[str] = (),
) -> StudyWanted:  # fmt: skip
    """What a sensitivity asks for.

    ``vary`` are patterns of the numbers that move (all that have a range), ``together`` patterns of those that move as
    one. Raises InputError.
    """
    if method not in METHODS:
        raise unknown("method", method, METHODS, key="--method")
    number = whole_or(SAMPLES[method], "samples", samples, FEWEST_SAMPLES)
    replicates = whole_or(REPLICATES, "replicates", replicates, 1)
    _possible(number, method)
    vary, together, measures = texts("vary", vary), texts("together", together), texts("measures", measures)
    require_known(measures, registry(*scenario.reported_on))
    paths = facts(scenario, vary, together)
    left = left_out(scenario, [path for fact in paths for path in fact], vary)
    names, variants, notes = [""], [dict[str, Any]()], [*scenario.notes, *left]
    for policy in several("against", against, "policies or files of scenarios", str, PathLike):
        name, entries = policies_of(scenario, policy)
        if name in names:
            raise InputError("a policy twice", key="--against", found=name, allowed="each once", fix="take one out")
        with_it = changed(scenario, entries)  # refused now, not when worlds are simulated
        in_time(set(with_it.policies) - set(scenario.policies), scenario.time.end, name, key="--against")
        names, variants, notes = [*names, name], [*variants, entries], [*notes, *with_it.notes]
    _room(method, number, len(paths), len(variants))
    blocks = sampled(method, paths, variants, number, scenario.run.seed)
    moved = list(dict.fromkeys(measures or USUAL))
    more = {"method": method, "measures": moved, "policies": names, "together": together}
    last, noted = [scenario.time.end], with_notes(scenario, dict.fromkeys(notes))
    return StudyWanted(KIND, noted, [], blocks, replicates, method, more, moved, last)


def _possible(number: int, method: str) -> None:
    """Raises InputError for a number of samples that the method cannot use."""
    if method == "sobol" and number & (number - 1):
        problem, fix = "Sobol's sequence is even at powers of two", f"--samples {1 << number.bit_length()}"
        raise InputError(problem, key="--samples", found=number, allowed="a power of two", fix=fix)


def _room(method: str, number: int, facts: int, variants: int) -> None:
    """Raises InputError for more points than a study can have."""
    rows = facts + 1 if method == "morris" else 2 * facts + 2
    not_too_many(
        number * rows * variants, "--samples", "ask for fewer samples or policies, or vary fewer numbers (--vary)"
    )


def facts(scenario: Scenario, vary: Sequence[str], together: Sequence[str]) -> list[list[str]]:
    """Paths of the numbers that move, those of one fact together: those of one pattern, and those that tell one fact
    (see ``drawing.fact``). Raises InputError."""
    ranges = drawing.uncertain(scenario)
    for key, patterns in (("--vary", vary), ("--together", together)):
        for pattern in patterns:
            if not any(fnmatchcase(path, pattern) for path in ranges):
                allowed = "a number of the world that has a range, or a pattern such as 'kind.*.ramp'"
                fix = f"`{pasted('explain')}` lists numbers and ranges; a choice is varied with `sweep`"
                raise InputError("no number with a range", key=key, found=pattern, allowed=allowed, fix=fix)
    moved = {path: number for path, number in ranges.items()
             if not vary or any(fnmatchcase(path, pattern) for pattern in vary)}  # fmt: skip
    for pattern in together:
        if not any(fnmatchcase(path, pattern) for path in moved):
            allowed, fix = "a pattern of numbers that move", "take it out, or let --vary move them too"
            raise InputError("none of these moves", key="--together", found=pattern, allowed=allowed, fix=fix)
    own = {path: pattern for path in moved for pattern in reversed(together) if fnmatchcase(path, pattern)}
    return drawing.facts(moved, own)


def sampled(
    method: str, paths: Sequence[Sequence[str]], variants: Sequence[Mapping[str, Any]], number: int, seed: int
) -> Blocks:
    """The blocks that SALib draws. The first of many are those of few: each walk of Morris has a luck of its own, and
    Sobol's is a sequence."""
    names, size = [str(i) for i in range(len(paths))], len(paths)
    walks: Array
    if method == "morris":
        from SALib.sample import morris

        one = problem(names, method)
        rows = [morris.sample(one, 1, num_levels=LEVELS, seed=_luck(seed, block)) for block in range(number)]
        walks = np.array(rows)
        orders = np.abs(np.diff(walks, axis=1)).argmax(axis=2).tolist()
    else:
        from SALib.sample import sobol

        drawn = sobol.sample(problem(names, method), number, seed=_luck(seed, 0))
        walks, orders = np.asarray(drawn).reshape(number, 2 * size + 2, size), None
    return Blocks(paths, variants, walks[:, 0].tolist(), walks[:, -1].tolist(), orders)


def _luck(seed: int, block: int) -> int:
    return int(stream(seed, 0, "sensitivity samples", block).integers(1, 2**31))


def extend(study: Study, samples: int) -> None:
    """Ask for more samples. Raises InputError for fewer than there are, and for a number that cannot be used."""
    method, blocks = study.plan["more"]["method"], study.job.points
    assert isinstance(blocks, Blocks)
    _possible(whole("--samples", samples, FEWEST_SAMPLES), method)
    _room(method, samples, len(blocks.facts), len(blocks.variants))
    if asks_more("--samples", samples, len(blocks.starts)):
        study.add(sampled(method, blocks.facts, blocks.variants, samples, study.scenario.run.seed))


def found(study: Study) -> Sensitivity:
    """What a study of this kind holds, in its last year."""
    scenario, more, blocks = study.scenario, study.plan["more"], study.job.points
    assert isinstance(blocks, Blocks)
    known = registry(*scenario.reported_on)
    named = told_facts(scenario, blocks.facts, more["together"])
    levels = _levels(study, blocks, more["measures"])
    results = []
    for id in more["measures"]:
        logs = known[id].logs or (known[id].unit not in PLAIN and not (levels[id] <= 0).any())
        for first, second in _pairs(len(more["policies"])):
            with np.errstate(divide="ignore", invalid="ignore"):
                level = np.log(levels[id]) if logs else levels[id]
                values = level[:, :, second] if first is None else level[:, :, second] - level[:, :, first]
            used = [int(block) for block in np.flatnonzero(np.isfinite(values).all(axis=1))]
            seed = int(stream(scenario.run.seed, 0, f"resamples {id}").integers(1, 2**31))
            names = [fact.name for fact in named]
            of = indices(more["method"], names, blocks, used, values[used], seed)
            luck = stream(scenario.run.seed, 0, f"ranks {id}")
            among = among_first(blocks, used, values[used], luck) if used else np.zeros(len(named))
            at, by = course(blocks, used, values[used])
            results.append(
                Found(
                    measure=known[id], unit=known[id].unit_under(scenario.law), logs=logs,
                    policy=more["policies"][second], against=more["policies"][first] if first else "",
                    blocks=len(used), **of._asdict(), among=among, course=by, at=at,
                )
            )  # fmt: skip
    return Sensitivity(more["method"], named, results, len(blocks.starts), study.replicates, scenario.time.end)


def _pairs(variants: int) -> list[tuple[int | None, int]]:
    """The world itself, then each two variants of which the second is measured beside the first."""
    return [(None, 0), *combinations(range(variants), 2)]


def _levels(study: Study, blocks: Blocks, measures: list[str]) -> dict[str, Array]:
    """Means over replicates in the last year by (block, row, variant), by measure; NaN where any of them has no value,
    so that variants are compared on the same luck. Sums go by replicate, in an order that SQL does not keep."""
    shape = len(blocks.starts), blocks.rows, len(blocks.variants)
    last = study.last_year(measures, range(len(blocks)))
    return {id: values.mean(axis=1).reshape(shape) for id, values in last.items()}


def told_facts(scenario: Scenario, facts: Sequence[Sequence[str]], together: Sequence[str] = ()) -> list[Fact]:
    """Facts, given the paths of each, with what is told of their numbers."""
    written, ranges = {entry["path"]: entry for entry in inputs(scenario)}, drawing.uncertain(scenario)
    return [_fact(written, list(paths), together, ranges) for paths in facts]


def _fact(
    written: Mapping[str, dict[str, str]], paths: list[str], together: Sequence[str], ranges: Mapping[str, Quantity]
) -> Fact:
    numbers, told = [written[path] for path in paths], [ranges[path].fact or "" for path in paths]
    pattern = next((one for one in together if fnmatchcase(paths[0], one)), "")
    name = paths[0] if len(paths) == 1 else pattern or told[0].removeprefix("-") or _joined(paths)
    return Fact(
        name, tuple(paths), tuple(number["range"] for number in numbers),
        tuple(number["meaning"] for number in numbers), tuple(one.startswith("-") for one in told),
    )  # fmt: skip


def _joined(paths: list[str]) -> str:
    """region.{france,norway}.carbon_price_growth"""
    group, _, key = paths[0].split(".", 2)
    return f"{group}.{{{','.join(path.split('.')[1] for path in paths)}}}.{key}"
