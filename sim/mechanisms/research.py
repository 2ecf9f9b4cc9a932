"""Efficiency research as a choice between compute and ideas."""

from sim.compiled import equation
from sim.mathematics import power


@equation
def payoff(response: float, horizon: float, returns: float) -> float:
    """Fall in ln error per unit of growth of knowledge that the last dollar of research brings [yr].

    ``response`` of ln error to knowledge, ``horizon`` over which ideas pay [yr], ``returns``: power of effort in
    progress.
    """
    return response * horizon * returns


@equation
def best_share(growth: float, elasticity: float, dearness: float, payoff: float, substitution: float) -> float:
    """Share of spending on AI that is best spent on research.

    The last dollar of compute lowers ln error by elasticity / training, the last dollar of research by
    response * horizon * returns * growth / research. Equal gains give

        research / training = response * horizon * returns * growth / elasticity * dearness^(sigma - 1)

    ``growth`` of knowledge by research [1/yr], ``elasticity`` -d ln error / d ln compute, ``dearness`` price of
    compute over what it costs to make, ``payoff`` [yr] the product in front. The power of dearness is that of a
    constant elasticity of substitution sigma: none at one.
    """
    ideas = payoff * growth * power(dearness, substitution - 1.0)
    whole = ideas + elasticity
    return ideas / whole if whole > 0.0 else 0.0
