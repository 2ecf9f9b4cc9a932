"""What the page says of a year in one sentence: the verdict of the comparison report, or why nothing differs."""

from sim.app.ensemble import Change, PairedWorlds
from sim.measures import Measure, registry, told
from sim.measures.access import ACADEMIA_SHARE
from sim.policies import Policy
from sim.report.comparison import verdict
from sim.report.comparison.reasons import DRAWN, REPLICATES, in_how_many, limits_alone, why_never
from sim.report.comparison.verdict import SpokenEffect
from sim.report.words import MINUS
from sim.results.certainty import DIRECTED, SMALL, Sureness, direction, sureness
from sim.results.statistics import FEWEST, Effect, alike

NONE_ON = "No policy is on; both worlds are the same."
ALIKE = "Both worlds have the same policies, so they are the same."
BEYOND = " (beyond the evidence)"  # of a year, where the sentence says more than what records reach
UNCLEAR = f"{Sureness.UNCLEAR.value.capitalize()}: "  # how a verdict begins that knows nothing else
MOST = 4  # changes that are told of a world without policies, and of one pair


def spoken() -> dict[str, Measure]:
    """Measures that the sentence speaks of."""
    return {**told("by_year"), ACADEMIA_SHARE: registry()[ACADEMIA_SHARE], **told("money")}


def sentence(worlds: PairedWorlds, changes: Change, i: int, ends: float, also: str = "") -> str:
    """The verdict of the comparison report, for one year and from these pairs alone, with a remark on these. A year
    after that in which evidence ends is said to be beyond it."""
    if worlds.baseline.is_same(worlds.policy):
        return NONE_ON if all(policy.neutral for policy in worlds.policy.policies) else ALIKE
    year = worlds.years[i]
    of_year = {id: each[i] for id, each in changes.items()}
    claims = []
    for id, measure in spoken().items():
        change = of_year[id]
        if change is not None and (not change.is_nothing or not measure.told.money):
            claims.append(SpokenEffect(measure, worlds.unit(id), change))
    if all(claim.last.is_nothing for claim in claims):
        return f"In {year} nothing differs: {why_nothing(worlds, year)}."
    when = f"{year}{BEYOND}" if year > ends else f"{year}"
    if len(worlds.found) < FEWEST:
        told_ = [claim for claim in claims if not claim.last.is_nothing and not claim.measure.told.money]
        return f"In {when}, as assumed and in one draw of luck: {_roughly(told_[:MOST])}."
    who = _who(worlds, year)
    if not who:
        return f"In {when}, against the baseline, this world has {_apart(claims)}. {also}".rstrip()
    text = verdict.sentence(verdict.clauses(claims, (year, year), of_year))
    if text.startswith(UNCLEAR) and ";" not in text:
        return f"In {when} it is unclear which way {who} moves {text.removeprefix(UNCLEAR)} {also}".rstrip()
    return f"In {when}{f' {who}' if _acts(text) else ':'} {text[:1].lower()}{text[1:]} {also}".rstrip()


def _who(worlds: PairedWorlds, year: int) -> str:
    """What acts in a year: policies where they alone differ, else the setting as a whole; nothing where no policy has
    begun that only it has, so that another difference acts."""
    acting = [policy for policy in differing(worlds) if not policy.neutral]
    kept = {policy.id for policy in worlds.policy.policies if not policy.neutral}
    dropped = [policy for policy in worlds.baseline.policies if policy.id not in kept and not policy.neutral]
    alone = worlds.baseline.is_same_world(worlds.policy) and not dropped
    if not acting or (not alone and not any(policy.begins_by(year) for policy in acting)):
        return ""
    if not alone:
        return "this setting"
    return "this mix of policies" if len(acting) > 1 else "this policy"


