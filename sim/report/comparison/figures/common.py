"""What several figures of a comparison share."""

from matplotlib.figure import Figure

from sim.report import words
from sim.report.colours import BROWN, INK, SECONDARY, TERTIARY
from sim.report.letters import verbatim
from sim.report.style import Origin
from sim.results.comparison import Comparison

TONES = (INK, BROWN, TERTIARY, SECONDARY)
DASHES = ("-", "--", "-.", ":")
FEW = 3  # policies whose ranges over drawn assumptions can be told apart in one panel


def percent(value: float, _: object = None) -> str:
    """A relative change for people: a tick of an axis, or a factor where it is large."""
    if words.is_factor(value):
        return f"×{1 + value:.3g}"
    return f"{100 * value:+.3g} %".replace("-", words.MINUS) if value else "0"


def origin(found: Comparison, made: str) -> Origin:
    """Where the figures come from; the first policy's start is marked."""
    baseline = found.scenarios[0]
    started = [(policy.id, policy.start) for scenario in found.scenarios[1:] for policy in scenario.policies]
    return Origin(
        title=f"Against {baseline.title}",
        replicates=len(found.pairs),
        seed=baseline.run.seed,
        made=made,
        years=(found.years[0], found.years[-1]),
        policies=tuple(started[:1]),
        trends_end=min(scenario.trends_end for scenario in found.scenarios),
        spread="{} paired replicates",
    )


def look(i: int) -> tuple[str, str]:
    """Tone and dash of the i-th policy: sixteen that differ."""
    return TONES[i % len(TONES)], DASHES[(i + i // len(TONES)) % len(DASHES)]


def key(figure: Figure, names: list[str]) -> None:
    """Which number stands for which policy, at the right of the title."""
    parts = [f"{i + 1} {short(name)}" for i, name in enumerate(names)]
    abreast = 3 if len(parts) <= 6 else 5
    rows = ["   ".join(parts[i : i + abreast]) for i in range(0, len(parts), abreast)]
    figure.text(0.98, 0.985, "\n".join(rows), fontsize=7 if abreast == 3 else 6, color=SECONDARY, ha="right", va="top")


def short(name: str) -> str:
    """A scenario's name without underscores."""
    return verbatim(name).replace("_", " ")
