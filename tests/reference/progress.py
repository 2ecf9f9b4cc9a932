"""What compute and knowledge reach in the slow economy, under each theory of progress."""

from math import inf, log, log10

from sim.scenario import Scenario
from tests.reference.actors import Actor


class Progress:
    """The part of the economy that knows the law."""

    assumptions: Scenario
    stretch: float

    def error_of(self, run: float, knowledge: float) -> float:
        """Error of a run, with the published law anchored at the start and stretched by knowledge."""
        if run == 0:
            return 1.0
        law = self.assumptions.law
        error, ln_compute = self.held_at()
        gained = log(run) - ln_compute + knowledge * self.part_gained(log(run))
        polynomial = law.form == "polynomial"
        growth = law.exponent * -log10(error) if polynomial else law.slope / error
        decades = growth + gained / log(10) / self.stretch  # of compute, from the law's a on
        if polynomial:
            return 10 ** (-decades / law.exponent) if decades > 0 else 1.0
        return law.slope / decades if decades > law.slope else 1.0

    def held_at(self) -> tuple[float, float]:
        """An error that the law is held at, and ln of the FLOP that it takes with what is known at the start."""
        table = self.assumptions.law_table
        if table.known_error > 20:  # not given
            return table.start_error, log(table.start_compute)
        learnt = table.fitted_progress * (table.known_year - self.assumptions.time.start)
        ln_run = log(table.known_compute)
        return table.known_error, ln_run + learnt * self.part_gained(ln_run)

    def first_error(self) -> float:
        """Error at the start, by which the market is reckoned."""
        table = self.assumptions.law_table
        return self.error_of(table.start_compute, 0.0) if table.known_error < 20 else table.start_error

    def part_gained(self, ln_run: float) -> float:
        """What a run gains of what is known: all of it, or more the larger it is."""
        law = self.assumptions.theory
        if law.name != "scale_dependent":
            return 1.0
        way = (ln_run - log(law.small_run)) / log(law.full_run / law.small_run)
        return law.small_gain + (1 - law.small_gain) * max(way, 0.0)

    def loss(self, error: float) -> float:
        """What those who buy or pay for accuracy go by: the error, and what stays beside it."""
        theory, first = self.assumptions.theory, self.first_error()
        return error + theory.remaining * first if theory.name == "meek" else error

    def run_behind(self, actor: Actor) -> float:
        """ln of the run that reaches an actor's error with what it knows, by halving the range in which it must be."""
        error, knowledge, low, high = actor.error, actor.knowledge, -2000.0, 2000.0
        if self.assumptions.theory.name != "scale_dependent":
            return low  # nothing depends on it
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if self.ln_error(middle, knowledge) > log(error) else (low, middle)
        return low

    def ln_error(self, ln_run: float, knowledge: float) -> float:
        """ln of the error of a run, wherever it lies."""
        law = self.assumptions.law
        error, ln_compute = self.held_at()
        further = (ln_run - ln_compute + knowledge * self.part_gained(ln_run)) / self.stretch
        if law.form == "polynomial":
            return log(error) - further / law.exponent
        decades = law.slope / error + further / log(10)
        return log(law.slope / decades) if decades > 0 else inf

    def elasticity(self, actor: Actor) -> float:
        """-d ln error / d ln compute."""
        law, theory = self.assumptions.law, self.assumptions.theory
        fixed = (1 / law.exponent if law.form == "polynomial" else actor.error / (law.slope * log(10))) / self.stretch
        if theory.name != "scale_dependent" or self.run_behind(actor) <= log(theory.small_run):
            return fixed
        return fixed * (1 + actor.knowledge * (1 - theory.small_gain) / log(theory.full_run / theory.small_run))
