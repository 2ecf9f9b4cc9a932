"""The step: ``advance`` takes a world from one moment to the next.

Flows are per year inside the equations; the step length stands in them only where state is updated. Trends are
evaluated at mid-step. Some of what it goes by, such as errors and the last rent, is of its start or of the step before:
docs/model.md has what other steps give.
"""

from sim.economy.close import close
from sim.economy.ledger import Ledger
from sim.economy.observe import Step
from sim.economy.stages.acts import act
from sim.economy.stages.books import settle
from sim.economy.stages.compute import clear, order, use
from sim.economy.stages.learning import learn
from sim.economy.stages.money import earn
from sim.economy.stages.planning import plan
from sim.economy.stages.siting import site
from sim.economy.stages.startups import live
from sim.economy.stages.training import train
from sim.economy.state import World


def advance(world: World) -> tuple[World, Step]:
    """One step: the next world, and what happened on the way. ``world`` stays as it was.

    A stage reads the world as it was and the records of stages before it, and returns a record:

    1 act     levers in force, permits given, duties     7 use     what becomes of plans without compute
    2 earn    money there is, and what actors want       8 learn   knowledge made, learnt, leaked
    3 plan    spending, research, sponsoring             9 train   largest runs and errors
    4 site    what a FLOP costs where each works        10 settle  every dollar a payer and a payee
    5 order   budgets, ceilings, public money           11 live    rounds, failures, foundings
    6 clear   one market for compute and permits        12 close   the next world, and the record

    4 and 5 are by the prices of permits: 6 finds those at which all three hold.
    """
    acts = act(world)
    money = earn(world, acts)
    planned = plan(world, acts, money)
    costs = site(world, acts, planned)
    wishes = order(world, acts, money, planned)
    orders, sale = clear(world, acts, costs, wishes)
    used = use(world, money, planned, orders, sale)
    ideas = learn(world, acts, used)
    runs = train(world, orders, sale, ideas)
    ledger = Ledger(
        acts=acts,
        money=money,
        plan=planned,
        costs=sale.costs,
        order=orders,
        sale=sale,
        use=used,
        ideas=ideas,
        runs=runs,
    )
    books = settle(world, ledger)
    lives = live(world, ledger, books)
    return close(world, ledger, lives)
