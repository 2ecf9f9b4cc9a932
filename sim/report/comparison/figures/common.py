"""What several figures of a comparison share."""

import re
from collections import Counter

from sim.report import words
from sim.report.colours import POLICIES
from sim.report.style import Origin
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.variants import CHANGED

DASHES = ("-", "--", "-.", ":")
FEW = 3  # policies whose ranges over drawn assumptions can be told apart in one panel
LONGEST = 34  # letters of a scenario's title in a figure
FROM = re.compile(r",? from (\d{4})$")


def percent(value: float, _: object = None) -> str:
    """A relative change for people: a tick of an axis, or a factor where it is large."""
    if words.is_factor(value):
        return f"×{1 + value:.3g}"
    return f"{100 * value:+.3g} %".replace("-", words.MINUS) if value else "0"


def origin(found: Comparison, fingerprint: str) -> Origin:
    """Where the figures come from; the first policy's start is marked."""
    baseline = found.scenarios[0]
    started = [(policy.id, policy.start) for scenario in found.scenarios[1:] for policy in scenario.policies]
    return Origin(
        title=f"Against {baseline.title}",
        replicates=len(found.pairs),
        seed=baseline.run.seed,
        fingerprint=fingerprint,
        years=(found.years[0], found.years[-1]),
        policies=tuple(started[:1]),
        trends_end=min(scenario.trends_end for scenario in found.scenarios),
        spread="{} paired replicates",
    )


def look(i: int) -> tuple[str, str]:
    """Tone and dash of the i-th policy: twenty that differ."""
    return POLICIES[i % len(POLICIES)], DASHES[i % len(DASHES)]


def titles(scenarios: list[Scenario], longest: int = LONGEST) -> list[str]:
    """What scenarios but the first are called in figures: their titles in so many letters, without a year that all
    share; the name of the file where that tells no two apart."""
    first, *others = (CHANGED.sub("", " ".join(scenario.title.split())) for scenario in scenarios)
    years = {found[1] for title in others if (found := FROM.search(title))}
    cut = [shortened(FROM.sub("", title) if len(years) == 1 else title, longest) for title in others]
    count = Counter([first, *cut])
    names = [scenario.name.replace("_", " ") for scenario in scenarios[1:]]
    return [title if count[title] == 1 else shortened(name) for title, name in zip(cut, names, strict=True)]


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text of no more than so many letters, cut between words where it can be."""
    if len(text) <= longest:
        return text
    return (text[:longest].rpartition(" ")[0] or text[: longest - 1]).rstrip(",;:") + "…"
