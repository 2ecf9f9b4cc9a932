"""Whether a directory holds what its record says: its files by their hashes, its numbers by simulating them again."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from sim.codehash import code_hash
from sim.errors import InputError
from sim.experiment import compare, decompose
from sim.experiment.pool import Progress, finished
from sim.experiment.run import replicate_of
from sim.measures import registry
from sim.outputs.comparison import THEORIES_TABLE, tables_of
from sim.outputs.intact import read_json, read_table
from sim.outputs.provenance import PROVENANCE, Provenance, unsealed
from sim.outputs.run import DRAWN, DRAWN_NUMBERS
from sim.outputs.unlike import difference, table_difference
from sim.owncode import apart as own_apart
from sim.owncode import declared_by
from sim.plurals import counted
from sim.report.comparison.theories import table as theories_table
from sim.report.comparison.theories import under_all
from sim.results.comparison import Comparison
from sim.results.paired import Paired
from sim.results.run import Run
from sim.scenario import load
from sim.scenario.variants import with_options
from sim.store.place import hash_of, no_directory
from sim.store.plan import PLAN, read_plan, resuming
from sim.store.shards import FOLDER, as_table
from sim.store.table import csv_parts
from sim.store.versions import apart, machine, versions
from sim.study.planned import Made
from sim.study.repeated import KINDS as REPEATED
from sim.study.repeated import Repeated

COMPARED, SERIES, DECOMPOSED = "comparison.csv", "series.csv", "decomposition.csv"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was found."""

    files: int  # that the record names
    damaged: list[str]  # what is wrong with them
    simulated: str  # what was simulated again
    unfinished: bool  # whether nothing is there yet of what its plan says
    same: list[str]  # that came out identical to the last bit
    different: dict[str, str]  # in what others differ
    reasons: list[str] = field(default_factory=list)  # what is not as it was: code, versions, processor
    interrupted: bool = False  # whether some of what was asked for is missing
    hindered: str = ""  # why nothing could be simulated again, where files that say what are not as they were written
    by_hash: list[str] = field(default_factory=list)  # what was not made again, where other files were

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damaged and not self.different


class Again(NamedTuple):
    """What was made again."""

    simulated: str = ""
    same: Sequence[str] = ()  # tables that came out identical
    different: Mapping[str, str] = MappingProxyType({})  # in what others differ, and shards
    shards: Sequence[str] = ()  # that came out identical

    @property
    def told(self) -> list[str]:
        """What came out identical, shards by their number."""
        return [*([counted(len(self.shards), "shard")] if self.shards else []), *self.same]


def verify(
    directory: Path, workers: int = 1, progress: Progress[Any] | None = None, worlds: int | None = None
) -> Verification:
    """Check the hash of every file, and simulate again what a run, comparison, decomposition, study or calibration
    holds.

    Of a study or calibration ``worlds`` are simulated again, or all. Raises InputError where there is no whole record.
    """
    file = directory / PROVENANCE
    if not file.is_file():
        stopped = (directory / PLAN).is_file()
        problem = "this is not finished" if stopped else "no results in this directory"
        found = f"no {PROVENANCE}"
        if not directory.is_dir():
            problem, found = no_directory(directory), str(directory)
        fix = resuming(directory) if stopped else "name a directory that a command wrote"
        raise InputError(problem, file=directory, found=found, allowed="a complete directory", fix=fix)
    record, hashes = unsealed(file)
    wrap = progress or (lambda source, _total: source)
    damaged = _damaged(directory, hashes)
    kind, hindered = _kind(directory, damaged), ""
    unfinished = kind in REPEATED and not record.replicates
    again, whole = Again(), not any(text.startswith(f"{FOLDER}/") for text in damaged)  # its shards
    try:
        with declared_by(record.own, directory):
            if kind in BY_SHARDS:
                again = BY_SHARDS[kind](directory, workers, wrap, worlds, whole)
            elif make := None if unfinished else next((AGAIN[name] for name in AGAIN if name in hashes), None):
                again = make(directory, record, workers, wrap)
    except InputError as error:
        if not damaged:
            raise
        hindered = error.problem + (f" ({error.file})" if error.file else "")
    wrong = (text.rpartition(" is ")[0] for text in damaged)
    different = {name: how for name, how in again.different.items() if not _of_later(directory / name, name, hashes)}
    alone = hashes.keys() - {*again.same, *again.shards, *again.different, *wrong}
    return Verification(
        files=len(hashes), damaged=damaged, simulated=again.simulated, unfinished=unfinished, same=again.told,
        different=different, reasons=_reasons(record), interrupted=record.interrupted, hindered=hindered,
        by_hash=_grouped(alone) if again.simulated else [],
    )  # fmt: skip


def _of_later(file: Path, name: str, hashes: Mapping[str, str]) -> bool:
    """Whether this is a table that the version which wrote a directory did not write."""
    return "/" not in name and name not in hashes and not file.exists()


