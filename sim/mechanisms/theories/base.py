"""A theory of progress: what all of them say, in numbers at which each says nothing."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from sim.registry import UNLISTED


class Terms(NamedTuple):
    """What a theory says, for compiled loops. At these values better algorithms help all alike, and customers go by the
    error itself."""

    remaining: float = 0.0  # loss beside the error that stays, over the error of the start (meek)
    small_gain: float = 1.0  # part of ln of progress that a small run gains (scale_dependent)
    ln_small: float = 0.0  # ln FLOP of a run so small
    ln_full: float = 1.0  # ln FLOP of a run that gains all of it

    @property
    def alike(self) -> bool:
        """Whether runs of all sizes gain alike from better algorithms."""
        return self.small_gain == 1.0


@dataclass(frozen=True, kw_only=True)
class Theory:
    """How better algorithms and scale help whom. Subclasses state ``name``, ``says`` and, where they differ, ``terms``;
    their fields are numbers of the scenario's law."""

    name: ClassVar[str]
    says: ClassVar[str]  # in a few words
    order: ClassVar[int] = UNLISTED

    @property
    def terms(self) -> Terms:
        """What it says, in numbers."""
        return Terms()
