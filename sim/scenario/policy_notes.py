"""What is allowed of policies and probably not meant, of whom they reach and how: one function for each slip."""

from collections.abc import Iterator, Sequence
from math import inf

from sim.plurals import counted
from sim.policies.levers import EQUAL_DIVIDEND, FOR_LABS, LEVERS
from sim.scenario.purse import in_force, own_regions, world_wide_revenue
from sim.scenario.scenario import Scenario
from sim.scenario.tree import FROM_USER

LABS = "academic labs"
RECEIVERS = {EQUAL_DIVIDEND: "actors", **dict.fromkeys(FOR_LABS, LABS)}
NO_CLEANER = (
    "nobody buys cleaner power here because of a price or cap of carbon, which cuts emissions by little else than "
    "less compute; with --set mechanisms.abatement=true buyers do."
)
SUPPORTS_PROMISED = (
    "pays for clean power that buyers have promised, and brings no more of it: nobody buys any for its price here; "
    "with --set mechanisms.abatement=true buyers do."
)
SUPPORTS_NONE = "changes nothing, since nobody buys clean power here; with --set mechanisms.abatement=true buyers do."


def policies_for_nobody(scenario: Scenario) -> Iterator[str]:
    """A policy, or its revenue, for labs where there are none; models under a duty where nobody uses another's."""
    labs, shared = any(kind.sector == "academia" for kind in scenario.kinds), scenario.mechanisms.open_release
    for policy in scenario.policies:
        kept = [] if labs or policy.neutral else [use for use in policy.uses() if RECEIVERS.get(use) == LABS]
        if not policy.neutral and not scenario.target(policy).kinds:
            yield f"policy {policy.id} serves nobody, since no kind of actor is of {policy.serves}."
        if kept:
            yield f"revenue of policy {policy.id} for {' and '.join(kept)} stays in the treasury: there are no {LABS}."
        if not policy.neutral and not shared and "weights_lag" in policy.levers and getattr(policy, "weights", True):
            yield f"policy {policy.id} gives nobody a model, since mechanisms.open_release = false."


def starts_that_wait_for_numbers(scenario: Scenario) -> Iterator[str]:
    """A start before the first year of a policy's numbers: it is off until then, whatever other numbers it has."""
    for raw, policy in zip(scenario.tree.data.get("policy", ()), scenario.policies, strict=True):
        written = raw.get("start")
        if isinstance(written, int | float) and written < policy.start and not policy.neutral:
            late = [name for name, series in policy.paths.items() if series.years[0] == policy.start]
            yield (
                f"policy {policy.id} begins in {policy.start:g}, where {' and '.join(late)} by year begins, and not in "
                f"{written:g}, as written: give {' and '.join(late)} from {written:g} on."
            )


def starts_before_the_first_year(scenario: Scenario) -> Iterator[str]:
    """A start that a command or a file of one's own sets before the run begins: the past is not made anew."""
    first = scenario.time.start
    for policy in scenario.policies:
        if -inf < policy.start < first and not policy.neutral and not policy.end <= first:
            yield (
                f"policy {policy.id} begins in {policy.start:g}, before the first year simulated: it is in force from "
                f"{first} on, and nothing before is made anew."
            )


def growth_that_was_kept(scenario: Scenario) -> Iterator[str]:
    """A strength that a command sets, beside a growth or ramp of the file."""
    written = scenario.tree.origin
    for policy in scenario.policies:
        at = f"policy.{policy.id}"
        strength = next((key for key in policy.given if written.get(f"{at}.{key}") == FROM_USER), "")
        for key in ("growth", "ramp") if strength else ():
            number = scenario.numbers.get(f"{at}.{key}")
            if number is not None and number.base and written.get(number.path) != FROM_USER:
                yield (
                    f"{at}.{strength} was set, and its {key} stays as the file has it, {number.value:g} {number.unit}: "
                    f'--set "{number.path}=0" leaves it out.'
                )


def sizes_that_gave_way(scenario: Scenario) -> Iterator[str]:
    """A size of a programme in whose place another one was given later."""
    yield from scenario.tree.gave_way


def carbon_without_cleaner_power(scenario: Scenario) -> Iterator[str]:
    """A price or cap of carbon in a world where nobody can clean up."""
    of_carbon = any(LEVERS[lever].of_carbon for policy in in_force(scenario) for lever in policy.levers)
    if of_carbon and not scenario.mechanisms.abatement:
        yield NO_CLEANER


def support_without_cleaner_power(scenario: Scenario) -> Iterator[str]:
    """Support for clean power in a world where nobody buys it for its price, or where none is on offer."""
    on, offers = scenario.mechanisms, {region.id: region.clean_premium < inf for region in scenario.regions}
    for policy in in_force(scenario):
        if "clean_support" not in policy.levers:
            continue
        if not on.abatement:
            yield f"policy {policy.id} {SUPPORTS_PROMISED if on.pledges else SUPPORTS_NONE}"
            continue
        missing = [id for id in policy.regions or scenario.region_ids if not offers[id]]
        if missing:
            keys = " and ".join(f"region.{id}.clean_premium" for id in missing)
            yield f"policy {policy.id} pays nothing where no clean power is on offer: {keys} is not given."


def everywhere_beside_some(scenario: Scenario) -> Iterator[str]:
    """A tax of the whole world beside a programme for some of it, or in a world with a country's own region or labs,
    where that part's own tax may be meant."""
    regions = ", ".join(f'"{region}"' for region in own_regions(scenario) or ("<region>",))
    own, none = f" (for a country's own write regions = [{regions}] in it).", ". It does not differ by region."
    for policy in world_wide_revenue(scenario):
        yield (
            f"policy {_spaced(policy.id)} holds in all {counted(len(scenario.region_ids), 'region')}: what it raises "
            f"is the whole world's, and no one country's{own if 'regions' in policy.parameters() else none}"
        )


def revenue_that_leaves_its_regions(scenario: Scenario) -> Iterator[str]:
    """A tax of one country whose revenue goes to all countries' labs, where its own may be meant."""
    for policy in scenario.policies:
        if policy.neutral or not policy.regions or not set(policy.regions) < set(scenario.region_ids):
            continue
        named = {policy.second_use: "second_use", policy.revenue_use: "revenue_use"}
        paid = [use for use in policy.uses() if use in RECEIVERS]
        if paid:
            labels = [region.label for region in scenario.regions if region.id in policy.regions]
            who = " and ".join(dict.fromkeys(RECEIVERS[use] for use in paid))
            keys = ", ".join(f'{named[use]} = "{use}"' for use in paid)
            yield (
                f"policy {_spaced(policy.id)} holds in {joined(labels)} alone, and its revenue goes to {who} of all "
                f"regions alike ({keys}). Only a kind of their own tells labs of one region apart."
            )


def _spaced(id: str) -> str:
    return id.replace("_", " ")


def joined(names: Sequence[str]) -> str:
    """Regions in a sentence."""
    *first, last = [f"the {name}" if name.startswith("United") else name for name in names] or [""]
    return f"{', '.join(first)} and {last}" if first else last
