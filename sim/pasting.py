"""Commands as messages and reports tell them: whoever pastes one into a shell gets what was meant."""

from shlex import join


def pasted(*words: object) -> str:
    """The command line of these words, quoted where a shell asks for it."""
    return join(["python", "run.py", *map(str, words)])
