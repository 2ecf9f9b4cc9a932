"""Tables that documents take from the code, written between marks so that nobody writes them twice.

python docs/tables.py           # write them into the pages
python docs/tables.py --check   # name the pages that are behind; exit code 1 if there are any

Tables of results come from those in docs/findings and docs/real-policies, which `make numbers` makes anew; so do
notes in files of scenarios on what laws on record, and shipped caps and clean power, change.
"""

import ast
import re
import sys
from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Callable
from dataclasses import Field, fields
from functools import cache, partial
from inspect import getsource
from math import inf, isinf
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.actors import Kind  # noqa: E402
from sim.actors import registry as kinds  # noqa: E402
from sim.cli import commands as of_program  # noqa: E402
from sim.cli.groups import Group  # noqa: E402
from sim.cli.options import simulation  # noqa: E402
from sim.economy.observe import Period, Step  # noqa: E402
from sim.evidence import effects, language, worlds  # noqa: E402
from sim.evidence import policies as evidence  # noqa: E402
from sim.evidence import real_policies as on_record  # noqa: E402
from sim.history.targets import TARGETS as of_records  # noqa: E402
from sim.measures import registry as measures  # noqa: E402
from sim.mechanisms.scaling import LAWS, Law  # noqa: E402
from sim.mechanisms.theories import THEORIES, Theory  # noqa: E402
from sim.model import Actor  # noqa: E402
from sim.policies import FALLS, Policy  # noqa: E402
from sim.policies import registry as policies  # noqa: E402
from sim.policies.levers import LEVERS, SCOPES  # noqa: E402
from sim.quantity import UNITS, Series, factor  # noqa: E402
from sim.report.glossary import glossary  # noqa: E402
from sim.scenario import load, real_policies, shipped  # noqa: E402
from sim.scenario.data import laws as published  # noqa: E402
from sim.scenario.schema import TABLES as SCHEMA  # noqa: E402
from sim.scenario.schema import Region  # noqa: E402
from sim.scenario.writing import inputs  # noqa: E402
from sim.shippedfiles import scenario_names  # noqa: E402

MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
SEVERAL = {np.add: "add up", np.minimum: "the smallest holds", np.maximum: "the largest holds"}
AXES = {"use": "use of revenue", "scope": f"scope ({', '.join(SCOPES)})"}
UNIT = re.compile(r"((?:FLOP|USD|kWh|kgCO2e)(?:/\w+)?|years?)\b[,:]? ?(.*)")
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
LANGUAGE = ROOT / "docs" / language.FOLDER
NUMBER_COLUMNS = ["value", "range", "basis", "source or reason"]
IN_BRACKETS = re.compile(r" \(([^()]*)\)")
SHAPE = re.compile(r"(\([\w, ]+\)) (.*)")


def levers() -> str:
    """What policies may pull."""
    rows = []
    for name, lever in LEVERS.items():
        neutral = "none" if isinf(lever.neutral) else f"{lever.neutral:g}"
        axes = ", ".join(AXES.get(axis, axis) for axis in lever.differs_by)
        rows.append([f"`{name}`", lever.unit, lever.doc, neutral, SEVERAL[lever.combine], axes])
    return table(["lever", "unit", "what it is", "neutral", "several policies", "may differ by"], rows)


def units() -> str:
    """Units in which numbers are declared."""
    rows = [[f"`{unit}`", phrase, f"{factor(unit, unit):.10g}"] for unit, (phrase, _) in UNITS.items()]
    return table(["declared", "what it is", "one in base units"], rows)


def record(kind: type) -> str:
    """Fields of a record: shape, unit and meaning from the comments beside them."""
    lines = getsource(kind).splitlines()
    (declared,) = ast.parse("\n".join(lines)).body
    assert isinstance(declared, ast.ClassDef)
    rows = []
    for entry in declared.body:
        if not (isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name)):
            continue
        annotated, said = ast.unparse(entry.annotation), lines[entry.lineno - 1].partition("  # ")[2].replace("``", "`")
        shape, said = _split(SHAPE, said, "(n,)" if annotated in ("Array", "Mask") else "")
        unit, meaning = _split(UNIT, said, "")
        rows.append([f"`{entry.target.id}`", shape, unit, meaning])
    return table(["field", "shape", "unit", "what it is"], rows)


