"""``verify``: whether a directory holds what its record says, by hashes and by simulating it again."""

from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import option, options, whole
from sim.cli.simulating import bar

if TYPE_CHECKING:
    from sim.outputs.verify import Verification

NAME, GROUP, ORDER = "verify", Group.CHECK_US, 2
HELP = "simulate again what a directory holds, from its record, and say whether all is the same"
EXAMPLE = "verify outputs/baseline/20260101-120000-seed1"
DIFFERENT = 1  # exit code
SHOWN = 10  # differences that are told


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="a directory that a command wrote")
    parser.add_argument(
        "--worlds", type=whole("--worlds", 1), metavar="N",
        help="of a study or calibration, simulate only about so many worlds again (default: all)",
    )  # fmt: skip
    option(parser, "--workers", usual="all processors")
    options(parser, "--quiet", "--import")


def act(options: Namespace) -> int:
    """Say what is the same and what is not; exit code 1 where anything is not."""
    from sim.outputs.verify import verify
    from sim.processors import processors

    workers = options.workers or processors()
    if options.worlds is None:
        _foretell(options.directory, options.quiet)
    found = verify(options.directory, workers, bar(options.quiet, "part"), options.worlds)
    print(_report(found, options.directory))
    return 0 if found.good else DIFFERENT


def _foretell(directory: Path, quiet: bool) -> None:
    """Say about how long it takes: as long as the directory took, where its record says that."""
    from sim.cli.simulating import foretell
    from sim.errors import InputError
    from sim.outputs.provenance import PROVENANCE, unsealed

    with suppress(InputError, OSError):  # what is wrong with the record is told with all else
        foretell(unsealed(directory / PROVENANCE)[0].seconds or 0.0, quiet)


def _report(found: "Verification", directory: Path) -> str:
    from sim.store.plan import PLAN, resuming

    whole = found.files - len(found.damaged)
    lines = [f"Files: {whole} of {found.files} are as they were written."]
    lines += [f"  {text}" for text in found.damaged[:SHOWN]]
    if found.simulated:
        lines += [f"Simulated again: {found.simulated}."]
    elif any(text.startswith(f"{PLAN} ") for text in found.damaged):
        lines += [f"Nothing was simulated again: {PLAN}, which says what, is not as it was written."]
    elif found.hindered:
        lines += [f"Nothing was simulated again: {found.hindered}."]
    elif found.unfinished:
        lines += [f"Nothing is finished yet, so nothing was simulated again. Go on: {resuming(directory)}"]
    elif not found.damaged:
        lines += [
            "Nothing was simulated again: that is done with runs, comparisons,",
            "decompositions, sweeps, sensitivities and calibrations.",
        ]
    if found.interrupted and not found.unfinished:
        go_on = f" Go on: {resuming(directory)}" if (directory / PLAN).is_file() else ""
        lines += [f"It was stopped before it was finished; what is missing was not looked at.{go_on}"]
    if found.same:
        lines += [f"Identical to the last bit: {', '.join(found.same)}."]
    if found.by_hash:
        lines += [f"Checked by hash alone: {', '.join(found.by_hash)}."]
    for name, text in list(found.different.items())[:SHOWN]:
        lines += [f"NOT the same: {name} {text}"]
    if len(found.different) > SHOWN:
        lines += [f"... and {len(found.different) - SHOWN} more"]
    return "\n".join([*lines, _why(found)])


def _why(found: "Verification") -> str:
    """What is the same as when the directory was made, what is not, and what a difference comes from."""
    changed = "the files were changed, or memory or disk are faulty"
    if not found.reasons:
        same = "Code, versions and processor are the same"
        return f"{same} as when it was made." if found.good else f"{same}: {changed}."
    other = f"Not as it was: {'; '.join(found.reasons)}."
    if found.damaged:
        return f"{other} Files that are not as they were written have another reason: {changed}."
    return f"{other} Values may differ for that." if found.different else other
