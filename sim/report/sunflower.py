"""Places in a disc where each dot has the same room, the first in the middle: the seeds of a sunflower."""

import numpy as np
from numpy.typing import NDArray

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def sunflower(count: int) -> NDArray[np.float64]:
    """Points (count, 2) in the disc of radius 1 around zero, from the middle outwards."""
    numbers = np.arange(count)
    turn, distance = numbers * GOLDEN_ANGLE, np.sqrt((numbers + 0.5) / count)
    return np.stack([distance * np.cos(turn), distance * np.sin(turn)], axis=1)
