"""The comparison on one page, to be handed on: what was asked, what changes and how surely, in one picture. Who has
this page alone finds its words explained there, and no names of files."""

from base64 import b64encode

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.report.comparison.matrix import BUDGET, INSTEAD, SHOWN
from sim.report.comparison.other_entries import what
from sim.report.comparison.summary import ComparisonSummary, PolicySummary
from sim.report.glossary import glossary
from sim.report.template import Picture, template
from sim.results.certainty import NEAR, SMALL, Sureness
from sim.scenario.combined import NAME as COMBINED
from sim.scenario.variants import CHANGED

ALT = "What policies change, with ranges of luck and of assumptions too."
IN_WORDS = 3  # scenarios, or questions, above which one page has no room for words
PAIRS = 6  # of policies in place of each other, above which it has none for these
PICTURED = 6  # scenarios above which it has none for a picture
EXPLAINED = ("compute divide", "divide of the ten largest", "access gap")  # words of the glossary
ERROR = "error"
SAID = (
    ("may", f'"May": the range begins within {100 * SMALL:g} % of nothing, on either side, or the size is smaller.'),
    (
        Sureness.HARDLY.value.removesuffix("s"),
        f'"Hardly changes": by less than {100 * SMALL:g} %, and nowhere beyond {100 * NEAR:g} %.',
    ),
    (
        Sureness.UNCLEAR.value,
        '"Direction unclear": the range goes both ways, or the numbers as they stand, or luck, go against it.',
    ),
    ("median ", '"Median", "with drawn numbers": the middle of all draws, where the size is far from it.'),
)


def brief_page(summary: ComparisonSummary, picture: bytes | None, fingerprint: str) -> str:
    """The page; ``picture`` is a PNG."""
    policies = summary.policies
    shown = len(policies) <= IN_WORDS
    questions = [policy.question for policy in policies if policy.name != COMBINED]
    spoken = [policy for policy in policies if policy.name != COMBINED] if shown else []
    names = {policy.name: policy.called for policy in policies}
    made = {policy.name: policy.is_made_of for policy in policies if not shown and len(policies) <= PICTURED}
    rows = [(f"Without: {CHANGED.sub('', summary.baseline)}" if i == 0 else names[name], made.get(name, ()), cells)
            for i, (name, cells) in enumerate(summary.matrix.items())]  # fmt: skip
    return template("comparison/brief.html").render(
        summary=summary,
        heading=_heading(names, summary.worlds),
        names=names,
        baseline=CHANGED.sub("", summary.baseline),
        questions=dict.fromkeys(questions) if len(set(questions)) <= IN_WORDS else (),
        rows=rows,
        instead_of=INSTEAD.format(summary.years[1]),
        instead=[
            (names[row.policy], names[row.of], row.cells) for row in summary.instead if len(summary.instead) <= PAIRS
        ],
        compared=_compared(summary),
        spoken=spoken,
        unspoken=[f"{names[one.name]}: {said}." for one in policies if one not in spoken for said in one.at_bounds],
        explained=_explained(_text(summary, spoken), summary.errors_are),
        picture=picture and Picture("brief.png", ALT, b64encode(picture).decode("ascii")),
        fingerprint=fingerprint,
    )


def _compared(summary: ComparisonSummary) -> list[str]:
    """The columns of policies in place of each other: all but money of one such row, of several the divide, emissions
    and what was asked for."""
    many = [registry()[id].label for id in SHOWN if id not in (DIVIDE, EMISSIONS)] if len(summary.instead) > 1 else []
    return [column for column in summary.columns if column not in (BUDGET, *many)]


def _heading(names: dict[str, str], worlds: int) -> str:
    """What one policy is called, or how many there are, and worlds that are none."""
    first, *others = [title for name, title in names.items() if name != COMBINED]
    if not others:
        return first
    also = ", alone and combined" if COMBINED in names else ""
    return f"What {what(1 + len(others) - worlds, worlds, how_many=True)} change{also}"


def _text(summary: ComparisonSummary, spoken: list[PolicySummary]) -> str:
    """All that the page says of effects."""
    cells = [text for row in summary.matrix.values() for text in (*row, *row.values())]
    keys = [text for policy in summary.policies[:1] for row in policy.key for text in (row.label, row.judged)]
    lines = [line for policy in spoken for line in (*policy.verdict, *policy.spent)]
    pairs = [one.cells[column] for one in summary.instead for column in _compared(summary)]
    return " ".join([*(cells or keys), *lines, *pairs, *summary.combined, *summary.elsewhere]).lower()


def _explained(text: str, errors_are: str) -> list[str]:
    """What its words mean, of those that it has."""
    words = {word.name: word.meaning for word in glossary()}
    named = {name[:1].upper() + name[1:]: words[name] for name in EXPLAINED if name in text}
    error = registry()[FRONTIER_ERROR]
    named |= {error.label: f"{error.meaning}."} if error.label.lower() in text or error.subject in text else {}
    meanings = " ".join(f"{name}: {meaning[:1].lower()}{meaning[1:]}" for name, meaning in named.items())
    if ERROR in text:
        meanings += f" {errors_are}"
    return [meanings.strip(), " ".join(meaning for word, meaning in SAID if word in text)]
