"""The page's command in a process of its own, for tests and measurements of the page."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from tests.worlds import ROOT

PATIENCE = 120.0  # seconds until it answers: after a change of the code the model is compiled first
SOON = 20.0  # seconds until it has ended


class NotServing(Exception):
    """The command gave no address in time; the message says what it said instead."""


@dataclass
class Served:
    """The command as it runs: its process, which leads a group of its own, and all that it has said so far."""

    process: "subprocess.Popen[str]"
    address: str = ""
    said: list[str] = field(default_factory=list)
    known: Event = field(default_factory=Event)  # the address is, or never will be
    reader: Thread | None = None

    def listen(self) -> None:
        """Take in what it says until all that hold its output have ended, so that it never waits for a reader."""
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.said.append(line)
                found = re.search(r"http://\S+/", line)
                if found and not self.address:
                    self.address = found[0]
                    self.known.set()
        self.known.set()

    def ended(self) -> str:
        """What it said, when it and all its workers have ended. Raises TimeoutExpired."""
        self.process.wait(SOON)
        assert self.reader is not None
        self.reader.join(SOON)
        if self.reader.is_alive():
            raise subprocess.TimeoutExpired(self.process.args, SOON, output="".join(self.said))
        return "".join(self.said)


@contextmanager
def served(*arguments: object, patience: float = PATIENCE) -> Iterator[Served]:
    """The page of ``view`` with these arguments, ended afterwards whatever happens. Raises NotServing."""
    command = [sys.executable, str(ROOT / "run.py"), "view", *map(str, arguments), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    one = Served(process)
    one.reader = Thread(target=one.listen, daemon=True)
    one.reader.start()
    try:
        one.known.wait(patience)
        if not one.address:
            how = f"ended with code {process.wait(SOON)}" if not one.reader.is_alive() else "gave no address"
            raise NotServing(f"the server {how} within {patience:.0f} s; it said: {''.join(one.said)[-2000:] or '-'}")
        yield one
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(SOON)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
