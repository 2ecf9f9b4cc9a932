"""What the worlds of a comparison are called in sentences and on a page to hand on."""

from collections import Counter
from collections.abc import Sequence

from sim.report.settings import settings_in_short
from sim.report.words import spaced
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.combined import NAME as COMBINED
from sim.scenario.variants import CHANGED


def called(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Titles by name, without what a command set, which stands elsewhere; behind one that several have what is set
    otherwise in each, or the name of the file."""
    titles, differs = {one.name: CHANGED.sub("", one.title) for one in scenarios}, told_apart(scenarios)
    many = Counter(titles.values())
    named = {
        name: title if many[title] == 1 else behind(title, differs.get(name, spaced(name)))
        for name, title in titles.items()
    }
    return named | ({COMBINED: together(len(scenarios) - 1)} if COMBINED in named else {})


def first_called(found: Comparison) -> str:
    """What the first scenario is called in a sentence: the baseline; of scaling laws by itself, since it has the law
    that is flattest, and not that of the baseline."""
    title = found.scenarios[0].title
    return f"{title[:1].lower()}{title[1:]}" if found.held else "the baseline"


def told_apart(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """What a command set otherwise in each of those that have one title, in short and by name; empty in one in which it
    is not set. Where that is much, or does not tell them apart, they have none."""
    found: dict[str, str] = {}
    by_title: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        by_title.setdefault(CHANGED.sub("", scenario.title), []).append(scenario)
    for alike in by_title.values():
        said = settings_in_short(alike) if len(alike) > 1 else []
        if len(set(said)) == len(alike):
            found |= {one.name: text for one, text in zip(alike, said, strict=True)}
    return found


def behind(title: str, text: str) -> str:
    """A title and what tells it apart from others, if there is anything."""
    return f"{title} ({text})" if text else title


def together(scenarios: int) -> str:
    """What the one of so many scenarios is called that has the policies of all others."""
    return "Both combined" if scenarios == 3 else "All combined"
