"""A duty to report large training runs."""

from dataclasses import dataclass
from math import inf

from sim.mathematics import power
from sim.policies.base import RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import amounts, quantity


@dataclass(frozen=True, kw_only=True)
class ReportingDuty(Policy):
    """Actors report training runs above a number of FLOP, which become known some time after they were made.

    Of each actor the model knows the largest run of a calendar year, so a year has at most one report of it: of the
    first run in it that is above. Who reports is drawn once. A report costs nothing and forbids nothing; without
    ``methods`` nobody does anything else for it, and what changes is what is known. Runs already reported become known,
    and their methods with them, even when the duty has ended. Where several duties ask for a report of one run, it is
    one report, known after the shortest of their lags.
    """

    name = "reporting_duty"
    strength = "threshold"
    levers = ("report_threshold", "report_lag", "report_coverage", "report_methods")
    source = (
        "thresholds of 1e25 FLOP (Regulation (EU) 2024/1689, articles 51 and 52: notice within two weeks) and 1e26 "
        "FLOP (US Executive Order 14110, 2023)"
    )
    effect = "makes large training runs known, some time after they were made"
    cannot = "forbid a run, ask what a model can do, or see a run that is split in parts"
    laws = (
        "European Union, Regulation (EU) 2024/1689, articles 51 and 52: models trained with more than 1e25 FLOP, with "
        "notice within two weeks",
        "United States, Executive Order 14110 of 2023: runs above 1e26 FLOP, revoked in 2025",
        "California, Transparency in Frontier Artificial Intelligence Act (SB 53) of 2025: developers of models "
        "trained with more than 1e26 FLOP",
    )
    hardly = 1e40
    claims = (Claim("runs_known", RISES, 10),)

    threshold: float = quantity(
        "FLOP", "runs above it have to be reported, when it begins", low=1, high=1e40, default=inf
    )
    growth: float = quantity("%/yr", "yearly change of the threshold", low=-50, high=400, default=0.0)
    lag: float = quantity("yr", "time from a run to when it is known", low=0, high=100, default=0.0)
    coverage: float = quantity("1", "share of the actors it applies to who report", low=0, high=1, default=1.0)
    methods: float = quantity(
        "1", "least share of research published for a year after a run is known", low=0, high=1, default=0.0
    )

    def without_effect(self) -> dict[str, str]:
        return {} if any(amounts(self.coverage)) else {"threshold": "since nobody reports (coverage = 0)"}

    def act(self, view: View) -> dict[str, float]:
        threshold = self.threshold * power(1.0 + self.growth, self.years_in_force(view)) / self.phase(view)
        return {
            "report_threshold": threshold,
            "report_lag": self.lag,
            "report_coverage": self.coverage,
            "report_methods": self.methods,
        }