def _split(pattern: re.Pattern[str], said: str, usual: str) -> tuple[str, str]:
    """What a text begins with, and the rest; ``usual`` where it begins otherwise."""
    found = pattern.fullmatch(said)
    return (found[1], found[2]) if found else (usual, said)


def actor() -> str:
    """What an agent can be asked, from what its properties say of themselves: unit in brackets, then the rest."""
    rows = [
        ["`kind`", "", "id of its kind in the scenario"],
        ["`row`", "", "its place in arrays of all actors, from 0"],
    ]
    for name, value in vars(Actor).items():
        if isinstance(value, property):
            said = " ".join(str(value.__doc__).split()).removesuffix(".")
            unit = next(iter(IN_BRACKETS.findall(said)), "")
            said = said.replace(f" ({unit})", "", 1)
            rows.append([f"`{name}`", unit, f"{said[0].lower()}{said[1:]}"])
    return table(["attribute", "unit", "what it is"], rows)


def claims() -> str:
    """What each policy is held to."""
    rows = []
    for name, policy in policies().items():
        moved = [(measures()[claim.measure], claim.moves == FALLS) for claim in policy.claims]
        said = [f"{measure.subject} {measure.words.verbs[falls]}" for measure, falls in moved]
        rows.append([f"`{name}`", f"`{policy.strength}`", "; ".join(said)])
    return table(["policy", "strength", "what it does first, in its scenario"], rows)


def laws_as_published() -> str:
    """Shipped laws and programmes, with what each asks and what its file says was found."""
    rows = []
    for file in real_policies():
        read = load(file)
        found = re.search(r"^# Found: (.*\n(?:# .*\n)*)", noted(file), re.MULTILINE)
        said = found[1].replace("\n# ", " ").strip().removeprefix(f"{on_record.LUCK}: ") if found else ""  # told above
        link = f"[{read.title}](../{file.relative_to(ROOT).as_posix()})"
        by_year = re.sub(r" (?=In 20\d\d |Meaning: )", "<br>", f"{said[:1].upper()}{said[1:]}")
        rows.append([link, read.question, by_year])
    return table(["law or programme", "question", "found"], rows)


def noted(file: Path) -> str:
    """A file of a policy with its note as the record has it."""
    record = on_record.read(pd.read_csv(ROOT / "docs" / on_record.FOLDER / on_record.EFFECTS))
    return on_record.noted(file.read_text(encoding="utf-8"), record, load(file))


def noted_world(name: str, file: Path) -> str:
    """A file of another world with its note as the record has it."""
    return worlds.noted(file.read_text(encoding="utf-8"), _found(worlds.RECORD), name)


def leaks() -> str:
    """What is emitted elsewhere of what policies on some regions cut there."""
    record = on_record.read(pd.read_csv(ROOT / "docs" / on_record.FOLDER / on_record.EFFECTS))
    rows = on_record.leaks(record)
    return table(["policy", "year", "emissions where it holds", "the world's", "of the cut, emitted elsewhere"], rows)


def all_policies() -> str:
    """What each policy does, what it cannot do, which laws it expresses, and its parameters."""
    return "\n".join(_policy(name, policy) for name, policy in policies().items())


def _policy(name: str, policy: type[Policy]) -> str:
    laws = "".join(f"- {law}.\n" for law in policy.laws)
    none = policy.__dataclass_fields__["kinds"].metadata["spec"].none
    serves = f" Without `kinds` it applies to {none}." if policy.serves else ""
    example = f"[`scenarios/{name}.toml`](../scenarios/{name}.toml)"
    return (
        f"## `{name}`\n\n{policy.told()}{serves}\n\nIt cannot {policy.cannot}.\n\nLaws and programmes:\n\n{laws}\n"
        f"In use: {example}. Source: {policy.source}.\n\n{_own(policy, Policy)}"
    )


