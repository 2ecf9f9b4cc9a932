"""What the worlds of a comparison are called in sentences and on a page to hand on."""

from collections import Counter
from collections.abc import Sequence

from sim.report.words import spaced
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.combined import NAME as COMBINED
from sim.scenario.variants import CHANGED


def called(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Titles by name, without what a command set, which stands elsewhere, and behind one that two have the name of the
    file."""
    titles = {one.name: CHANGED.sub("", one.title) for one in scenarios}
    many = Counter(titles.values())
    named = {name: title if many[title] == 1 else f"{title} ({spaced(name)})" for name, title in titles.items()}
    return named | ({COMBINED: together(len(scenarios) - 1)} if COMBINED in named else {})


def first_called(found: Comparison) -> str:
    """What the first scenario is called in a sentence: the baseline; of scaling laws by itself, since it has the law
    that is flattest, and not that of the baseline."""
    title = found.scenarios[0].title
    return f"{title[:1].lower()}{title[1:]}" if found.held else "the baseline"


def together(scenarios: int) -> str:
    """What the one of so many scenarios is called that has the policies of all others."""
    return "Both combined" if scenarios == 3 else "All combined"
