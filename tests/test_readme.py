"""The README and the pages it leads to tell the truth: what they show is what commands print, their snippets run, and
the table of policies is the record's, which a simulation gives again."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from socket import socket
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.evidence import policies
from sim.evidence.cells import PREDICTED, REPEATED, TAKEN
from sim.experiment.compare import compare
from sim.measures import DIVIDE, EMISSIONS
from sim.measures.access import FRONTIER_ERROR
from sim.measures.carbon import OPERATIONAL
from sim.measures.economy import COMPUTE_PRICE, MARKET, PERMIT_PRICE
from sim.policies import registry
from sim.policies.levers import REVENUE_USES
from sim.scenario import load
from sim.scenario.tally import tally
from tests.excerpts import ANEW, SCRIPT, excerpts, numbers, shown_as_printed, typed
from tests.saying import Say
from tests.scripts import loaded
from tests.worlds import BASELINE, ROOT, SCENARIOS

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
RECORD = pd.read_csv(DOCS / "findings" / policies.RECORD)
EXCERPTS = excerpts(README)
GROUNDS = (PREDICTED, TAKEN, REPEATED)


def test_each_main_use_is_shown_with_what_it_prints() -> None:
    assert [command.split()[0] for command in EXCERPTS] == ["run", "compare", "view"]
    assert [f"$ python run.py {command}" in README for command in EXCERPTS] == [True] * 3


def test_a_first_reader_gets_through_it() -> None:
    """Short, with one picture, and without numbers that only who knows the model can read."""
    lines = README.splitlines()
    assert len(lines) <= 150
    assert README.count("![") == 1
    assert not re.search(r"×\s*[\d.]+ \[", README)
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    assert not re.search(r"\d \[", prose)


def test_what_a_tax_does_where_buyers_can_choose_cleaner_power_is_that_of_its_page() -> None:
    told = "a tax of 100 USD/t cuts emissions by about three quarters (two thirds in drawn worlds)"
    assert told in " ".join(README.split())
    table = pd.read_csv(DOCS / "abatement" / "effects.csv")
    of = table.set_index(["world", "year", "usd_per_tonne", "measure"]).loc["clean_power", 2040, 100, OPERATIONAL]
    assert of.relative == pytest.approx(-3 / 4, abs=0.03)  # as the sizes in the table below it
    assert of.wide_relative_median == pytest.approx(-2 / 3, abs=0.03)


def test_what_a_permit_costs_where_buyers_can_choose_cleaner_power_is_that_of_the_record() -> None:
    (told,) = re.findall(r"\[the same cap\]\(scenarios/cap_and_trade_clean.toml\) needs permits of \$(\d+)", README)
    table = pd.read_csv(DOCS / "real-policies" / "effects.csv")
    of = table[(table.scenario == "cap_and_trade_clean") & (table.year == 2040)].set_index("measure")
    assert of.policy[PERMIT_PRICE] == pytest.approx(float(told), rel=0.06)
    assert of.relative[OPERATIONAL] < -0.6
    assert abs(of.relative[DIVIDE]) < 0.05


def test_two_commands_do_all_the_setup() -> None:
    first, *_, last = (block.lstrip("\n") for block in README.split("```")[1::2])
    assert first == (
        "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/python run.py run scenarios/baseline.toml\n"
    )
    assert last == (
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && "
        ".venv/bin/python -m pytest -n 2 --dist worksteal\n"
    )


def test_a_run_prints_what_is_shown(tmp_path: Path, say: Say) -> None:
    (command,) = (command for command in EXCERPTS if command.startswith("run "))
    out = tmp_path / "out"
    answer = say(*typed(command), "--out", out)
    assert answer.code == 0
    shown_as_printed(EXCERPTS[command], answer.out)
    rows = re.findall(r"^[A-Z].*\S {2,}\S.* {2,}\S", EXCERPTS[command], re.MULTILINE)
    assert len(rows) == 4
    assert "It prints more rows than these four" in README
    assert len(re.findall(r"^[A-Z].*\S {2,}\S.* {2,}\S", answer.out, re.MULTILINE)) > len(rows)

    series = pd.read_csv(out / "series.csv")
    _prices_of_compute_are_those_of(series, EXCERPTS[command])
    labs = series[series["measure"] == "could_pay_frontier_academia"].groupby("year")["value"].median()
    money = "nearly every lab could have paid for it with all that it may spend on AI in a year;"
    (none_from,) = re.findall(rf"{money} from (\d+) on none can", " ".join(README.split()))
    assert labs.loc[2012] > 0.95 * load(BASELINE).kinds[-1].count
    assert labs.index[labs == 0].tolist() == list(range(int(none_from), 2041))

    scenario, market = load(BASELINE), series[series["measure"] == MARKET].groupby("year")["value"].median()
    (percent, limit, year) = re.findall(
        r"within (\d+) % of an assumed limit \(([\d.]+) T USD a year\) from (\d+) on", " ".join(README.split())
    )[0]
    assert scenario.product.size * scenario.product.cap == pytest.approx(float(limit) * 1e12, rel=0.02)
    at_limit = market > (1 - int(percent) / 100) * scenario.product.size * scenario.product.cap
    assert market.index[at_limit].tolist() == list(range(int(year), 2041))

    slack = series[(series["measure"] == "market_slack") & (series["year"] >= 2025)]
    scarce = 100 * (1 - slack.groupby("replicate")["value"].mean())
    page = " ".join((DOCS / "conclusions.md").read_text(encoding="utf-8").split())
    said = re.search(r"scarce in (\d+) % of the quarters from 2025 on \((\d+) % to (\d+) % over replicates\)", page)
    assert said
    assert [scarce.mean(), scarce.min(), scarce.max()] == pytest.approx([float(n) for n in said.groups()], abs=0.5)


def _prices_of_compute_are_those_of(series: pd.DataFrame, excerpt: str) -> None:
    """The page on adding a policy gives them, for whoever looks for a strength, and the years that a run prints."""
    page = " ".join((DOCS / "add-a-policy.md").read_text(encoding="utf-8").split())
    price = series[series["measure"] == COMPUTE_PRICE].groupby("year")["value"].median()
    (percent, given) = re.findall(r"Compute gets cheaper by about (\d+) % a year \((.*?)\)", page)[0]
    told = {int(year): float(usd) for usd, year in re.findall(r"([\d.]+)(?: USD/EFLOP)? in (\d+)", given)}
    assert len(told) == 3
    assert told == pytest.approx(price.loc[[*told]].to_dict(), rel=0.03)
    first, last = min(told), max(told)
    assert 1 - (price.loc[last] / price.loc[first]) ** (1 / (last - first)) == pytest.approx(
        int(percent) / 100, abs=0.02
    )
    first_year, middle, last_year = re.findall(r"\b\d{4}\b", excerpt.strip().splitlines()[0])
    assert f"the price of compute, emissions and market of {first_year}, {middle} and {last_year}" in page


def test_a_comparison_prints_what_is_shown(tmp_path: Path, say: Say) -> None:
    (command,) = (command for command in EXCERPTS if command.startswith("compare "))
    answer = say(*typed(command), "--out", tmp_path / "out")
    assert answer.code == 0
    shown_as_printed(EXCERPTS[command], answer.out)


def test_the_page_prints_what_is_shown(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the server itself, which stands in test_browser."""
    (command,) = (command for command in EXCERPTS if command.startswith("view "))
    serve = "The page is at http://localhost:8765/  (Ctrl-C ends it)"

    def stand_in(bound: socket, host: str, browser: bool, say: Callable[[str], None]) -> None:
        with bound:
            say(serve.replace("8765", str(bound.getsockname()[1])))

    monkeypatch.setattr("sim.app.server.serve", stand_in)
    answer = say(*typed(command))
    assert answer.code == 0
    assert EXCERPTS[command].strip() == serve
    assert serve in answer.out


