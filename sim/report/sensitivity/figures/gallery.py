"""The figures of a sensitivity, each drawn from what was found and where that comes from."""

from pathlib import Path

from sim.report.gallery import Gallery
from sim.report.style import Origin
from sim.results.sensitivity import Found, Sensitivity

GALLERY: Gallery[[Sensitivity, Origin]] = Gallery("sim.report.sensitivity.figures", [str(Path(__file__).parent)])
MOST = 6  # panels of a figure


def shown(result: Sensitivity) -> list[Found]:
    """What has a panel: what is moved by anything, the worlds themselves first."""
    moved = [one for one in result.found if one.first]
    return sorted(moved, key=lambda one: (one.against != "", one.policy != ""))[:MOST]
