"""Commands as messages and reports tell them: whoever pastes one into a shell gets what was meant."""

import sys
from pathlib import Path
from shlex import join

INSTALLED, SCRIPT = "compute-divide", "run.py"  # the command as it is installed, and as it stands in the project


def program() -> str:
    """What was called: the installed command, else the project's script, also where another script goes on with it."""
    name = Path("".join(sys.argv[:1])).name
    return name if Path(name).stem == INSTALLED else SCRIPT


def pasted(*words: object) -> str:
    """The command line of these words, as the program was called, quoted where a shell asks for it."""
    return pasted_as(program(), *words)


def pasted_as(name: str, *words: object) -> str:
    """The same of the program called by a name, as in a record."""
    return join([*(["python"] if name == SCRIPT else []), name, *map(str, words)])


def installing(extra: str = "") -> str:
    """The command that installs what the program needs, or an extra of it, as the program itself was installed."""
    if program() == SCRIPT:
        return f"pip install -e '.[{extra}]'" if extra else "pip install -e ."
    return f"pip install '{INSTALLED}[{extra}]'" if extra else f"pip install {INSTALLED}"


def from_here(file: Path) -> Path:
    """The path of a file as a command that is typed here takes it: short where the file is below this directory."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