# ---------------------------------------------------------------- the table of policies and its record


def test_the_table_has_a_row_for_each_policy() -> None:
    table = README.partition("<!-- table: policies_at_a_glance -->\n")[2].partition("<!-- end")[0]
    compared = [scenario.name for scenario in policies.compared(load(BASELINE))[1:]]
    told = [name for name in registry() if name in compared]  # support for clean power needs another world
    assert set(registry()) - set(told) == {"clean_power_support"}
    assert re.findall(r"^\| \[[\w ]+\]\(scenarios/(\w+)\.toml\): \w", table, re.MULTILINE) == told, ANEW
    assert set(RECORD["scenario"]) == set(compared), ANEW


def test_beside_a_share_stands_what_labs_train_with() -> None:
    """A ceiling raises academia's share, and labs train less."""
    table = README.partition("<!-- table: policies_at_a_glance -->\n")[2].partition("<!-- end")[0]
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines())
    at = head.index("labs' training compute")
    assert head[at - 1] == "academia's share of training compute"
    (ceiling,) = (row for row in rows if row[0].startswith("[training run ceiling]"))
    assert re.fullmatch(r"rises \d+-fold", ceiling[at - 1])
    assert ceiling[at] == "−51 %"
    assert "under the ceiling labs train half as much as without it" in " ".join(README.split())


