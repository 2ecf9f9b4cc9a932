"""How results came about, written last of all: a directory with this record is complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from sim.codehash import code_hash
from sim.outputs.intact import broken, read_json
from sim.owncode import OwnCode, own_code
from sim.pasting import pasted_as, program
from sim.scenario import Scenario
from sim.store.as_json import as_json, json_text
from sim.store.lock import PROVENANCE as PROVENANCE
from sim.store.place import hash_of, save_text
from sim.store.versions import machine, versions

NOTHING: Mapping[str, str] = {}  # hashes by file, where there are none
SHORT = 10  # digits of a fingerprint

WRITTEN = {  # what the file holds
    "command": [str], "made": str, "seconds": (float, None), "seed": int, "replicates": [int], "streams": str,
    "interrupted": bool, "versions": {str: str}, "machine": str, "code": str, "files": {str: str},
    "own": ({str: {"sha256": str, "declares": [str], "folder": (str, None)}}, None),
}  # fmt: skip


@dataclass(frozen=True)
class Provenance:
    """Command, time, seed, replicates, versions, machine and code of results."""

    command: list[str]
    made: str  # time in UTC
    seconds: float | None  # None where nobody counted them
    seed: int
    replicates: list[int]
    streams: str
    interrupted: bool
    versions: dict[str, str]  # by package
    machine: str
    code: str  # sha256 of the package's own files
    own: OwnCode = field(default_factory=dict)  # of the user's own, what registered itself from outside the package

    def fingerprint(self, *scenarios: str) -> str:
        """A short hash of scenarios (resolved files, so with their seed) and of the code that simulated them: the same
        wherever and whenever they are run, so that figures can bear it."""
        return sha256("\0".join((*self._hashes, *scenarios)).encode("utf-8", "backslashreplace")).hexdigest()[:SHORT]

    @property
    def _hashes(self) -> list[str]:
        return [self.code, *(code["sha256"] for code in self.own.values())]

    def for_people(self, fingerprint: str) -> dict[str, str]:
        """What a report says of its making: text by label."""
        own = ", ".join(f"{name} {code['sha256']}" for name, code in self.own.items())
        return {
            "Run": f"{fingerprint}, on every figure: from scenario, code and seed, the same wherever it is run",
            "Command": as_typed(self.command),
            "Made": self.made,
            "Seed": str(self.seed),
            "Versions": ", ".join(f"{name} {number}" for name, number in self.versions.items()),
            "Code (sha256 of sim/)": self.code,
            **({"Code of one's own (sha256)": own} if own else {}),
            "Random streams": self.streams,
        }


def provenance(
    command: list[str], seconds: float | None, scenario: Scenario, replicates: list[int], *, interrupted: bool
) -> Provenance:
    """The record of results that were made just now, in so many seconds where they were counted."""
    return Provenance(
        command=command,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=None if seconds is None else round(seconds, 2),
        seed=scenario.run.seed,
        replicates=replicates,
        streams="Philox, keyed by sha256 of seed/replicate/purpose/year",
        interrupted=interrupted,
        versions=versions(),
        machine=machine(),
        code=code_hash(),
        own=own_code(),
    )


def seal(out: Path, record: Provenance, before: Mapping[str, str] = NOTHING) -> None:
    """Write the record last, with the sha256 of every other file; of those that are there no more, as it was
    ``before``."""
    made = sorted(path for path in out.rglob("*") if path.is_file() and path.name != PROVENANCE)
    hashes = {path.relative_to(out).as_posix(): hash_of(path) for path in made}
    content = {name: value for name, value in as_json(record).items() if name != "own" or value}
    save_text(out / PROVENANCE, json_text({**content, "files": {**before, **hashes}}))


def unsealed(file: Path) -> tuple[Provenance, dict[str, str]]:
    """The record in a file, and the hashes of all others by name. Raises InputError when it is not as it was left."""
    record = read_json(file, WRITTEN)
    try:
        datetime.fromisoformat(record["made"])
    except ValueError:
        raise broken(file, "made is no date") from None
    own = record.get("own") or {}
    return Provenance(**{one.name: {**record, "own": own}[one.name] for one in fields(Provenance)}), record["files"]


def as_command(arguments: list[str]) -> list[str]:
    """The command line as it was typed, also where a script goes on with it; or the call of Python, by its name."""
    if "".join(arguments[:1]).startswith("sim."):
        return [f"{arguments[0]}(...)"]
    return [program(), *arguments]


def as_typed(command: list[str]) -> str:
    """A command as it can be pasted into a shell; the call of Python as it is."""
    name, *words = command
    return pasted_as(name, *words) if words else name
