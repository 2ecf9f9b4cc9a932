"""What the page says of its panels, and which of its words are explained. No browser."""

from sim.app.controls import controls, policies
from sim.measures import told
from sim.report.glossary import Word, words_in

HELP = {
    "network": (
        "Policy world. Each dot is an actor, its area the training compute of the last year (the smallest are drawn "
        "larger). Lines say who learns methods from whom."
    ),
    "shares": (
        "Of all FLOP that the modelled actors bought for training over the last year, the part of each kind. "
        "Serving customers is not counted."
    ),
    "errors": (
        "The lowest error that anyone, any startup, and half of the labs have reached by their own training. Lower "
        "is better. Below the law's evidence it is extrapolated."
    ),
    "lorenz": (
        "Actors stand in line, those with the least compute first; the curve says which part of all compute they "
        "hold together. The further it hangs below the straight line, the more unequal. Gini is 0 when all are "
        "equal, 1 when one holds all."
    ),
    "regions": (
        "Emissions of the electricity used for training and serving, where it is used, stacked from the dirtiest "
        "grid. The dashed line is the total of the baseline."
    ),
    "halving": (
        "What one training run would cost that halves the frontier's error, with the methods and prices of the "
        "moment. Each step of the axis is some powers of ten."
    ),
    "prices": (
        "What buyers pay for compute in full: hardware, scarcity, electricity, carbon. Below it the price of "
        "permits, where a policy issues them."
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
