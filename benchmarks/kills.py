"""Runs killed at random moments: nothing half-written, no process left, nobody kept waiting, and the place free again.

    python benchmarks/kills.py                 # a hundred
    python benchmarks/kills.py --count 3 --seed 7

Prints what each was doing and what it left, and the count; exit code 1 when anything was wrong.
"""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.store.lock import hold, release  # noqa: E402

COMMANDS = {
    "run": ["run", "baseline", "--replicates", "4", "--until", "2014"],
    "run in two": ["run", "baseline", "--replicates", "40", "--until", "2014", "--workers", "2"],
    "compare": ["compare", "baseline", "carbon_tax", "--replicates", "3", "--until", "2014"],
    "decompose": ["decompose", "baseline", "--replicates", "3", "--until", "2013", "--workers", "2"],
}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LONGEST, SOON = 8.0, 20.0  # seconds to the kill, and until all must have ended
PARTS = {".csv": b"\n", ".html": b"</html>", ".json": b"}\n", ".png": b"IEND\xaeB`\x82", ".toml": b"\n"}


def command(words: list[str], out: Path) -> list[str]:
    """A command line; words that name shipped scenarios become their files."""
    scenarios = ROOT / "scenarios"
    named = [str(scenarios / f"{word}.toml") if (scenarios / f"{word}.toml").exists() else word for word in words]
    return [sys.executable, str(ROOT / "run.py"), *named, "--out", str(out)]


def killed(name: str, number: signal.Signals, after: float, out: Path) -> str:
    """Start a command, send a signal to it alone after some seconds, and see what is left. Raises AssertionError."""
    process = subprocess.Popen(
        command(COMMANDS[name], out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        time.sleep(after)
        process.send_signal(number)
        _, errors = process.communicate(timeout=SOON)  # ends when nobody holds its output open
        until = time.monotonic() + SOON
        while _left(process.pid):
            assert time.monotonic() < until, "a process is left"
            time.sleep(0.02)
    finally:
        if _left(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    assert b"Traceback" not in errors or not started(errors), errors.decode()
    return _whole(out)


def started(errors: bytes) -> bool:
    """Whether a command had begun: before, the interpreter itself says what an interrupt does."""
    return b"replicate" in errors


def _left(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _whole(out: Path) -> str:
    """Check that what a killed command left is whole, and that its place can be held again."""
    if not out.exists():
        return "nothing"
    hold(out)  # clears what was half-written
    release(out)
    files = [path for path in out.rglob("*") if path.is_file()]
    for file in files:
        assert not file.name.startswith("."), f"{file.name} is left"
        assert file.read_bytes().endswith(PARTS[file.suffix]), f"{file.name} is cut off"
    return "all" if (out / "provenance.json").exists() else f"{len(files)} whole files"


def main() -> int:
    """Kill as often as asked, print what came of it."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100, metavar="N", help="commands to kill (default: 100)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of what is killed when (default: 0)")
    options = parser.parse_args()
    random, wrong = Random(options.seed), 0
    with TemporaryDirectory() as place:
        for i in tqdm(range(options.count), unit="kill"):
            name, number, after = random.choice(list(COMMANDS)), random.choice(SIGNALS), random.uniform(0, LONGEST)
            try:
                found = killed(name, number, after, Path(place) / str(i))
            except (AssertionError, subprocess.TimeoutExpired) as error:
                wrong, found = wrong + 1, f"WRONG: {error}"
            tqdm.write(f"{name}, {number.name} after {after:.1f} s: {found}", file=sys.stdout)
    print(f"killed {options.count}, wrong {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