def remark(worlds: PairedWorlds) -> str:
    """In how many pairs of worlds nothing differs, and why, as the comparison report has it; nothing where that is in
    none, in all of whatever luck, or where pairs are few."""
    kinds = {REPLICATES: worlds.luck, DRAWN: worlds.found} if worlds.drawn else {REPLICATES: worlds.found}
    counts = {what: (alike(both.values for both in found), len(found)) for what, found in kinds.items()
              if len(found) >= FEWEST}  # fmt: skip
    return "" if why_never(worlds.baseline, worlds.policy) else in_how_many(counts, worlds.baseline, worlds.policy)


def differing(worlds: PairedWorlds) -> list[Policy]:
    """The policies of the policy world that the baseline does not have."""
    return [policy for policy in worlds.policy.policies if policy not in worlds.baseline.policies]


def why_nothing(worlds: PairedWorlds, year: int) -> str:
    """Why nothing differs in a year, in worlds that are not the same."""
    policies = differing(worlds)
    acting = [policy for policy in policies if not policy.neutral]
    if not policies:
        return "what sets this world apart does not show"
    if not acting:
        return "nothing is set that what is switched on could do"
    begun = [policy for policy in acting if policy.begins_by(year)]
    if not begun:
        return f"the policy starts in {min(policy.start for policy in acting):g}"
    on = [policy for policy in begun if policy.acts_within(year, year)]
    if not on:
        return f"the policy ended in {max(policy.end for policy in begun):g}"
    one = len(on) == 1
    if limits_alone(on):
        does = "what it limits stays within its limits" if one else "what they limit stays within their limits"
    else:
        does = "what it changes has no effect" if one else "what they change has no effect"
    return f"{'the policy is' if one else 'the policies are'} on, and {does}"


def _apart(claims: list[SpokenEffect]) -> str:
    """What a world without policies of its own has more and less of, the largest first; what is not told is left to the
    cards."""
    directed = sorted((c for c in claims if sureness(c.last) in DIRECTED), key=lambda claim: -verdict.size(claim.last))
    parts = [_more_or_less(claim) for claim in directed[:MOST]]
    unclear = [claim.measure.subject for claim in claims if sureness(claim.last) is Sureness.UNCLEAR]
    if unclear:
        parts.append(f"no clear difference in {verdict.listed(unclear)}")
    if not parts:
        parts.append(f"hardly another {verdict.listed([claim.measure.subject for claim in claims[:MOST]])}")
    return "; ".join(parts)


def _more_or_less(claim: SpokenEffect) -> str:
    """emissions lower by about 20 %; the compute divide perhaps higher by about 5 % (0 to 9 %)."""
    change, may = claim.last, sureness(claim.last) is Sureness.MAY
    word = claim.measure.words.comparatives[direction(change) < 0]
    size, beside = verdict.measured(change, claim.unit)
    about = "about" if size.endswith("-fold") else "by about"
    return f"{claim.measure.subject} {'perhaps ' if may else ''}{word} {about} {size}{f' ({beside})' if beside else ''}"


def _acts(text: str) -> bool:
    """Whether a verdict begins with what a policy does."""
    verbs = {verb.split()[0] for measure in spoken().values() for verb in measure.words.makes}
    return text.split()[0].lower() in {*verbs, "may"}


def _roughly(claims: list[SpokenEffect]) -> str:
    """Emissions −3 %; hardly any change in the frontier's error: a size of about nothing would read as its level."""
    still = [claim.measure.subject for claim in claims if _is_small(claim.last)]
    parts = [f"{claim.measure.subject} {_sized(claim)}" for claim in claims if not _is_small(claim.last)]
    return "; ".join([*parts, f"hardly any change in {verdict.listed(still)}"] if still else parts)


def _is_small(change: Effect) -> bool:
    return change.in_percent and abs(change.luck.relative.middle) < SMALL


def _sized(claim: SpokenEffect) -> str:
    """A change without a word on how sure it is: −71 %, 21-fold, +$30 B."""
    middle = claim.last.luck.on(relative=claim.last.in_percent).middle
    size = verdict.written(middle, claim.unit, relative=claim.last.in_percent)
    return size if size.endswith("-fold") else f"{MINUS if middle < 0 else '+'}{size}"