def words() -> str:
    """Words that a reader may not know."""
    said = sorted(glossary(), key=lambda word: word.name.lower())
    return table(["word", "what it is"], [[word.name, word.meaning] for word in said])


def keys(declaring: type) -> str:
    """Keys of a table of scenario files."""
    return table(KEY_COLUMNS, [_key(entry) for entry in fields(declaring) if entry.name != "id"])


def _key(entry: Field[Any]) -> list[str]:
    spec = entry.metadata["spec"]
    if spec.form == "choice":
        allowed = ", ".join(spec.options)
    elif spec.form in ("text", "names", "flag"):
        allowed = "true, false" if spec.form == "flag" else ""
    elif (spec.low, spec.high) == (-inf, inf):
        allowed = "any"
    else:
        allowed = f"from {spec.low:g}" if spec.high == inf else f"{spec.low:g} to {spec.high:g}"
    form = "number or series" if spec.by_year else spec.form
    return [f"`{entry.name}`", form, spec.unit, allowed, spec.doc]


def _own(declaring: type, base: type) -> str:
    """Keys that a class has beside those of its base."""
    common = {entry.name for entry in fields(base)}
    return table(KEY_COLUMNS, [_key(entry) for entry in fields(declaring) if entry.name not in common])


def keys_of_laws() -> str:
    """Numbers of every law: first those that all have."""
    parts = [keys(Law)]
    parts += [f"A law of the form `{form}`, {law.formula}, also has\n\n{_own(law, Law)}" for form, law in LAWS.items()]
    parts += [
        f'With `theory = "{name}"` ({theory.says}):\n\n{_own(theory, Theory)}'
        for name, theory in THEORIES.items()
        if fields(theory)
    ]
    return "\n".join(parts)


def keys_of_rules() -> str:
    """Keys of every kind of actor that are its own."""
    return "\n".join(f'With `rule = "{rule}"`:\n\n{_own(kind, Kind)}' for rule, kind in kinds().items())


def benchmarks() -> str:
    """Tasks that laws were fitted to."""
    return table(["benchmark", "what it is"], [[f"`{id}`", label] for id, label in published()["labels"].items()])


def profiles() -> str:
    """Published fits, with the benchmarks they are there for."""
    found: dict[str, tuple[str, list[str]]] = {}
    for benchmark, fits in published()["benchmarks"].items():
        for profile, fit in fits.items():
            found.setdefault(profile, (fit["form"], []))[1].append(f"`{benchmark}`")
    rows = [[f"`{name}`", f"`{form}`", ", ".join(tasks)] for name, (form, tasks) in found.items()]
    return table(["profile", "form of the law", "benchmarks"], rows)


def commands() -> str:
    """Every command under the heading of its group, with an example and what it takes."""
    common = [_argument(action) for action in _taken(simulation)]
    parts = []
    for group in Group:
        parts.append(f"## {group}\n")
        for name, command in of_program().items():
            if group != command.GROUP:
                continue
            said, shown = command.HELP[0].upper() + command.HELP[1:], f"```sh\npython run.py {command.EXAMPLE}\n```"
            taken = [_argument(action) for action in _taken(command.arguments)]
            own = [row for row in taken if row not in common]
            parts.append(f"### `{name}`\n\n{said}.\n\n{shown}\n")
            parts += [table(["argument", "what it is"], own)] if own else []
            shared = [row[0] for row in common if row in taken]
            if shared:
                which = "All" if len(shared) == len(common) else ", ".join(shared)
                parts.append(f"{which} of the [options of a simulation](#options-of-a-simulation).\n")
    parts.append(f"## Options of a simulation\n\n{table(['option', 'what it is'], common)}")
    return "\n".join(parts)


