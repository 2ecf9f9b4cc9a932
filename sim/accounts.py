"""The books: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, suppliers (staff and everything else that firms and labs buy)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.actors import Funds, Kind

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    flows: dict[tuple[str, str, str], float]
    received: Array
    spent: Array
    keeps_cash: NDArray[np.bool_]


def settle(
    *,
    rows: list[tuple[Kind, slice]],
    funds: Funds,
    hardware: Array,
    power: Array,
    carbon: Array,
) -> Books:
    """Write the books of one step.

    ``funds`` (n,) as actors had them; ``hardware`` (with rent), ``power`` and ``carbon`` what each actor pays for
    compute [USD/yr], (n,). Actors without a cash stock
    pass on what is left: firms to investors, labs to suppliers (people and equipment).
    """
    n = hardware.size
    received, spent = np.zeros(n), np.zeros(n)
    keeps_cash = np.zeros(n, dtype=bool)
    flows: dict[tuple[str, str, str], float] = {}
    for kind, r in rows:
        income = [
            ("customers", "AI products", funds.sales[r]),
            (kind.income_from, kind.income_is, funds.income[r]),
            ("investors", "venture capital", funds.venture[r]),
            ("government", "dividend", funds.dividend[r]),
            ("government", "academic compute", funds.academic[r]),
        ]
        outgo = [
            ("suppliers", "cost of AI products", funds.sales[r] - funds.margin[r]),
            ("cloud", "compute", hardware[r]),
            ("utilities", "electricity", power[r]),
            ("government", "carbon", carbon[r]),
        ]
        received[r] = sum(part for _, _, part in income)
        spent[r] = sum(part for _, _, part in outgo)
        for payer, purpose, part in income:
            flows[payer, kind.id, purpose] = float(part.sum())
        for payee, purpose, part in outgo:
            flows[kind.id, payee, purpose] = float(part.sum())
        if kind.pays_from_cash:
            keeps_cash[r] = True
        else:
            left = received[r] - spent[r]
            flows[kind.id, kind.settles_with, "what is left"] = float(left.sum())
            spent[r] = spent[r] + left
    return Books(flows, received, spent, keeps_cash)
