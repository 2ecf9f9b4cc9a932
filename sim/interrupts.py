"""What callers in Python are told of an interrupt: how much is finished, and how it goes on."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.errors import Notice
from sim.pasting import pasted
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.study.planned import Planned


def note_cut_short(said: str, command: str, frames: int) -> None:
    """A Notice to a caller so many frames up that results hold but a part of what was asked for, as ``said``, and how
    all of it comes about."""
    again = "Called again it simulates all of them, and these come out the same"
    kept = f"`{pasted(command)}` keeps each as it finishes, and can be gone on with"
    warnings.warn(f"{said} The result holds these alone. {again}; {kept}.", Notice, stacklevel=frames + 1)


@contextmanager
def kept(planned: "Planned", frames: int) -> Iterator[None]:
    """Around carrying out what a directory keeps: a Notice of an interrupt, to a caller so many frames up, says what is
    there, and what goes on."""
    try:
        yield
    except KeyboardInterrupt:
        done = f"{planned.worlds - planned.worlds_left():,} of {counted(planned.worlds, planned.unit)} finished"
        said = f"Interrupted: {done}, and kept in {planned.directory}. sim.resume({str(planned.directory)!r}) goes on."
        warnings.warn(said, Notice, stacklevel=frames + 2)
        raise