def _taken(declare: Callable[[ArgumentParser], None]) -> list[Action]:
    """Arguments that a command declares."""
    parser = ArgumentParser(add_help=False)
    declare(parser)
    return [action for action in parser._actions if action.help != SUPPRESS]


def _argument(action: Action) -> list[str]:
    takes = str(action.metavar or (action.dest.upper() if action.choices else ""))
    named = " ".join([*action.option_strings, takes]).strip()
    allowed = f": {', '.join(map(str, action.choices))}" if action.choices else ""
    return [f"`{named}`", (action.help or "").replace("%%", "%") + allowed]


def targets() -> str:
    """What is compared between records and a simulated world."""
    rows = [[f"`{name}`", unit, meaning] for name, (unit, meaning, _) in of_records.items()]
    return table(["target", "unit", "what it is"], rows)


def numbers() -> str:
    """Every number of the world of the baseline, and where it comes from."""
    return table(
        ["number", *NUMBER_COLUMNS], [[f"`{entry['path']}`", *_number(entry)] for entry in told_of("baseline")]
    )


def other_numbers() -> str:
    """Numbers of the world that other shipped scenarios set anew."""
    usual = {entry["path"]: _number(entry) for entry in told_of("baseline")}
    rows = [
        [f"[{name}](../scenarios/{name}.toml)", f"`{entry['path']}`", *_number(entry)]
        for name in shipped_names() for entry in told_of(name) if usual.get(entry["path"]) != _number(entry)
    ]  # fmt: skip
    return table(["scenario", "number", *NUMBER_COLUMNS], rows)


def choices() -> str:
    """Numbers that a shipped scenario sets as a choice of its study: years, repetitions, how strong a policy is."""
    usual = _chosen("baseline")
    rows = [
        [f"[{name}](../scenarios/{name}.toml)", f"`{path}`", *_number(entry)[:1], entry["meaning"]]
        for name in shipped_names() for path, entry in _chosen(name).items()
        if name == "baseline" or usual.get(path) != entry
    ]  # fmt: skip
    return table(["scenario", "number", "value", "what it is"], rows)


@cache
def _chosen(name: str) -> dict[str, dict[str, str]]:
    """Numbers by path that a shipped scenario's files set as choices."""
    scenario = load(shipped() / f"{name}.toml")
    return {
        one.path: entry for one, entry in zip(scenario.quantities, inputs(scenario), strict=True)
        if one.basis == "choice" and one.path in scenario.tree.origin
        and isinstance(one.base, int | float | Series) and not isinstance(one.base, bool)
    }  # fmt: skip


def shipped_names() -> list[str]:
    """Shipped scenarios, by their places below the folder."""
    return scenario_names()


@cache
def told_of(name: str) -> list[dict[str, str]]:
    """Numbers and series of the world of a shipped scenario, ready to print; choices are none of them."""
    return [entry for entry in inputs(load(shipped() / f"{name}.toml")) if entry["basis"] != "choice"]


def _number(entry: dict[str, str]) -> list[str]:
    """Value, range, what it rests on, and why."""
    cells = [entry["value"], entry["range"], entry["basis"], entry["why"]]
    return [cell.replace("|", "/").replace("\n", " ").strip() for cell in cells]


def results_of_policies() -> str:
    """What each policy changes, in plain words."""
    told = table(*evidence.in_words(_found(evidence.RECORD), _found(evidence.GAINS)))
    return told.replace("](scenarios/", "](../scenarios/")


def policies_at_a_glance() -> str:
    """What each policy changes, in few columns and without ranges."""
    return table(*evidence.at_a_glance(_found(evidence.RECORD), _found(evidence.GAINS)))


def results_of_permits() -> str:
    """What caps on compute change, with both intervals."""
    found = _found(evidence.RECORD)
    head, rows = evidence.with_ranges(found, _permits(found), evidence.SHARED_OUT)
    return table(head, [[cell.replace("\n", "<br>") for cell in row] for row in rows])


