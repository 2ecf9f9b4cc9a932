"""Every wrong input gives one message on stderr that names place, finding and remedy, exit code 2, and no output."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from sim.scenario import load
from tests.saying import Say, refused
from tests.worlds import ROOT, SCENARIOS

BASELINE = SCENARIOS / "baseline.toml"
HEAD = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
TAX = '[[policy]]\nname = "carbon_tax"\n'
WHY = 'basis = "assumed", note = "n"'
WORLD = tomllib.loads(BASELINE.read_text(encoding="utf-8"))
REGIONS, KINDS = list(WORLD["region"]), list(WORLD["kind"])
SELLERS = [kind for kind in KINDS if "reach" in WORLD["kind"][kind]]


def every(group: str, names: list[str], line: str) -> str:
    return "".join(f"[{group}.{name}]\n{line}\n" for name in names)


def margin(entry: str) -> str:
    return f"[product]\nmargin = {entry}\n"


def series(entry: str) -> str:
    return f"[market]\ncapacity = {entry}\n"


# What a scenario that extends the baseline says, the key of the message, what else must be in it.
WRONG = {
    # names
    "top-level key": ("[prodct]\nmargin = 1", "prodct", "did you mean 'product'?"),
    "key of a table": ("[product]\nmargn = 1", "product.margn", "unknown key 'margn'", "did you mean 'margin'?"),
    "key of the law": ("[law]\nstart_eror = 1", "law.start_eror", "did you mean 'start_error'?"),
    "run known in part": ("[law]\nknown_error = 0.2", "law.known_error", "known in part", "give law.known_compute"),
    "key of a quantity": (margin("{ value = 0.5, extra = 1 }"), "product.margin", "'extra'", "note, source, unit"),
    "shape": (
        margin(f'{{ value = 0.5, low = 0.4, high = 0.6, draw = "triangle", {WHY} }}'),
        "product.margin.draw",
        "did you mean 'triangular'?",
    ),
    "shape without a range": (
        margin(f'{{ value = 0.5, draw = "uniform", {WHY} }}'),
        "product.margin.draw",
        "add low and high",
    ),
    "logarithms of nothing": (
        margin(f'{{ value = 0.5, low = 0, high = 0.6, draw = "log-uniform", {WHY} }}'),
        "product.margin.draw",
        "low and high above 0",
    ),
    "share of a year before the run": (
        '[[policy]]\nname = "cap_and_trade"\ncap_share = 2\nstart = 2012.5',
        "policy.cap_and_trade.cap_share",
        "let it start in 2013 or later",
    ),
    "policy": ('[[policy]]\nname = "carbon_tx"', "policy.name", "'carbon_tx'", "did you mean 'carbon_tax'?"),
    "policy parameter": (f"{TAX}rat = 5", "policy.carbon_tax.rat", "did you mean 'rate'?"),
    "policy region": (f'{TAX}regions = ["chna"]', "policy.carbon_tax.regions", "did you mean 'china'?"),
    "policy kind": (f'{TAX}kinds = ["startups"]', "policy.carbon_tax.kinds", "did you mean 'startup'?"),
    "home": ("[kind.startup]\nhome = { frnce = 1 }", "kind.startup.home", "'frnce'", "did you mean 'france'?"),
    "kind": ('[kind.startp]\nlabel = "x"', "kind.startp", "'startp'", "did you mean 'startup'?"),
    "rule": ('[kind.lab]\nrule = "academc_lab"', "kind.lab.rule", "did you mean 'academic_lab'?"),
    "region": (
        '[region.chna]\nlabel = "x"',
        "region.chna.grid_intensity",
        "unknown region 'chna'",
        "did you mean 'china'?",
    ),
    "source": (margin('{ value = 0.5, source = "alexnt" }'), "product.margin", "'alexnt'", "did you mean 'alexnet'?"),
    "choice": ('[market]\nallocation = "prce"', "market.allocation", "did you mean 'price'?"),
    "benchmark": ('[law]\nbenchmark = "imagnet"', "law.benchmark", "did you mean 'imagenet'?"),
    "profile": ('[law]\nprofile = "thompson2020_exponentia"', "law.profile", "mean 'thompson2020_exponential'?"),
    "data file": (series(f'{{ data = "grid_intensity", {WHY} }}'), "market.capacity", "grid_intensity_by_country"),
    "entity": (
        f'[region.china]\ngrid_intensity = {{ data = "grid_intensity_by_country_year", entity = "Chin", {WHY} }}',
        "region.china.grid_intensity", "'Chin'", "did you mean 'China'?",
    ),
    "name of a region": ('[region."x y"]\nlabel = "x"', "region.x y", "letters"),
    "id of a region": ('[region.china]\nid = "x"', "region.china.id", "unknown key 'id'"),
    # units
    "unit": (f'{TAX}rate = {{ value = 5, unit = "USD" }}', "policy.carbon_tax.rate",
             "'USD' is not a price per tonne; write e.g. 'USD/tCO2'"),
    "nonsense unit": (f'{TAX}rate = {{ value = 5, unit = "((blorp" }}', "policy.carbon_tax.rate", "'((blorp' is not"),
    "empty unit": (f'{TAX}rate = {{ value = 5, unit = "" }}', "policy.carbon_tax.rate", "a price per tonne"),
    "unit of a number": (f"{TAX}rate = {{ value = 5, unit = 3 }}", "policy.carbon_tax.rate", "text", "found    3"),
    "unit of a count": (f'[kind.startup]\ncount = {{ value = 6, unit = "%", {WHY} }}', "kind.startup.count", "'%'"),
    # types
    "text": (margin('"0.5"'), "product.margin", "not a number", "'0.5'", "at least 0 and at most 1"),
    "truth": (margin("true"), "product.margin", "not a number", "found    true"),
    "list": (margin("[1]"), "product.margin", "not a number", "[1]"),
    "date": (margin("2020-01-01"), "product.margin", "not a number", "2020-01-01"),
    "text as value": (margin('{ value = "5" }'), "product.margin", "not a number", "'5'"),
    "table as value": ("[product.margin.value]\nx = 1", "product.margin", "not a number", "{ x = 1 }"),
    "no value": (margin("{}"), "product.margin", "a quantity needs a value"),
    "list for text": ("[region.china]\nlabel = 5", "region.china.label", "found    5", "text"),
    "text for list": (f'{TAX}kinds = "startup"', "policy.carbon_tax.kinds", "'startup'", "a list of names"),
    "number in a list of names": (f"{TAX}kinds = [1]", "policy.carbon_tax.kinds", "a list of names"),
    "list for a choice": (f'{TAX}revenue_use = ["treasury"]', "policy.carbon_tax.revenue_use", "treasury"),
    "list for a rule": ('[kind.lab]\nrule = ["startup"]', "kind.lab.rule", "startup"),
    "list for a benchmark": ('[law]\nbenchmark = ["imagenet"]', "law.benchmark", "imagenet"),
    "list for a source": (margin('{ value = 0.5, source = ["a"] }'), "product.margin", "unknown source"),
    "number for a note": (margin('{ value = 0.5, source = "alexnet", note = 5 }'), "product.margin", "a note is text"),
    "number for a table": ("time = 5", "time", "found    5", "[time]"),
    "list for a table": ("[[product]]\nmargin = 1", "product", "[product]"),
    "number for a region": ("[region]\nchina = 5", "region.china", "found    5"),
    "year as text": (f'{TAX}start = "2027"', "policy.carbon_tax.start", "write 2027, without quotes"),
    "comma in text": (margin('"0,5"'), "product.margin", "write 0.5: decimals follow a point"),
    "no percent": (margin("1.7"), "product.margin", "1.7 is 170 %; for 1.7 % write 0.017"),
    "digits of full width": (margin('"０.５"'), "product.margin", "write 0.5: digits are 0 to 9"),
    "a year of many": (
        f'[market]\ncapacity = {{ years = [2012, 2023], values = [3e25, -4], unit = "FLOP/yr", {WHY} }}',
        "market.capacity", "'-4 (in 2023)'",
    ),
    "quotes in quotes": (margin('"“0.5”"'), "product.margin", "write 0.5, without quotes"),
    "unit in text": (margin('"40 %"'), "product.margin", 'write { value = 40, unit = "%" }'),
    "form for a profile": (
        '[law]\nprofile = "chinchilla"', "law.profile", "unknown profile", 'benchmark = "language"',
        'profile = "hoffmann2022" (or besiroglu2024)',
    ),
    "form of its own and of others": (
        '[law]\nprofile = "polynomial"', "law.profile", '2020_polynomial" (or thompson2022_hard', "_power)\n",
    ),
    "profile of another benchmark": (
        '[law]\nbenchmark = "wmt"\nprofile = "ninth_power"', "law.profile", 'write benchmark = "imagenet" and profile',
    ),
    # values
    "percent as a number": (margin("40"), "product.margin", "for 40 % write 0.4, or { value = 40, unit = "),
    "upside down, of nothing": (
        f'[compute]\nflop_per_usd = {{ value = 0, unit = "USD/EFLOP", {WHY} }}', "compute.flop_per_usd", "above 0",
    ),
    "nan": (margin("nan"), "product.margin", "not a number", "nan"),
    "inf": (margin("inf"), "product.margin", "found    inf", "at most 1"),
    "beyond floats": (margin("1e400"), "product.margin", "found    inf"),
    "beyond integers": (margin("9" * 400), "product.margin", "out of range", "999..."),
    "negative": (margin("-1"), "product.margin", "found    -1", "at least 0"),
    "above": (margin("2"), "product.margin", "found    2", "a number, at least 0 and at most 1"),
    "above, in another unit": (margin(f'{{ value = 500, unit = "%", {WHY} }}'), "product.margin", "500 % = 5"),
    "range in the declared unit": (
        f'{TAX}rate = {{ value = 20, unit = "kUSD/tCO2" }}', "policy.carbon_tax.rate",
        "20 kUSD/tCO2 = 20000 USD/tCO2", "at least 0 and at most 10000 (USD/tCO2)",
    ),
    "low above value": (margin(f"{{ value = 0.5, low = 0.6, {WHY} }}"), "product.margin", "low <= value <= high"),
    "high below value": (margin(f"{{ value = 0.5, high = 0.4, {WHY} }}"), "product.margin", "high = 0.4"),
    "low out of range": (margin(f"{{ value = 0.5, low = -1, {WHY} }}"), "product.margin.low", "found    -1"),
    "no actors": ("[kind.startup]\ncount = 0", "kind.startup.count", "found    0", "at least 1"),
    "half an actor": ("[kind.startup]\ncount = 1.5", "kind.startup.count", "not whole", "1.5"),
    "a trillion actors": ("[kind.startup]\ncount = 1e12", "kind.startup.count", "out of range"),
    "too much for memory": ("[kind.startup]\ncount = 1e7\n[time]\nsteps_per_year = 99", "kind.startup.count", "memory"),
    "no steps": ("[time]\nsteps_per_year = 0", "time.steps_per_year", "found    0"),
    "end of time": ("[time]\nend = 1e9", "time.end", "at most 2200"),
    "backwards": ("[time]\nstart = 2050\nend = 2040", "time.end", "'2050 to 2040'", "an end from 2050 on"),
    "backwards by its start": ("[time]\nstart = 2100", "time.start", "runs backwards"),
    "too long": ("[time]\nstart = 1950\nend = 2200", "time.end", "too long", "200 years"),
    "negative seed": ("[run]\nseed = -1", "run.seed", "found    -1"),
    "no replicates": ("[run]\nreplicates = 0", "run.replicates", "found    0"),
    "runaway growth": ("[product]\ngrowth_exponent = 20", "product.growth_exponent",
                       "markets would grow without bound", "growth_exponent times the law's elasticity reaches one"),
    "range of the law": ("[law]\nbest_error = 0.9\nworst_error = 0.2", "law.worst_error", "'0.9 to 0.2'"),
    # where numbers come from
    "neither source nor note": (margin("{ value = 0.5, low = 0.4 }"), "product.margin", "source or a note", "neither"),
    "assumed without a note": (margin('{ value = 0.5, basis = "assumed" }'), "product.margin", "needs a source"),
    "unknown basis": (margin('{ value = 0.5, basis = "guess", note = "n" }'), "product.margin", "guess"),
    "source and basis": (margin(f'{{ value = 0.5, source = "alexnet", {WHY} }}'), "product.margin", "one of them"),
    "series without a source": (series("{ years = [2012], values = [1e25] }"), "market.capacity", "needs a source"),
    "source as text": ('[sources]\nbook = "x"', "sources.book", "a source is a table"),
    "source without a title": ('[sources.book]\nby = "x"', "sources.book", "needs a title"),
    "key of a source": ('[sources.book]\ntitle = "x"\nlnk = "x"', "sources.book", "did you mean 'link'?"),
    "way of seeing": ('[sources.book]\ntitle = "x"\nseen = "raed"', "sources.book", "did you mean 'read'?"),
    "list of authors": ('[sources.book]\ntitle = "x"\nby = ["x"]', "sources.book", "text"),
    # series
    "number for a path": (series("5"), "market.capacity", "not a yearly series", "years = [2012, 2023]"),
    "quantity for a path": (series('{ value = 5, unit = "FLOP/yr" }'), "market.capacity", "not a yearly series"),
    "text for a series": ('[yardsticks]\nsocial_cost = "5"', "yardsticks.social_cost", "not a yearly series"),
    "key of a series": (series(f"{{ years = [2012], values = [1], low = 1, {WHY} }}"), "market.capacity", "'low'"),
    "falling years": (series(f"{{ years = [2020, 2012], values = [1, 2], {WHY} }}"), "market.capacity",
                      "years out of order", "[2020, 2012]"),
    "unequal lengths": (series(f"{{ years = [2012, 2013], values = [1], {WHY} }}"), "market.capacity",
                        "'2 years, values [1]'", "as many values as years"),
    "empty series": (series(f"{{ years = [], values = [], {WHY} }}"), "market.capacity", "needs years", "found    []"),
    "no years": (series("{ values = [1] }"), "market.capacity", "needs years"),
    "half years": (series(f"{{ years = [2012.5], values = [1], {WHY} }}"), "market.capacity", "[2012.5]"),
    "years of the stone age": (series(f"{{ years = [-9000], values = [1], {WHY} }}"), "market.capacity", "1800"),
    "text in a series": (series(f'{{ years = [2012], values = ["a"], {WHY} }}'), "market.capacity", "'a'"),
    "nan in a series": (series(f"{{ years = [2012], values = [nan], {WHY} }}"), "market.capacity", "not a number"),
    "no capacity": (series(f"{{ years = [2012], values = [0], {WHY} }}"), "market.capacity",
                    "at least 1 and at most 1e+32 (FLOP/yr)"),
    "data and years": (series(f'{{ data = "x", years = [2012], {WHY} }}'), "market.capacity", "one of them"),
    # policies
    "one id twice": (TAX + TAX, "policy.carbon_tax", "two policies have one id", 'id = "second"'),
    "nothing to replace": (f"{TAX}replace = true", "policy.carbon_tax.replace", "nothing to replace", "take it out"),
    "no name": ("[[policy]]\nrate = 5", "policy", "a policy needs a name", "carbon_tax"),
    "policy as a table": ('[policy]\nname = "carbon_tax"', "policy", "write [[policy]]"),
    "policy by dots": ('policy.x.kinds = "corporation"', "policy", "write [[policy]]"),
    "policy as text": ('policy = "carbon_tax"', "policy", "'carbon_tax'", "write [[policy]]"),
    "id": (f'{TAX}id = "a.b"', "policy.carbon_tax.id", "'a.b'", "letters"),
    "month for a date": (f'{TAX}start = {{ value = 2027, unit = "month" }}', "policy.carbon_tax.start",
                         "'month' is not a calendar year", 'unit = "year"'),
    "never starts": (f"{TAX}start = inf", "policy.carbon_tax.start", "out of range", "fix      choose a year"),
    "starts in antiquity": (f"{TAX}start = -5", "policy.carbon_tax.start", "from 1900 to 2400"),
    "ends before it starts": (f"{TAX}start = 2030\nend = 2020", "policy.carbon_tax.end", "'2030 to 2020'"),
    "limit of zero": ('[[policy]]\nname = "carbon_budget"\nlimit = 0', "policy.carbon_budget.limit", "at least 1e-09"),
    # dropping, and what is left
    "drop of an unknown region": ("[region.chna]\ndrop = true", "region.chna", "did you mean 'china'?"),
    "drop of an unknown kind": ("[kind.startp]\ndrop = true", "kind.startp", "did you mean 'startup'?"),
    "drop and more": ('[region.china]\ndrop = true\nlabel = "x"', "region.china", "drop stands alone"),
    "drop = false": ("[region.china]\ndrop = false", "region.china", "allowed  drop = true"),
    "no regions": (every("region", REGIONS, "drop = true"), "region", "a scenario needs a region"),
    "no kinds": (every("kind", KINDS, "drop = true"), "kind", "a scenario needs a kind"),
    "no industry": (every("kind", SELLERS, "drop = true"), "kind", "nobody sells AI products"),
    "no reach": (every("kind", SELLERS, "reach = 0"), f"kind.{SELLERS[-1]}.reach", "nobody sells AI products"),
    "policy of a dropped region": (f'[region.china]\ndrop = true\n{TAX}regions = ["china"]',
                                   "policy.carbon_tax.regions", "unknown region 'china'"),
    "home all zero": ("[kind.startup]\nhome = { china = 0, india = 0 }", "kind.startup.home", "at home nowhere"),
    "home dropped": ("[region.china]\ndrop = true\n[kind.startup]\nhome = { china = 1 }", "kind.startup.home", "china"),
    "home as text": ('[kind.startup]\nhome = "china"', "kind.startup.home", "'china'", "write { china = 1 }"),
    "negative home": ("[kind.startup]\nhome = { china = -1 }", "kind.startup.home.china", "found    -1"),
    "endless home": ("[kind.startup]\nhome = { china = inf }", "kind.startup.home.china", "found    inf"),
    "no cloud": (every("region", REGIONS, "cloud_share = 0"), f"region.{REGIONS[-1]}.cloud_share", "no region runs"),
    "rule that lacks a key": ('[kind.startup]\nrule = "corporation"', "kind.startup.rule", "has no cash"),
    "new kind, half": ('[kind.lab]\nrule = "academic_lab"', "kind.lab.count", "missing", "number of actors"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_scenarios_are_refused(case: str, say: Say, tmp_path: Path) -> None:
    body, key, *texts = WRONG[case]
    file, out = tmp_path / "wrong.toml", tmp_path / "out"
    file.write_text(HEAD + body + "\n", encoding="utf-8")
    refused(say("run", file, "--out", out), *texts, file=file, key=key)
    assert not out.exists()


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_byte_order_marks_and_line_ends_do_not_matter(change: Callable[[str], str], say: Say, tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(change(HEAD + TAX).encode("utf-8"))
    said = say("check", file)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{file}: ok\n")


def test_errors_of_a_parent_name_the_parent(say: Say, tmp_path: Path) -> None:
    parent, child = tmp_path / "parent.toml", tmp_path / "child.toml"
    child.write_text(f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "parent.toml"\n{TAX}[time]\nend = 2030\n')
    for body, key in (("[prodct]\nx = 1", "prodct"), (margin("7"), "product.margin"), ("[law", None)):
        parent.write_text(HEAD + body + "\n")
        refused(say("check", child), file=parent, key=key)
    whole = BASELINE.read_text(encoding="utf-8").replace("cloud_share", "cloud_shar")
    parent.write_text(whole, encoding="utf-8")
    (tmp_path / "sources.toml").write_bytes((SCENARIOS / "sources.toml").read_bytes())
    copytree(SCENARIOS / "fitted", tmp_path / "fitted")
    refused(say("check", child), file=parent, key="region.united_states.cloud_shar")
    parent.write_text(child.read_text().replace("parent.toml", "child.toml"))
    refused(say("check", child), "child.toml -> parent.toml -> child.toml", file=parent, key="extends")


def test_what_looks_wrong_and_is_not(say: Say, tmp_path: Path) -> None:
    parent, child = tmp_path / "parent.toml", tmp_path / "child.toml"
    parent.write_text(HEAD + TAX + "rate = 5\n")
    child.write_text(f'schema = 1\ntitle = "Ünï"\nquestion = "?"\nextends = "parent.toml"\n{TAX}{TAX}id = "second"\n')
    assert say("check", child).code == 0  # the same id merges with the parent's; another id adds
    assert [policy.id for policy in load(child).policies] == ["carbon_tax", "second"]
    assert load(BASELINE, ["policy.carbon_tax.rate=50 USD/tCO2"]).policies[0].start < 0  # added by its setting
    assert load(BASELINE, ["run.seed=9007199254740993"]).run.seed == 9007199254740993


# A setting, the key of the message, what else must be in it.
SETTINGS = {
    "product.margin": (None, "not a setting", "path=value"),
    "=5": (None, "not a setting"),
    "product.margin=": (None, "not a setting"),
    "prodct.margin=0.4": ("prodct.margin", "unknown path", "did you mean 'product'?"),
    "product.margn=0.4": ("product.margn", "did you mean 'margin'?"),
    "carbon_tax.rate=50": ("carbon_tax.rate", "unknown path", "write policy.carbon_tax.rate", "a whole path"),
    "rate=50": ("rate", "unknown path", "write network.rate or policy.carbon_tax.rate"),
    "academic_lab.count=50": ("academic_lab.count", "write kind.academic_lab.count"),
    "margin=0.4": ("margin", "write product.margin"),
    "count=5": ("count", "write kind.corporation.count or kind.startup.count or kind.academic_lab.count"),
    "home_share=0.4": ("home_share", "unknown path", "write kind."),
    "product=5": ("product", "unknown path", "product.<key>"),
    "region.chna.cloud_share=1": ("region.chna.cloud_share", "did you mean 'china'?"),
    "region.china.cloud_shar=1": ("region.china.cloud_shar", "did you mean 'cloud_share'?"),
    "kind.startp.count=5": ("kind.startp.count", "did you mean 'startup'?"),
    "policy.carbon_tx.rate=5": ("policy.carbon_tx.rate", "did you mean 'carbon_tax'?"),
    "policy.carbon_tax.rat=5": ("policy.carbon_tax.rat", "did you mean 'rate'?"),
    "policy.carbon_tax.rate=50 USD": ("policy.carbon_tax.rate", "'USD' is not a price per tonne"),
    "policy.carbon_tax.start=2025-08-02": ("policy.carbon_tax.start", "not a number", "write 2025.5 or 2025.75"),
    "policy.carbon_tax.kinds=startup": ("policy.carbon_tax.kinds", "a list of names"),
    "policy.carbon_tax.name=carbon_budget": ("policy.carbon_tax.name", "cannot be set here"),
    "policy.carbon_tax.end=1900": ("policy.carbon_tax.end", None),
    "policy.carbon_tax=5": ("policy.carbon_tax", "policy.<id>.<key>"),
    "kind.startup.id=x": ("kind.startup.id", "cannot be set here"),
    "region.china.drop=true": ("region.china.drop", "cannot be set here"),
    "product.margin=0.4 blorp": ("product.margin", "'blorp' is not"),
    "product.margin=0,4": ("product.margin", "not a number", "'0,4'"),
    "product.margin=abc": ("product.margin", "'abc'"),
    "product.margin={": ("product.margin", "'{'"),
    "product.margin=0.5\nx = 1": ("product.margin", None),
    "product.margin=-1": ("product.margin", "found    -1"),
    "product.margin=1e400": ("product.margin", "found    inf"),
    "product.margin=" + "9" * 5000: ("product.margin", "999..."),
    "product.margin=" + "[" * 5000: ("product.margin", "[[[..."),
    "product.size=inf USD/yr": ("product.size", "found    inf"),
    "market.capacity=5": ("market.capacity", "not a yearly series"),
    "market.capacity=5 FLOP/yr": ("market.capacity", "not a yearly series"),
    "market.capacity.values=3": ("market.capacity.values", "unknown path"),
    "title=abc": ("title", "a scenario file that extends"),
    "schema=2": ("schema", "a scenario file that extends"),
    "run.seed=-1": ("run.seed", "found    -1"),
    "time.end=1e9": ("time.end", "at most 2200"),
    "time.start=2100": ("time.start", "runs backwards"),
    "kind.startup.count=1e12": ("kind.startup.count", "out of range"),
    "product.growth_exponent=20": ("product.growth_exponent", "grow without bound"),
    "law.profile=x": ("law.profile", "unknown profile 'x'"),
}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting[:40])
def test_wrong_settings_are_refused(setting: str, say: Say, tmp_path: Path) -> None:
    key, *texts = SETTINGS[setting]
    more = ["--set", "policy.carbon_tax.start=2000"] if setting.endswith("1900") else []
    said = say("run", BASELINE, *more, "--set", setting, "--out", tmp_path / "out")
    refused(said, *filter(None, texts), file="--set", key=key)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        (["--until", "2010"], ["option   --until", "runs backwards", "'2012 to 2010'", "fix"]),
        (["--until", "99999"], ["option   --until", "found    99999", "at most 2200", "fix"]),
        (["--seed", "9" * 30], ["option   --seed", "out of range", "fix"]),
        (["--replicates", "1000000"], ["option   --replicates", "at most 100000", "fix"]),
        (["--until", "abc"], ["option   --until", "found    'abc'", "allowed  a whole number"]),
        (["--until", "2012.5"], ["--until", "found    '2012.5'", "a whole number", "fix      --until 2012 or 2013"]),
        (["--against", "x"], ["`run` has no option --against", "`sensitivity`"]),
        (["--replicates", "0"], ["option   --replicates", "found    '0'", "a whole number of at least 1", "fix"]),
        (["--replicates", "-1"], ["--replicates", "found    '-1'"]),
        (["--workers", "0"], ["option   --workers", "found    '0'", "a whole number from 1 to 256"]),
        (["--workers", "-2"], ["--workers", "found    '-2'"]),
        (["--workers", "100000"], ["--workers", "from 1 to 256"]),
        (["--seed", "-1"], ["option   --seed", "found    '-1'", "a whole number of at least 0"]),
        (["--seed", "x"], ["--seed", "found    'x'"]),
        (
            ["--set"],
            ["key      run.py run", "--set", "expected one argument", "fix      see `python run.py run --help`"],
        ),
        (["--bogus"], ["key      run.py run", "unknown option '--bogus'", "allowed  --ensemble, --every-step"]),
        (["--sed=3"], ["unknown option '--sed'", "fix      did you mean '--seed'?"]),
        (
            ["--replicates", "99999"],
            ["too large to hold in memory", "99,999 replicates of 700 actors", "fix      lower"],
        ),
    ],
)
def test_wrong_options_are_refused(arguments: list[str], texts: list[str], say: Say, tmp_path: Path) -> None:
    said = say("run", BASELINE, "--out", tmp_path / "out", *arguments)
    assert (said.code, said.out) == (2, "")
    assert all(text in said.err for text in texts), said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [["rn"], ["run"], ["check"], ["report"]])
def test_wrong_commands_are_refused(arguments: list[str], say: Say) -> None:
    said = say(*arguments)
    assert (said.code, said.out) == (2, "")
    if arguments == ["rn"]:
        assert "unknown command 'rn'" in said.err
        assert "fix      did you mean 'run'?" in said.err
    else:
        assert "allowed  usage: run.py" in said.err
        assert "fix      see `python run.py" in said.err


def test_check_goes_through_all_files(say: Say, tmp_path: Path) -> None:
    bad, sources = tmp_path / "bad.toml", tmp_path / "sources.toml"
    bad.write_text(HEAD + margin("7"))
    said = say("check", BASELINE, bad, SCENARIOS / "carbon_tax_clean.toml")
    assert said.code == 2
    assert said.out.splitlines() == [f"{BASELINE}: ok", f"{SCENARIOS / 'carbon_tax_clean.toml'}: ok"]
    assert said.err.startswith(f"{bad}: error: out of range\n")
    sources.write_text('[book]\ntitel = "x"\n')
    refused(say("check", sources), "did you mean 'title'?", file=sources, key="book")
    bad.write_text(HEAD)
    refused(say("check", bad), "did you mean 'title'?", file=sources, key="book")  # it lies beside


@pytest.mark.parametrize("arguments", [["run", "nothing.toml"], ["check", "nothing.toml"], ["run", "--until", "x"]])
def test_in_a_process_of_its_own(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "run.py", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_all_mistakes_of_a_file_are_told_at_once(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        HEAD + "[product]\nmargin = 7\nmargn = 1\n[market]\nresponse = true\n" + TAX + "rate = -1\nrat = 2\n"
    )
    said = say("check", file)
    refused(said, "did you mean 'margin'?", "did you mean 'rate'?", file=file)
    for key in (
        "product.margn",
        "product.margin",
        "market.response",
        "policy.carbon_tax.rat",
        "policy.carbon_tax.rate",
    ):
        assert f"  key      {key}\n" in said.err, key
    assert said.err.count("\nand: ") == 4
    file.write_text('schema = 1\ntitle = "T"\n[prodct]\nx = 1\n[regoin.x]\ny = 1\n')
    refused(say("check", file), "did you mean 'product'?", "did you mean 'region'?", "needs a question", file=file)
    file.write_text(HEAD + "[time]\nend = 2000\n" + TAX + "start = 2030\nend = 2020\n")
    refused(say("run", file), "the horizon runs backwards", "and: a policy ends before it starts", file=file)
    file.write_text(HEAD + '[kind.lab]\nrule = "academic_lab"\n')
    refused(say("run", file), "add count (it means: number of actors) and home, home_share, pue,", file=file)


@pytest.mark.parametrize("typed", [["check", str(BASELINE)], ["run", str(BASELINE)], ["policies"]])
def test_a_python_without_the_packages_is_told_what_to_install(typed: list[str]) -> None:
    """-S leaves out every installed package, as the system's Python lacks them."""
    command = [sys.executable, "-S", str(ROOT / "run.py"), *typed]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert "a package is missing" in told.stderr
    assert "pip install -e ." in told.stderr
    assert "Traceback" not in told.stderr
