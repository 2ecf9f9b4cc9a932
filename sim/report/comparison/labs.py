"""What a policy does to the labs' training compute, which a share hides: where all train less, no share moves."""

from dataclasses import replace

from sim.actors import Kind
from sim.economy.parties import SPONSORING
from sim.measures import registry
from sim.measures.access import ACADEMIA_SHARE, LABS_COMPUTE
from sim.measures.base import Measure
from sim.measures.ids import GROUPS, called, group_of, training_of, within
from sim.report.certainty import statement, unclear
from sim.report.comparison.verdict import SpokenEffect, listed, measured
from sim.results.certainty import Sureness, direction, sureness
from sim.results.comparison import Comparison
from sim.results.statistics import Effect
from sim.results.tenths import WHOLE

FIRMS = ("corporation", "startup")


def on_labs(found: Comparison, scenario: int) -> list[SpokenEffect]:
    """The effects of the last year on what labs train, where a scenario moves it: on all of them, or on each kind where
    some are a kind of their own, with why some lose what others win."""
    kinds = [kind for kind in found.scenarios[0].kinds if kind.sector == "academia"]
    if len(kinds) < 2:
        every = {registry()[LABS_COMPUTE]: found.effect(scenario, LABS_COMPUTE)}
    else:
        of, names = found.tenths(scenario), called(kinds)
        every = {_of_kind(kind, within(names[kind.id])): of.get((kind.id, WHOLE)) for kind in kinds}
    moved = {measure: change for measure, change in every.items() if change and _moves(change)}
    losing = [kind for kind in kinds if _direction(found, scenario, kind) < 0]
    why = _why(found, scenario, kinds) if losing else ""
    ids = {training_of(group_of(kind.id)) for kind in losing}
    return [
        SpokenEffect(measure, measure.unit, change, why=why if measure.id in ids and direction(change) < 0 else "")
        for measure, change in moved.items()
    ]


def explained(found: Comparison, scenario: int, said: list[SpokenEffect]) -> list[SpokenEffect]:
    """The claims, of which one on academia's share that rises says that firms train less, where labs do not train
    more; and what labs do, where no claim of its own is on all of them."""
    told = any(claim.measure.id == LABS_COMPUTE for claim in said)
    return [
        replace(claim, why=_firms_train_less(found, scenario, labs_told=told) or claim.why)
        if claim.measure.id == ACADEMIA_SHARE and direction(claim.last) > 0 else claim
        for claim in said
    ]  # fmt: skip


def _firms_train_less(found: Comparison, scenario: int, *, labs_told: bool) -> str:
    """Because corporations train less, by about 97 %, and startups, by about 89 %, while labs' own training falls by
    12 % (9 to 15 %); empty where labs train more, or firms do or may not train less."""
    firms = {GROUPS[group]: found.effect(scenario, training_of(group)) for group in FIRMS}
    less = {name: change for name, change in firms.items() if change and direction(change) < 0}
    labs = found.effect(scenario, LABS_COMPUTE)
    if not less or not labs or direction(labs) > 0 or any(direction(change) > 0 for change in firms.values()):
        return ""
    sizes = {name: measured(change, registry()[LABS_COMPUTE].unit)[0] for name, change in less.items()}
    parts = [f"{name}{'' if i else ' train less'}, by about {size}" for i, (name, size) in enumerate(sizes.items())]
    why = f"because {', and '.join(parts)}"
    if labs_told:
        return why
    own = registry()[LABS_COMPUTE]
    if sureness(labs) is Sureness.UNCLEAR:
        return f"{why}, while of labs' own training the direction is unclear ({unclear(labs, own.unit)})"
    named = replace(own, words=replace(own.words, subject="labs' own training"))
    return f"{why}, while {statement(labs, named, labs.luck.on(relative=labs.in_percent))}"


def _of_kind(kind: Kind, name: str) -> Measure:
    """The measure of one kind's training compute, also of one that measures know by the name of its sector."""
    whole = registry()[LABS_COMPUTE]
    words = replace(whole.words, subject=f"the training compute of {name}")
    return replace(whole, id=training_of(group_of(kind.id)), label=f"Training compute: {name}", words=words)


def _moves(change: Effect) -> bool:
    return not change.is_nothing and sureness(change) is not Sureness.HARDLY


def _why(found: Comparison, scenario: int, kinds: list[Kind]) -> str:
    """That sponsors move to some of the labs, where they do."""
    names = called(kinds)
    winning = [within(names[kind.id]) for kind in kinds if _direction(found, scenario, kind) > 0]
    return f"as sponsors move to {listed(winning)}" if winning else ""


def _direction(found: Comparison, scenario: int, kind: Kind) -> int:
    """Whether sponsors pay a kind more, 1, or less, -1; 0 where that is open."""
    paid = [direction(change) for (_, payee, purpose), change in found.flows(scenario).items()
            if purpose == SPONSORING and payee == kind.id]  # fmt: skip
    return paid[0] if len(set(paid)) == 1 else 0