def _grouped(names: Iterable[str]) -> list[str]:
    """Files of the directory itself by name, those in folders by their number."""
    folders = Counter(name.partition("/")[0] for name in names if "/" in name)
    return [*sorted(name for name in names if "/" not in name),
            *(f"{counted(folders[name], 'file')} of {name}/" for name in sorted(folders))]  # fmt: skip


def _kind(directory: Path, damaged: list[str]) -> str:
    """The command that its plan names; nothing without a plan that is as it was written."""
    if not (directory / PLAN).is_file() or any(text.startswith(f"{PLAN} ") for text in damaged):
        return ""
    return str(read_plan(directory)["kind"])


def _damaged(directory: Path, hashes: Mapping[str, str]) -> list[str]:
    """What is wrong with the files of a record, each in a few words."""
    found = []
    for name, hashed in hashes.items():
        path = directory / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif path.is_symlink() or hash_of(path) != hashed:
            found.append(f"{name} is not as it was written")
    return found


def _reasons(record: Provenance) -> list[str]:
    """What is not as it was when the results were made."""
    now = {"code": code_hash()[:12], "machine": machine(), **versions(record.versions.keys() - {"python"})}
    then = {"code": record.code[:12], "machine": record.machine, **record.versions}
    return [*(f"{name}: {then[name]} then, {now[name]} now" for name in apart(then, now)), *own_apart(record.own)]


def _run(out: Path, record: Provenance, workers: int, wrap: Progress[Any]) -> Again:
    name = read_json(out / "summary.json", {"scenario": str})["scenario"]
    scenario = with_options(load(out / "scenario.toml"), name=name)
    work = replicate_of(scenario, (out / "steps.csv").is_file(), (out / DRAWN).is_file())
    wanted = record.replicates
    done = sorted(wrap(finished(work, wanted, workers), len(wanted)), key=lambda one: int(one.replicate))
    run = Run(scenario, done)
    tables = {SERIES: run.series, "actors.csv": run.actors}
    tables |= {"steps.csv": run.steps} if (out / "steps.csv").is_file() else {}
    tables |= {DRAWN: run.drawn_series, DRAWN_NUMBERS: run.assumptions} if run.drawn else {}
    return Again(counted(len(wanted), "replicate"), *_beside(out, _as_parts(tables)))


def _compared(out: Path, record: Provenance, workers: int, wrap: Progress[Any]) -> Again:
    names = list(dict.fromkeys(read_table(out / SERIES, ["scenario"], alone=True)["scenario"]))
    scenarios = [with_options(load(out / "scenarios" / f"{name}.toml"), name=name) for name in names]
    every, drawn = ((out / name).is_file() for name in ("steps.csv", "drawn.csv"))
    wanted = record.replicates
    scenarios = compare.paired(scenarios, len(wanted), record.seed)
    work = compare.replicate_of(scenarios, drawn, every)
    pairs = sorted(wrap(finished(work, wanted, workers), len(wanted)), key=lambda pair: int(pair.replicate))
    tables = tables_of(Comparison(scenarios, pairs, len(pairs)))
    told = f"{counted(len(pairs), 'replicate')} of {counted(len(names), 'scenario')}"
    others = {} if record.interrupted else _theories(out, pairs, workers, wrap)
    if others:
        told += ", and the same under every other theory of progress"
    return Again(told, *_beside(out, _as_parts(tables | others)))


def _theories(out: Path, pairs: list[Paired], workers: int, wrap: Progress[Any]) -> dict[str, pd.DataFrame]:
    """The table of a comparison under every theory, of which ``pairs`` are under the scenarios' own; none where nothing
    says what is simulated under the others: a plan does, resolved files do not."""
    if not (out / THEORIES_TABLE).is_file():
        return {}
    try:
        kept = Repeated(out)
    except InputError:  # as where Python wrote it
        return {}
    kind, more, others = REPEATED[kept.kind], kept.plan["more"], {}
    for part, work in zip(kept.parts, kept.job.works, strict=True):
        if part.theory:
            done = sorted(wrap(finished(work, range(part.replicates), workers), part.replicates),
                          key=lambda pair: int(pair.replicate))  # fmt: skip
            others[part.theory] = kind.found(part, done, more)
    return {THEORIES_TABLE: theories_table(under_all(kind.found(kept.parts[0], pairs, more), others))}


def _decomposed(out: Path, record: Provenance, workers: int, wrap: Progress[Any]) -> Again:
    scenario = load(out / "scenario.toml")
    known = registry(*scenario.reported_on)
    there = dict.fromkeys(read_table(out / DECOMPOSED, ["measure"], alone=True)["measure"])
    measures = tuple(id for id in there if id in known)
    wanted = record.replicates
    done = sorted(wrap(finished(decompose.replicate_of(scenario), wanted, workers), len(wanted)),
                  key=lambda one: int(one.replicate))  # fmt: skip
    found = decompose.decomposition(scenario, done, len(done), measures)
    told = f"{counted(len(wanted), 'replicate')} of {counted(len(found.worlds), 'world')}"
    return Again(told, *_beside(out, _as_parts({DECOMPOSED: found.table})))


