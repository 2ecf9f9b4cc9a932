"""Records of what was reached, through time."""

from bisect import bisect_left, bisect_right
from math import inf
from operator import neg

from sim.mathematics import log, power
from sim.records import record


@record
class Past:
    """The lowest error of some actors through time: of all (the frontier), or of those that release models."""

    times: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()

    def add(self, time: float, error: float) -> "Past":
        """With the lowest error at a time later than all before; what was reached once stays reached."""
        lowest = self.errors[-1] if self.errors else inf
        return Past((*self.times, time), (*self.errors, error if error < lowest else lowest))

    def at(self, time: float) -> float:
        """The lowest error at a time, between recorded times at constant decline; infinite before the first."""
        after = bisect_right(self.times, time)
        if not after:
            return inf
        first, last = self.errors[after - 1], self.errors[min(after, len(self.errors) - 1)]
        if last == first:
            return first
        part = (time - self.times[after - 1]) / (self.times[after] - self.times[after - 1])
        return float(first * power(last / first, part)) if first < inf else inf

    def first_at(self, error: float) -> int:
        """The position of the first entry with an error or a lower one; their number when there is none."""
        return bisect_left(self.errors, -error, key=neg)

    def first_below(self, error: float) -> int:
        """The position of the first entry below an error; their number when there is none."""
        return bisect_right(self.errors, -error, key=neg)

    def passed(self, error: float, at: int) -> float:
        """When an error was passed on the way to the entry at this position, at constant decline."""
        begun, ended = self.times[at - 1], self.times[at]
        first, last = self.errors[at - 1], self.errors[at]
        return begun + (ended - begun) * log(first / error) / log(first / last)


@record
class Highest:
    """The highest of some values through time."""

    times: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    def add(self, time: float, value: float) -> "Highest":
        """With a value at a time no earlier than all before."""
        highest = self.values[-1] if self.values else value
        return Highest((*self.times, time), (*self.values, value if value > highest else highest))

    def at(self, time: float) -> float:
        """The highest value up to a time; infinite before the first."""
        after = bisect_right(self.times, time)
        return self.values[after - 1] if after else inf
