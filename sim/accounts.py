"""The books: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, suppliers (staff and everything else that firms and labs buy)."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.actors import Funds, Kind
from sim.period import GOVERNMENT, PURCHASES, TRANSFERS

Array = NDArray[np.float64]


class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    def __init__(self, rows: Iterable[tuple[Kind, slice]]) -> None:
        self.rows = list(rows)
        n = self.rows[-1][1].stop
        self.flows: dict[tuple[str, str, str], float] = {}
        self.received, self.spent = np.zeros(n), np.zeros(n)
        self.keeps_cash = np.concatenate([np.full(r.stop - r.start, kind.pays_from_cash) for kind, r in self.rows])

    def receive(self, payer: str, purpose: str, amount: Array) -> None:
        """``amount`` (n,) comes to the actors from one party, or for grants and core income from the kind's own."""
        self.received += amount
        for kind, r in self.rows:
            self._write(payer or kind.income_from, kind.id, purpose or kind.income_is, amount[r])

    def pay(self, payee: str, purpose: str, amount: Array) -> None:
        """``amount`` (n,) goes from the actors to one party."""
        self.spent += amount
        for kind, r in self.rows:
            self._write(kind.id, payee, purpose, amount[r])

    def hand_over(self, purpose: str, given: Array, got: Array) -> None:
        """Actors pay ``given`` (n,) and actors get ``got`` (n,), of one sum; each giver pays all takers alike."""
        self.spent += given
        self.received += got
        total = float(got.sum())
        for kind, r in self.rows:
            for other, o in self.rows:
                part = float(got[o].sum()) / total if total > 0 else 0.0
                self._write(kind.id, other.id, purpose, given[r] * part)

    def _write(self, payer: str, payee: str, purpose: str, amount: Array) -> None:
        total = float(amount.sum())
        if total:
            key = payer, payee, purpose
            self.flows[key] = self.flows.get(key, 0.0) + total

    def pass_on(self) -> None:
        """Actors without a cash stock pass on what is left: firms to investors, labs to suppliers."""
        left = np.where(self.keeps_cash, 0.0, self.received - self.spent)
        self.spent += left
        for kind, r in self.rows:
            self._write(kind.id, kind.settles_with, "what is left", left[r])

    def net(self) -> dict[str, float]:
        """What each party received minus what it paid [USD/yr]."""
        sums: dict[str, float] = defaultdict(float)
        for (payer, payee, _), amount in self.flows.items():
            sums[payer] -= amount
            sums[payee] += amount
        return sums


def settle(
    books: Books, funds: Funds, *, sales: Array, margin: float, hardware: Array, power: Array, carbon: Array,
    serving: Array, research: Array, given: Array, got: Array, permits: Array, public: Array,
) -> None:  # fmt: skip
    """Write what actors earn and spend in the ordinary way [USD/yr], (n,).

    ``sales`` of AI products leave a ``margin``. ``hardware`` (with rent), ``power`` and ``carbon`` are paid for all
    compute; ``serving`` is the part of them that serves customers and belongs to the cost of AI products; ``given`` and
    ``got`` is sponsored compute, ``public`` what the treasury pays of it.
    """
    books.receive("customers", "AI products", sales)
    books.receive("", "", funds.income)
    books.receive("investors", "venture capital", funds.venture)
    treasury = (public, funds.academic, funds.public_research, funds.dividend - funds.allowances, funds.allowances)
    for purpose, amount in zip(PURCHASES + TRANSFERS, treasury, strict=True):
        books.receive(GOVERNMENT, purpose, amount)
    books.pay("suppliers", "cost of AI products", (1.0 - margin) * sales - serving)
    books.pay("suppliers", "efficiency research", research)
    books.pay("cloud", "compute", hardware)
    books.pay("utilities", "electricity", power)
    books.pay(GOVERNMENT, "carbon", carbon)
    books.pay(GOVERNMENT, "permits", permits)
    books.hand_over("sponsored compute", given, got)