def test_how_many_numbers_are_assumed_is_counted() -> None:
    of = tally(load(BASELINE))
    del of["choice"]
    told = f"Of {of.total()} numbers {of['assumed']} are assumed, {of['source']} have a source, and {of['fitted']} are "
    assert f"{told}fitted" in " ".join(README.split())


def test_how_often_naive_forecasts_are_beaten_is_what_the_page_on_trust_says() -> None:
    page = " ".join((DOCS / "trust.md").read_text(encoding="utf-8").split())
    (by_trend,) = re.findall(r"than the trend alone on (\d+),", page)
    (by_better, of) = re.findall(r"the better of two naive forecasts on (\d+) of (\d+) targets", page)[0]
    told = (
        f"beat the trend on {int(of) - int(by_trend)} of {of} targets, and the better of two naive forecasts, picked "
    )
    assert f"{told}afterwards for each target, on {int(of) - int(by_better)} (" in " ".join(README.split())


def test_a_simulation_gives_the_record_again() -> None:
    """One cell of it: what a policy makes of emissions, on the luck and as often as the record says."""
    (row,) = RECORD[(RECORD["scenario"] == "carbon_tax") & (RECORD["measure"] == EMISSIONS)].to_dict("records")
    files = [BASELINE, SCENARIOS / "carbon_tax.toml"]
    found = compare(files, replicates=int(row["replicates"]), assumptions=False).effect(1, EMISSIONS)
    assert found is not None
    for name, value in found.columns().items():
        if not name.startswith("wide"):
            assert value == pytest.approx(row[name], rel=0.02), ANEW


def test_what_a_command_prints_is_found_again_however_its_numbers_change() -> None:
    printed = "Title\n\n            2012   2040\nError       5.1 %  2.0 %\n\nOne of 12 is far\nfrom the others.\n"
    pairs, missing = SCRIPT.pairs("Error  5.0 %   1.0 %\nOne of 9\nis far from the others.\n", printed)
    assert missing == []
    assert list(pairs.values()) == ["Error       5.1 %  2.0 %", "One of 12 is far from the others."]
    assert SCRIPT.pairs("Error rises  5.0 %\n", printed) == ({}, ["Error rises  5.0 %"])
    assert SCRIPT.pairs("One of 9 is far from the others.\n\nError  1 %  2 %\n", printed)[1] == ["Error  1 %  2 %"]
    heads = "money of  Error\nall\n--------  -----\n1         2.0 %\n"
    assert SCRIPT.parts(heads) == heads.splitlines()
    wider = heads.replace("--------  -", "---------  --").replace("1         2", "1          31")
    assert SCRIPT.pairs(heads, wider) == (dict(zip(heads.splitlines(), wider.splitlines(), strict=True)), [])


def test_an_excerpt_that_is_behind_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def page(command: str, shown: str) -> str:
        return f"A\n<!-- output of: python run.py {command} -->\n```\n$ python run.py {command}\n{shown}```\nB\n"

    asked = []
    monkeypatch.setattr(
        SCRIPT, "said", lambda *words: asked.append(words) or "Head\n\nError   12.0 %\n\nIt falls by 2 %.\n"
    )
    text = page("run a.toml", "\nError  1.0 %\n\nIt falls by 1 %.\nIt is gone.\n\nIt rises.\n")
    now, behind = SCRIPT.renewed(text + page("view a.toml", "The page\n"))
    assert behind == ["It falls by 1 %. It is gone.", "It rises."]
    fresh = page("run a.toml", "\nError   12.0 %\n\nIt falls by 2 %.\n")
    assert SCRIPT.renewed(page("run a.toml", "\nError  1.0 %\n\nIt falls by 1 %.\n")) == (fresh, [])
    assert now.endswith(page("view a.toml", "The page\n"))
    assert [words[:3] for words in asked] == [("run", "a.toml", "--out")] * 2


# ---------------------------------------------------------------- pages that the README leads to


def test_the_error_message_is_the_one_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my_tax.toml").write_text(
        f'schema = 1\nextends = "{SCENARIOS / "carbon_tax.toml"}"\ntitle = "t"\nquestion = "q"\n'
        '[[policy]]\nname = "carbon_tax"\nrate = { value = 100, unit = "USD" }\n',
        encoding="utf-8",
    )
    assert main(["run", "my_tax.toml"]) == 2
    assert capsys.readouterr().err.strip() in (DOCS / "results.md").read_text(encoding="utf-8")


