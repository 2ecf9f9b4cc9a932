"""What the server imports that workers are forked from (``processors.way_to_start``), once for all of them."""

from sim.actors import registry as kinds
from sim.codehash import code_hash
from sim.compiled import prepare
from sim.experiment import compare, decompose, run
from sim.measures import registry as measures
from sim.policies import registry as policies

__all__ = ["compare", "decompose", "run"]

for known in (kinds, measures, policies):
    known()  # and what these import
prepare()
code_hash()  # of what was imported here, whatever is edited later
