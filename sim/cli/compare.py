"""``compare``: what policies change, in pairs on the same luck."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.arguments import DISCOUNT, PAIRS
from sim.cli.groups import Group
from sim.cli.options import option, overrides, share, simulation
from sim.cli.studying import begun, seed_tail
from sim.cli.tables import points, table, wrapped
from sim.errors import InputError, UnfitLaw
from sim.pasting import pasted
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.report.comparison.matrix import Row
    from sim.report.comparison.summary import ComparisonSummary, PolicySummary
    from sim.results import Comparison
    from sim.scenario import Scenario
    from sim.study.planned import Planned
    from sim.study.repeated import ReplicatesWanted

NAME, GROUP, ORDER = "compare", Group.MAIN, 2
HELP = "compare scenarios with the first of them, in pairs on the same luck"
EXAMPLE = "compare scenarios/baseline.toml scenarios/carbon_tax.toml"
ACROSS = 5  # columns of a table of policies that fit on a line
PAIRS_SHOWN = 6  # of policies in place of each other, in the terminal
KEYS = 4  # that differ, that are named


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "scenarios", type=Path, nargs="+", metavar="SCENARIO", help="scenario files, the baseline first"
    )
    parser.add_argument(
        "--all", action="store_true",
        help="every shipped policy, put onto the baseline: what would each do in this world?",
    )  # fmt: skip
    parser.add_argument(
        "--discount", type=share("--discount"), default=DISCOUNT, metavar="RATE",
        help=f"real rate at which costs are discounted, a fraction per year (default: {DISCOUNT})",
    )  # fmt: skip
    parser.add_argument(
        "--combined",
        action="store_true",
        help="also a world with the policies of all the others, and whether what they do adds up",
    )
    parser.add_argument(
        "--across-laws", action="store_true",
        help="also compare under the other laws of the benchmark, in as many replicates",
    )  # fmt: skip
    parser.add_argument(
        "--theories", action="store_true",
        help="also compare under the other theories of progress, in as many replicates, and in their mixture",
    )  # fmt: skip
    option(parser, "--measure", more="beside the usual ones, first in each verdict, below it and in the report")
    simulation(parser, replicates=str(PAIRS), setting="an entry of a policy in the scenarios that have the policy, or "
               "in all if none has")  # fmt: skip


def act(options: Namespace) -> int:
    return begun(options, options.scenarios, tail=seed_tail(options, options.scenarios[0]))


def wanted(options: Namespace) -> "ReplicatesWanted":
    from sim.experiment.compare import paired
    from sim.experiment.laws import law_profiles, without
    from sim.experiment.theories import other_theories
    from sim.measures import registry as measures_of
    from sim.measures import require_known
    from sim.scenario import load
    from sim.scenario.combined import combined
    from sim.scenario.every_policy import every_policy, with_every_policy
    from sim.scenario.variants import meant, with_notes
    from sim.study.repeated import RepeatedPart, ReplicatesWanted

    if options.all and options.combined:
        allowed, fix = "the scenarios to combine, by name", "name them, and leave out --all"
        raise InputError("all shipped policies make no world: some are one policy in two forms", key="--combined",
                         found="--all --combined", allowed=allowed, fix=fix)  # fmt: skip
    policies = [{policy.id for policy in load(file).policies} for file in options.scenarios]
    every = [*policies, every_policy()] if options.all else policies
    if len(options.scenarios) == 1 and not options.all:
        raise _alone(options, policies[0])

    def read(replicates: int, law: str = "", theory: str = "") -> RepeatedPart:
        chosen = {"law.profile": law, "law.theory": theory}
        more = [f'{path}="{name}"' for path, name in chosen.items() if name]
        given = {**overrides(options), "replicates": replicates}
        found = [
            load(file, [*meant(options.settings, own, every), *more], **given)
            for file, own in zip(options.scenarios, policies, strict=True)
        ]
        if options.all:
            added, left_out = with_every_policy(found[0], options.settings, found[1:])
            tell(left_out, options.quiet or bool(more))
            found += added
        if options.combined:
            found.append(combined(found))
        hints = (*_set_in_some(options.settings, found), *_in_that_order(found), *_begin_too_late(found))
        for line in hints if not options.quiet and not more else ():
            print(line, file=sys.stderr)
        return RepeatedPart(paired(found, replicates), replicates, law, theory)

    first = read(options.replicates or PAIRS)
    own = first.scenarios[0].law_table.profile
    laws = [law for law in law_profiles(first.scenarios[0]) if law != own] if options.across_laws else []
    theories = other_theories(first.scenarios) if options.theories else []
    world = first.scenarios[0]
    require_known(options.measures, measures_of(*world.reported_on))
    more = {"every_step": options.every_step, "assumptions": True, "discount": options.discount,
            "measures": list(dict.fromkeys(options.measures))}  # fmt: skip
    others, left_out = list[RepeatedPart](), list[str]()
    for law in laws:
        try:
            others.append(read(first.replicates, law))
        except UnfitLaw as error:
            left_out.append(without(law, error))
    if left_out:
        first = replace(first, scenarios=[with_notes(world, [*world.notes, *left_out]), *first.scenarios[1:]])
    others += [read(first.replicates, theory=theory) for theory in theories]
    return ReplicatesWanted(NAME, [first, *others], more)


def _alone(options: Namespace, own: set[str]) -> InputError:
    """The error for one scenario: where a policy is set that a shipped scenario adds, the command with that one too."""
    from sim.experiment.compare import nothing_to_compare
    from sim.scenario import shipped_files
    from sim.scenario.variants import policy_of
    from sim.shippedfiles import as_named

    asked = {policy_of(text) for text in options.settings} - own
    (first,) = options.scenarios
    for file in shipped_files():
        if file.stem in asked:
            at = 1 + next(i for i, word in enumerate(options.typed) if Path(word) == first)
            return nothing_to_compare(1, pasted(*options.typed[:at], as_named(file), *options.typed[at:]))
    return nothing_to_compare(1)


def _set_in_some(settings: list[str], scenarios: list["Scenario"]) -> Iterator[str]:
    """For settings of a policy that not all scenarios have: which have it, and so are set."""
    from sim.scenario.variants import policy_of

    for id in dict.fromkeys(policy_of(text) for text in settings if policy_of(text)):
        having = [one.name for one in scenarios if id in {policy.id for policy in one.policies}]
        if len(having) < len(scenarios):
            texts = ", ".join(text for text in settings if policy_of(text) == id)
            who = f"{', '.join(having)} alone, which {'has' if len(having) == 1 else 'have'} {id}"
            yield f"Set in {who}: {texts}"


def _in_that_order(scenarios: list["Scenario"]) -> Iterator[str]:
    """Whether the first has policies that all others lack, which have none of their own: then all are told turned
    round."""
    first, *others = [{policy.id for policy in one.policies if not policy.neutral} for one in scenarios]
    if others and all(own < first for own in others):
        lacking = ", ".join(sorted(first.difference(*others)))
        yield (
            f"{scenarios[0].name} stands first and has what the others lack: {lacking}. Is the order meant? The first "
            "is the world that the others are held against, most often the one without the policy."
        )


def _begin_too_late(scenarios: list["Scenario"]) -> Iterator[str]:
    """Which change nothing, since all policies that the first has not begin after the last year that is simulated."""
    from sim.scenario.variants import in_time

    first, *others = scenarios
    for other in others:
        if first.is_same_world(other):
            try:
                in_time(set(other.policies) - set(first.policies), other.time.end, other.name)
            except InputError as error:
                yield f"{error.problem}. What helps: {error.fix}."


def tell(left_out: dict[str, str], quiet: bool) -> None:
    """Say which shipped scenarios are not compared, and why."""
    for why in dict.fromkeys(left_out.values()) if not quiet else ():
        print(f"Left out ({why}): {', '.join(name for name in left_out if left_out[name] == why)}", file=sys.stderr)


def report(found: "Comparison", summary: "ComparisonSummary", planned: "Planned", seconds: float) -> str:
    from sim.outputs.comparison import BRIEF
    from sim.report.words import spaced

    out = planned.directory
    if not found.pairs:
        return f"\n{wrapped(summary.cut_short)}\n\n{seconds:.1f} s, no pair is finished. What there is lies in {out}"
    lines = ["", wrapped(f"Against {summary.baseline}, in {found.years[-1]}:")]
    lines += _side_by_side(summary.columns, {spaced(name): cells for name, cells in summary.matrix.items()})
    lines += _instead(summary)
    lines += [line for text in filter(None, (summary.few_draws, summary.budget)) for line in ("", wrapped(text))]
    for policy in summary.policies:
        lines += ["", points([_titled(policy) if summary.matrix else policy.title, *policy.verdict])]
        if summary.few:
            lines += ["", wrapped(" ".join(policy.remarks))] if policy.remarks else []
            lines += ["", points([summary.as_they_stand, *policy.pictured])] if policy.pictured else []
            lines += _before_and_after(policy)
    lines += ["", *map(wrapped, summary.combined)] if summary.combined else []
    note = summary.note.split("\n")  # below its first line it is on cells with both intervals
    note = note if summary.few or summary.laws or summary.theories else note[:1]
    lines += ["", points(summary.reading.split("\n")), "", *map(wrapped, (*note, summary.errors_are, *summary.notes))]
    for law in summary.laws:
        lines += ["", f"Under {law.law} ({counted(law.replicates, 'replicate')}):"]
        lines += _side_by_side(law.columns, {spaced(name): dict(zip(law.columns, cells, strict=True))
                                             for name, cells in law.rows.items()})  # fmt: skip
    lines += ["", *map(wrapped, summary.across_laws)] if summary.across_laws else []
    if summary.theories:
        from sim.report.comparison.theories import grid

        lines += ["", "Under every theory of progress:", "", table(*grid(summary.theories))]
        lines += map(wrapped, (*summary.theories.survives, summary.theories.weighed))
    if summary.interrupted:
        lines += ["", wrapped(summary.cut_short)]
    lines += ["", f"{seconds:.1f} s, {counted(summary.replicates, 'replicate')} of each. Results in {out}"]
    money = ", costs, flows of money" if summary.money else ""
    lines.append(f"Start with {out / 'report.html'}: figures, all measures, who gains{money}.")
    lines.append(f"To hand on: {out / BRIEF}, one page.")
    return "\n".join(lines)


def _titled(policy: "PolicySummary") -> str:
    """The title of a policy, and behind it the name that its row has, where the title does not have that name in it."""
    from sim.report.words import spaced

    name = spaced(policy.name)
    return policy.title if name.replace("-", " ").lower() in policy.title.lower() else f"{policy.title} ({name})"


def _instead(summary: "ComparisonSummary") -> list[str]:
    """Policies in place of each other: of two all that changes, of more how often values are lower or higher."""
    from sim.report.words import spaced

    rows = {f"{spaced(one.policy)}, not {spaced(one.of)}": one for one in summary.instead}
    if not 0 < len(summary.instead) <= PAIRS_SHOWN:
        return []
    alone = len(rows) == 1
    kept = [column for column in summary.columns if alone or column in summary.instead[0].ahead]
    cells: dict[str, Row] = {}
    for name, one in rows.items():
        of = {column: (one.cells[column] if alone else "", one.ahead.get(column, "")) for column in kept}
        cells[name] = {column: "; ".join(dict.fromkeys(filter(None, texts))) for column, texts in of.items()}
    return ["", wrapped(f"{summary.instead_of}:"), *_side_by_side(kept, cells, apart=alone)]


def _side_by_side(columns: list[str], rows: Mapping[str, "Row"], *, apart: bool = True) -> list[str]:
    """Tables of cells by row and column, as many as the columns need, each behind an empty line."""
    return [
        text for i in range(0, len(columns), ACROSS) for some in [columns[i : i + ACROSS]]
        for text in ("", table([[name, *(_on_lines(cells[one]) for one in some)] for name, cells in rows.items()],
                               ["", *some], apart=apart))
    ]  # fmt: skip


def _on_lines(cell: str) -> str:
    """A cell with its ranges, and each of several amounts, on lines of their own."""
    return cell.replace("; ", ";\n").replace(" (", "\n(")


def _before_and_after(policy: "PolicySummary") -> list[str]:
    """What a scenario changes, in a line, and its few rows."""
    from sim.scenario.differences import ABSENT

    keys = [
        change.key if ABSENT in (change.first, change.second) else f"{change.key}: {change.first} → {change.second}"
        for change in policy.changes
    ]
    more = f" and {len(keys) - KEYS} more" if len(keys) > KEYS else ""
    rows = [[row.label, row.baseline, row.policy, row.change, row.judged] for row in policy.key]
    changed = f"{policy.name} changes {'; '.join(keys[:KEYS])}{more}." if keys else f"{policy.name} changes nothing."
    return ["", wrapped(changed), *([table(rows, ["", "baseline", "with it", "change", ""])] if rows else [])]
