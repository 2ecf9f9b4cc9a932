"""Words of measures: what each is called within a sentence, and what more and less of it is called. All stand here."""

from sim.results.run import DIVIDE, EMISSIONS, FRONTIER_ERROR

GAP, HALVING = "accuracy_gap_median_lab", "next_halving_cost"

# Sentences on a run, from the first year to the last: subject, words for more and less.
OVER_THE_YEARS = {
    DIVIDE: ("the compute divide", ("widens", "narrows")),
    FRONTIER_ERROR: ("the frontier's error", ("rises", "falls")),
    HALVING: ("the price of halving that error once more", ("rises", "falls")),
    EMISSIONS: ("yearly emissions", ("rise", "fall")),
}

# Sentences on a policy, against the baseline.
BY_A_POLICY = {
    DIVIDE: ("the compute divide", ("widens", "narrows")),
    "compute_share_academia": ("academia's share of compute", ("rises", "falls")),
    GAP: ("the median lab's accuracy gap", ("widens", "narrows")),
    FRONTIER_ERROR: ("the frontier's error", ("rises", "falls")),
    EMISSIONS: ("emissions", ("rise", "fall")),
    "market_value": ("the AI product market", ("grows", "shrinks")),
}

# The sentence on a steeper law.
BY_A_LAW = {
    DIVIDE: ("the compute divide", ("widens", "narrows")),
    GAP: ("the median lab's accuracy gap", ("widens", "narrows")),
    "lab_years_per_frontier_run": (
        "the frontier run, in years of a lab's means,",
        ("gets dearer", "gets cheaper"),
    ),
    FRONTIER_ERROR: ("the frontier's error", ("rises", "falls")),
}

# Sentences on what makes a measure; others go by their labels.
TAKEN_APART = {DIVIDE: "the compute divide", EMISSIONS: "yearly emissions", FRONTIER_ERROR: "the frontier's error"}

# Cards of the page: heading, words for more and less.
ON_CARDS = {
    DIVIDE: ("The divide", ("wider", "narrower")),
    EMISSIONS: ("Emissions", ("higher", "lower")),
    FRONTIER_ERROR: ("Frontier error", ("higher", "lower")),
    "months_behind_median_lab": ("Median lab lags by", ("more", "less")),
    HALVING: ("Next halving of error", ("dearer", "cheaper")),
    "policy_revenue": ("Revenue of policies", ("more", "less")),
}
