"""Commands as messages and reports tell them: whoever pastes one into a shell gets what was meant."""

from pathlib import Path
from shlex import join


def pasted(*words: object) -> str:
    """The command line of these words, quoted where a shell asks for it."""
    return join(["python", "run.py", *map(str, words)])


def from_here(file: Path) -> Path:
    """The path of a file as a command that is typed here takes it: short where the file is below this directory."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