def compute_under_permits() -> str:
    """What caps on compute leave to labs and startups, and the error of a typical lab."""
    found = _found(evidence.RECORD)
    return table(*evidence.own_compute(found, _found(evidence.GAINS), _permits(found)))


def results_of_worlds() -> str:
    """What comes out in other worlds."""
    return table(*worlds.in_words(_found(worlds.RECORD)))


def language_worlds() -> str:
    """What comes out where the task is language."""
    return table(*language.worlds_in_words(pd.read_csv(LANGUAGE / language.WORLDS)))


def language_policies() -> str:
    """What each policy does in the baseline, and where the task is language."""
    return table(*language.side_by_side(_found(evidence.RECORD), pd.read_csv(LANGUAGE / evidence.RECORD)))


def effects_on_record() -> str:
    """Documented shocks: foretold, said by the model now, and as they came."""
    head, rows = effects.in_words(pd.read_csv(ROOT / "docs" / "effects" / effects.RECORD))
    return table(head, [[f"[{name}](../scenarios/{effects.FOLDER}/{name}.toml)", *row] for name, *row in rows])


def records_of_effects() -> str:
    """Where the record of each shock is from."""
    rows = [[shock.scenario, shock.source, shock.mark, shock.note] for shock in effects.shocks()]
    return table(["shock", "record", "seen", "limits"], rows)


def _found(file: str) -> pd.DataFrame:
    """A table that the findings rest on."""
    return pd.read_csv(ROOT / "docs" / "findings" / file)


def _permits(found: pd.DataFrame) -> list[str]:
    return [name for name in found["scenario"].unique() if name.startswith("compute_permits")]


KEY_COLUMNS = ["key", "form", "unit", "allowed", "meaning"]
TABLES: dict[str, Callable[[], str]] = {
    "levers": levers,
    "units": units,
    "step": partial(record, Step),
    "period": partial(record, Period),
    "actor": actor,
    "claims": claims,
    "policies": all_policies,
    **{f"keys_{name}": partial(keys, declaring) for name, declaring in SCHEMA.items()},
    "keys_region": partial(keys, Region),
    "keys_kind": partial(keys, Kind),
    "keys_policy": partial(keys, Policy),
    "keys_of_laws": keys_of_laws,
    "keys_of_rules": keys_of_rules,
    "benchmarks": benchmarks,
    "profiles": profiles,
    "commands": commands,
    "targets": targets,
    "numbers": numbers,
    "other_numbers": other_numbers,
    "choices": choices,
    "results_of_policies": results_of_policies,
    "policies_at_a_glance": policies_at_a_glance,
    "results_of_permits": results_of_permits,
    "compute_under_permits": compute_under_permits,
    "results_of_worlds": results_of_worlds,
    "language_worlds": language_worlds,
    "language_policies": language_policies,
    "effects_on_record": effects_on_record,
    "records_of_effects": records_of_effects,
    "words": words,
    "real_policies": laws_as_published,
    "leaks": leaks,
}


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |").replace("|  |", "| |") for line in lines)


def current(text: str) -> str:
    """A page with its tables as the code has them now. Raises KeyError for a table that nobody makes."""
    return MARK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def behind() -> dict[Path, str]:
    """Pages, and files with a note, that differ from the code and its records, and how they should read."""
    now: dict[Path, Callable[[], str]] = {page: partial(_page, page) for page in PAGES}
    now |= {file: partial(noted, file) for file in on_record.files().values()}
    now |= {file: partial(noted_world, name, file) for name, file in worlds.files(_found(worlds.RECORD)).items()}
    found = {file: make() for file, make in now.items()}
    return {file: text for file, text in found.items() if text != file.read_text(encoding="utf-8")}


def _page(page: Path) -> str:
    return current(page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    found = behind()
    for page, text in found.items():
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
        print(page.relative_to(ROOT))
    sys.exit(int("--check" in sys.argv and bool(found)))
