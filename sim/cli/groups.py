"""The headings under which ``--help`` lists commands, in that order. Each command names its own as GROUP."""

from enum import StrEnum


class Group(StrEnum):
    """What somebody wants who looks for a command."""

    MAIN = "Main uses"
    LOOK_CLOSER = "Look closer"
    WRITE_YOUR_OWN = "Write your own"
    CHECK_US = "Check us"
