"""What would each shipped policy do in one world? The policies of the shipped scenarios, put onto that world."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.arguments import is_file
from sim.errors import InputError, unknown
from sim.pasting import pasted
from sim.scenario.build import build
from sim.scenario.examples import BASELINE
from sim.scenario.load import read_tree, shipped, shipped_files
from sim.scenario.scenario import Scenario
from sim.scenario.tree import GROUP_KEYS, NOT_SET, TABLE_KEYS, Tree
from sim.scenario.variants import policy_of, with_settings
from sim.shippedfiles import as_named

OTHER_WORLD, THERE_ALREADY = "changes the world, not its policies", "there already"


def with_every_policy(
    world: Scenario, settings: Sequence[str] = (), others: Sequence[Scenario] = ()
) -> tuple[list[Scenario], dict[str, str]]:
    """A scenario for each shipped policy scenario: this world with those policies added. And, by name, why others were
    left out.

    ``settings`` are ``path=value`` texts: those of a policy go to the scenarios that have it. ``others`` are compared
    with the world already.
    """
    found: list[Scenario] = []
    left_out: dict[str, str] = {}
    baseline, *trees = (read_tree(file) for file in _files())
    for tree in trees:
        try:
            scenario = _onto(world, baseline, tree, settings)
        except InputError as error:
            left_out[tree.name] = error.problem
            continue
        if any(scenario.is_same(replace(other, run=world.run)) for other in others):  # as pairs are simulated
            left_out[tree.name] = THERE_ALREADY
        else:
            found.append(scenario)
    return found, left_out


def every_policy() -> set[str]:
    """The ids of the policies of all shipped scenarios."""
    return {entry["id"] for file in _files() for entry in read_tree(file).policies}


def policies_of(world: Scenario, policy: str | Path) -> tuple[str, dict[str, Any]]:
    """The name of a policy scenario, shipped or a file, and the entries by path that put its policies onto a world.

    Raises InputError where they cannot be put there, or where the file also changes the world.
    """
    text, ours = str(policy), _files()
    if not is_file(text) and text not in [file.stem for file in ours]:
        raise unknown("policy", text, _of_policies(ours), key="--against")
    tree = read_tree(Path(text) if is_file(text) else shipped() / f"{text}.toml")
    bases = [read_tree(ours[0]).data, world.tree.data]
    where: dict[str, Any] = {"file": tree.file, "key": "--against"}
    if _changes_world(tree, bases):
        allowed, fix = "a file that adds policies to the baseline", "put what it changes into the scenario itself"
        raise InputError(OTHER_WORLD, allowed=allowed, fix=fix, **where)
    there = {entry["id"] for entry in world.tree.policies}
    entries: dict[str, Any] = {}
    for entry in tree.policies:
        if entry["id"] in there:
            raise _has_it(world, text, entry["id"])
        if entry["id"] != entry["name"]:
            entries[f"policy.{entry['id']}"] = {"name": entry["name"]}
        entries |= {f"policy.{entry['id']}.{key}": value for key, value in entry.items() if key not in NOT_SET}
    if not entries:
        fix = f"name one of {', '.join(_of_policies(ours))}"
        raise InputError("no policy in this file", allowed="at least one that is not neutral", fix=fix, **where)
    return tree.name, entries


def _has_it(world: Scenario, policy: str, id: str) -> InputError:
    """The error for a policy that would be put onto a world that has it."""
    without = pasted("sensitivity", as_named(shipped() / f"{BASELINE}.toml"), "--against", policy)
    fix = f"name a scenario without it, as in `{without}`; or leave it out, to ask what decides in a world with it"
    return InputError(
        f"the scenario has {id} already, so there is no world without it to compare with", found=f"--against {policy}",
        allowed="policies that the scenario does not have", fix=fix, **world.tree.where(f"policy.{id}"),
    )  # fmt: skip


def _changes_world(tree: Tree, bases: Sequence[dict[str, Any]]) -> bool:
    """Whether a scenario has a table that none of these has."""
    return any(tree.data.get(key) not in [base.get(key) for base in bases] for key in (*TABLE_KEYS, *GROUP_KEYS))


def _of_policies(files: list[Path]) -> list[str]:
    """Names of the shipped scenarios that add policies to the baseline, and change nothing else."""
    baseline, *trees = (read_tree(file) for file in files)
    return [tree.name for tree in trees if tree.policies and not _changes_world(tree, [baseline.data])]


def _files() -> list[Path]:
    """Of the shipped scenarios, the baseline first."""
    baseline = shipped() / f"{BASELINE}.toml"
    return [baseline, *(file for file in shipped_files() if file.stem != BASELINE)]


def _onto(world: Scenario, baseline: Tree, shipped_tree: Tree, settings: Sequence[str]) -> Scenario:
    """The world with the policies of a shipped scenario, under its name. Raises InputError where that cannot be."""
    if _changes_world(shipped_tree, [baseline.data]):
        raise InputError(OTHER_WORLD)
    tree = world.tree.copy()
    tree.name, tree.file = shipped_tree.name, shipped_tree.file
    tree.data |= {key: shipped_tree.data[key] for key in ("title", "question")}
    there = {entry["id"] for entry in tree.policies}
    for entry in shipped_tree.policies:
        if entry["id"] in there:
            raise InputError(f"{entry['id']} is in the baseline already")
        tree.add_policy(entry, shipped_tree)
    added = {entry["id"] for entry in shipped_tree.policies}
    scenario = build(with_settings(tree, [text for text in settings if policy_of(text) in added]))
    new = [policy for policy in scenario.policies if policy.id in added]
    if not any(policy.begins_by(world.time.end) for policy in new):
        raise InputError(f"begins in {min(policy.start for policy in new):g}, after the last year")
    return scenario
