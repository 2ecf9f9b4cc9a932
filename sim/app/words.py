"""What the page says of its panels, and which of its words are explained. No browser."""

from sim.app.controls import controls, policies
from sim.measures import told
from sim.report.glossary import Word, words_in

HELP = {
    "network": (
        "Policy world. Each dot is an actor, its area the training compute of the last year (the smallest are drawn "
        "larger). Lines say who learns methods from whom."
    ),
    "actors": (
        "Of those of each kind that train: the largest, the second, the median and the one with nine tenths above it, "
        "by the largest run of each over the last year in the policy world. The same actor in both worlds; they share "
        "its luck. Best error is that of its own runs so far; at hand is the best of own or released models."
    ),
}


ELSEWHERE = (
    "pairs of worlds",
    "beyond the evidence",
    "luck and assumptions",
    "tCO2e",
    "scarcity rent",
    "interval score",
    "baseline",
    "extrapolated",
    "scaling law",
    "Gini",
)
# what sentences, charts, the foot of the page and the record say besides


def help_text(name: str) -> str:
    """What one is looking at."""
    return HELP[name]


def words_of_the_page() -> list[Word]:
    """The words of the glossary that help texts, cards and controls use."""
    cards = [f"{measure.heading}: {measure.meaning}" for measure in told("card").values()]
    rows = [f"{policy.effect} {control.help}" for policy in policies().values() for control in controls(policy)]
    return words_in(" ".join([*HELP.values(), *cards, *rows, *ELSEWHERE]))