AGAIN: dict[str, Callable[[Path, Provenance, int, Progress[Any]], Again]] = {
    COMPARED: _compared,
    SERIES: _run,
    DECOMPOSED: _decomposed,
}  # by a file that such a directory has, the first that it has


def _calibrated(out: Path, workers: int, wrap: Progress[Any], worlds: int | None, whole: bool) -> Again:
    """Shards simulated again, each stage from those that are kept of the stages before, and where they are ``whole``
    the tables that are made of them."""
    from sim.history.kept import Calibrated
    from sim.outputs.calibration import tables_of

    kept = Calibrated(out, read_plan(out))
    every = 1 if worlds is None else max(1, kept.worlds // max(worlds, 1))
    chosen = {name for i, name in enumerate(kept.shards) if i % every == 0}
    told = f"{sum(kept.sized[name] for name in chosen):,} of {counted(kept.worlds, 'world')}"
    source = wrap(kept.again(chosen, workers), len(chosen))
    shards, different = _held_against(out, source, lambda _file, _content: "holds other values")
    same: list[str] = []
    if whole and not different:
        same, different = _beside(out, _as_parts(tables_of(kept.found())))
    return Again(told, same, different, shards)


def _study(out: Path, workers: int, wrap: Progress[Any], worlds: int | None, whole: bool) -> Again:
    """Shards simulated again, and where they are ``whole`` the tables that are made of them."""
    from sim.outputs.studies import tables_of
    from sim.study.study import Study, require

    require()
    study = Study(out)
    chunks = study.job.chunks
    every = 1 if worlds is None else max(1, study.worlds // max(worlds, 1))
    wanted = list(range(0, len(chunks), min(every, len(chunks))))
    made = list[int]()
    source = wrap(_counted(_in_order(study.job, wanted, workers), made), len(wanted))
    shards, different = _held_against(out, source, _shard_differences)
    same: list[str] = []
    if whole and not different:
        same, different = _beside(out, tables_of(study))
    return Again(f"{sum(made):,} of {counted(study.worlds, 'world')}", same, different, shards)


BY_SHARDS = {"sweep": _study, "sensitivity": _study, "calibrate": _calibrated}  # by the command of its plan


def _counted(source: Iterable[Made], worlds: list[int]) -> Iterator[Made]:
    """The same, noting how many worlds each has."""
    for each in source:
        worlds.append(each.worlds)
        yield each


def _held_against(
    out: Path, source: Iterable[Made], unlike: Callable[[Path, bytes], str]
) -> tuple[list[str], dict[str, str]]:
    """Names of shards that are the same as in the directory, and in what others differ, as ``unlike`` says."""
    same, different = [], {}
    for made in source:
        name = f"{FOLDER}/{made.name}"
        file = out / name
        if not file.is_file():
            different[name] = "is missing, or has another name: the code has changed"
        elif file.read_bytes() == made.content:
            same.append(name)
        else:
            different[name] = unlike(file, made.content)
    return same, different


def _in_order(job: Any, wanted: list[int], workers: int) -> Any:
    """What chunks leave, in the order in which they are wanted."""
    made = {}
    place = {name: i for i, name in enumerate(job.names)}
    waiting = list(wanted)
    for one in finished(job, wanted, workers):
        made[place[one.name]] = one
        while waiting and waiting[0] in made:
            yield made.pop(waiting.pop(0))


def _shard_differences(file: Path, content: bytes) -> str:
    try:
        return difference(as_table(file.read_bytes()), as_table(content)) or "holds the same values in other bytes"
    except Exception as error:  # of whatever stands in a damaged file
        return f"cannot be read: {type(error).__name__}"


def _as_parts(tables: Mapping[str, pd.DataFrame]) -> dict[str, Iterable[bytes]]:
    return {name: csv_parts(table) for name, table in tables.items()}


def _beside(out: Path, tables: Mapping[str, Iterable[bytes]]) -> tuple[list[str], dict[str, str]]:
    """Names of tables (their content in parts) that are the same as in the directory, and in what others differ."""
    same, different = [], {}
    for name, parts in tables.items():
        found = _as_far(out / name, iter(parts)) if (out / name).is_file() else "is missing"
        if found:
            different[name] = found
        else:
            same.append(name)
    return same, different


def _as_far(file: Path, parts: Iterator[bytes]) -> str:
    """In what a file differs from content in parts; nothing where it does not. Both are whole in memory only where
    they differ."""
    with file.open("rb") as there:
        read = 0
        for part in parts:
            if there.read(len(part)) != part:
                there.seek(0)
                return table_difference(file, b"".join([there.read(read), part, *parts]))
            read += len(part)
        if not there.read(1):
            return ""
        there.seek(0)
        return table_difference(file, there.read(read))
