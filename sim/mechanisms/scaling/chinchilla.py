"""Loss of a language model trained at its best size."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.mathematics import exp, log, power
from sim.mechanisms.scaling.base import LN_LEAST, Law, ln_above
from sim.quantity import quantity

FLOP_PER_PARAMETER_TOKEN = 6.0  # forward and backward pass: Kaplan et al. 2020


@dataclass(frozen=True, kw_only=True)
class Chinchilla(Law):
    """L = E + A / N^alpha + B / D^beta at C = 6 N D: loss of a language model trained at its best size.

    Loss in nats per token; N parameters, D tokens. Along the optimum, L - E = K C^(-alpha beta / (alpha + beta)).
    Source: Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", equations 2 and 4.
    """

    form = "chinchilla"
    formula = "L = E + A/N^alpha + B/D^beta at 6 N D = C"
    order = 4
    unit = "nats"
    entropy: float = quantity("1", "E: loss of the text itself [nats]", low=0, high=10)
    size_factor: float = quantity("1", "A: nats of a model of one parameter", low=1e-3, high=1e6)
    size_exponent: float = quantity("1", "alpha: elasticity by which loss falls with parameters", low=0.01, high=2)
    data_factor: float = quantity("1", "B: nats of a model that saw one token", low=1e-3, high=1e6)
    data_exponent: float = quantity("1", "beta: elasticity by which loss falls with tokens", low=0.01, high=2)
    uniform_loss: float = quantity("1", "loss of a uniform guess over the vocabulary [nats]", low=1, high=20)

    @property
    def lowest(self) -> float:
        return self.entropy

    @property
    def highest(self) -> float:
        return self.uniform_loss

    @property
    def exponent(self) -> float:
        """Powers of reducible loss per power of compute: alpha beta / (alpha + beta)."""
        return self.size_exponent * self.data_exponent / (self.size_exponent + self.data_exponent)

    def loss(self, parameters: float, tokens: float) -> float:
        """Loss [nats] of a model of ``parameters`` trained on ``tokens``."""
        by_size = self.size_factor / power(parameters, self.size_exponent)
        return float(self.entropy + by_size + self.data_factor / power(tokens, self.data_exponent))

    def optimum(self, compute: float) -> tuple[float, float]:
        """Parameters and tokens of the lowest loss at ``compute`` FLOP: N = G (C/6)^a, D = (C/6)^(1-a) / G.

        a = beta / (alpha + beta), G = (alpha A / (beta B))^(1 / (alpha + beta)).
        """
        both = self.size_exponent + self.data_exponent
        balance = self.size_exponent * self.size_factor / (self.data_exponent * self.data_factor)
        spread = float(power(balance, 1.0 / both))
        return (
            spread * float(power(compute / FLOP_PER_PARAMETER_TOKEN, self.data_exponent / both)),
            float(power(compute / FLOP_PER_PARAMETER_TOKEN, self.size_exponent / both)) / spread,
        )

    @property
    def _ln_unit_loss(self) -> float:
        """ln of the reducible loss [nats] at one FLOP."""
        return float(log(self.loss(*self.optimum(1.0)) - self.entropy))

    def error_at(self, ln_compute: Array) -> Array:
        ln_reducible = self._ln_unit_loss - self.exponent * ln_compute
        return np.asarray(self.entropy + exp(np.clip(ln_reducible, LN_LEAST, log(self.uniform_loss - self.entropy))))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray((self._ln_unit_loss - ln_above(error, self.entropy)) / self.exponent)

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray((1.0 - self.entropy / error) * self.exponent)