def test_the_python_snippets_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    snippets = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text(encoding="utf-8"), re.DOTALL)
    stepped, watched, compared, drawn, closer, _tested, reacting, swept, batch = snippets
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(stepped, names)
    assert names["model"].steps == 40
    exec(watched, names)
    by_step = names["actors"]["compute"].groupby("Step").agg(list)
    assert by_step.index.tolist() == list(range(1, 13))
    assert by_step.iloc[-1] == [actor.compute for actor in names["model"].agents]
    few = compared.replace("replicates=50", "replicates=1").replace("a/new/directory", str(tmp_path / "new"))
    assert few != compared
    exec(few, names)
    assert not names["found"].table.empty
    assert (tmp_path / "new" / "report.html").is_file()
    exec(drawn.replace("replicates=4", "replicates=4, workers=1"), names)
    assert names["model"].assumptions.numbers["compute.energy_gain"].base in set(names["numbers"]["value"])
    exec(closer.replace("a/new/decomposition", str(tmp_path / "apart")), names)
    assert set(names["apart"].table["measure"]) == {EMISSIONS}
    assert len(names["held"]) > 5
    exec(reacting, names)
    assert names["rate"] > 0
    assert len(names["emitted"]) == 7
    by_year = {"years": list(range(2012, 2019)), "values": names["rates"]}
    settings = dict(setting.split("=") for setting in names["few"]) | {"policy.carbon_tax.rate": by_year}
    same = sim.ComputeEconomy(sim.load(BASELINE, settings, until=2018), seed=1)
    same.run_model()
    assert same.datacollector.model_vars[EMISSIONS] == names["model"].datacollector.model_vars[EMISSIONS]
    free = sim.run(sim.load(BASELINE, names["few"], until=2018, replicates=1, seed=1), workers=1).series
    untaxed = free[free["measure"] == "emissions_total"].sort_values("year")["value"].to_numpy()
    began = next(year for year, amount in enumerate(names["emitted"]) if amount > 1000) + 1  # in which the rule acts
    assert names["emitted"][:began] == pytest.approx(untaxed[:began], rel=1e-9)
    assert (np.array(names["emitted"][began:]) < untaxed[began:]).all()
    exec(swept.replace("a/new/study", str(tmp_path / "study")), names)
    assert set(names["table"]["policy.carbon_tax.rate"].dropna()) == {0, 50, 300}
    assert (tmp_path / "study" / "sweep.csv").is_file()
    exec(batch, names)
    assert [(row["rate"], row["replicate"]) for row in names["rows"]] == [
        (rate, replicate) for rate in (0, 300) for replicate in range(3)
    ]
    taxed = sim.load(BASELINE, [*names["few"], "policy.carbon_tax.rate=300"], until=2014, replicates=3)
    series = sim.run(taxed, workers=1).series
    final = series[(series["measure"] == FRONTIER_ERROR) & (series["year"] == 2014)].sort_values("replicate")
    assert [row[FRONTIER_ERROR] for row in names["rows"][3:]] == final["value"].tolist()


def test_the_notebook_shows_what_its_cells_give(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Word for word, and number for number but for the last digits."""
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    monkeypatch.chdir(tmp_path)
    script = loaded("notebook")
    cells = list(script.executed(json.loads(script.FILE.read_text(encoding="utf-8"))))
    for cell, now in cells:
        shown = script.shown(cell)
        assert SCRIPT.NUMBER.sub("#", now).split() == SCRIPT.NUMBER.sub("#", shown).split(), ANEW
        assert numbers(now) == pytest.approx(numbers(shown), rel=0.02), ANEW
    assert sum(bool(now) for _, now in cells) == len(cells) - 1  # the first prepares


def test_cells_met_are_counted_as_the_page_of_published_tables_counts_them() -> None:
    page = (DOCS / "published" / "tables.md").read_text(encoding="utf-8")
    counted = dict(re.findall(r"\*\*(\w+): (\d+ of \d+ met.*)\*\*", page))
    rows = re.findall(r"\| (\d+ of \d+) \| (\d+) \|", (DOCS / "conclusions.md").read_text(encoding="utf-8"))
    assert sorted(rows) == sorted((said.partition(" met")[0], str(_of(said, PREDICTED))) for said in counted.values())
    told = " ".join(README.split())
    assert f"meets {counted.pop('thompson').partition(' met')[0]} cells of a fourth" in told
    predicted, taken, repeated = (sum(_of(said, how) for said in counted.values()) for how in GROUNDS)
    assert f"predicts {predicted} cells of three published tables; {taken} more are met with" in told
    assert f"inputs fitted to them, and {repeated} are said twice" in told


def _of(said: str, how: str) -> int:
    """How many cells of a source are met in a way, by its count."""
    return sum(map(int, re.findall(rf"(\d+) {how}", said)))


def test_every_use_of_revenue_is_explained_where_it_is_set() -> None:
    page = (DOCS / "scenario-files.md").read_text(encoding="utf-8")
    assert [use for use in REVENUE_USES if f"| `{use}` | " not in page] == []
