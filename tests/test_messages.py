"""What clumsy hands type is answered with what helps: names that are allowed there, what a file is, what is kept."""

from pathlib import Path

import pytest

from sim.errors import InputError, nearest
from sim.report.comparison.effects import intervals_note
from sim.scenario.every_policy import policies_of
from sim.scenario.load import load
from sim.store.place import prepared
from tests.records import PACKAGED, several, write
from tests.saying import Say, refused
from tests.test_bad_input import HEAD, margin
from tests.worlds import BASELINE, ROOT, SCENARIOS

YEARS = ("--from", 2019, "--to", 2021)


@pytest.mark.parametrize(
    ("typed", "key", "texts"),
    [
        (["reproduce", "nothing"], "SOURCE", ["unknown source", "all, bloom, effects, findings, language, patterson"]),
        (["reproduce", "Thompson"], "SOURCE", ["did you mean 'thompson'?"]),
        (["laws", "--hold", "nothing"], "--hold", ["allowed  accuracy, compute"]),
        (["RUN", BASELINE], "COMMAND", ["did you mean 'run'?"]),
        (["compare", BASELINE, "--against", "x"], "run.py compare", ["no option --against", "e.g. python run.py comp"]),
        (["run", BASELINE, "--vary", "x=1,2"], "run.py run", ["`sweep`, `sensitivity` have that option"]),
        (["run", BASELINE, "--reps", 5], "run.py run", ["did you mean '--replicates'?"]),
        (["--json"], "run.py", ["name a command before it"]),
        (["run", BASELINE, "--replicats", 3], "run.py run", ["did you mean '--replicates'?"]),
        (["policies", "carbon_tax", "carbon_tex"], "NAME", ["unknown policy", "did you mean 'carbon_tax'?"]),
        (["diff", BASELINE, BASELINE, "x"], "run.py diff", ["no more than 2 of these", "take it out"]),
        (["run", BASELINE, BASELINE], "run.py run", ["no more than one of these", "compare them: python run.py"]),
        (["explain", BASELINE, BASELINE], "run.py explain", ["take it out"]),
        (["view", BASELINE, "--host", "a.invalid", "--no-browser"], "--host", ["no such address", "127.0.0.1 for"]),
    ],
)  # fmt: skip
def test_wrong_words_get_the_words_that_are_right_there(
    typed: list[object], key: str, texts: list[str], say: Say
) -> None:
    refused(say(*typed), *texts, key=key)


@pytest.mark.parametrize("command", ["decompose", "sensitivity", "sweep"])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("emision", "emissions_total' (Emissions)"),
        ("divide", "compute_ratio_industry_academia' (Compute divide)"),
        ("Compute divide", "compute_ratio_industry_academia' (Compute divide)"),
        ("removals", "emissions_removed' (Removals)"),
        ("jobs", "research_jobs' (Researchers that efficiency research could pay)"),
        ("compute_gin", "compute_gini' (Gini of compute)"),
        ("labs share", "compute_share_academia' (Academia's share of training compute)"),
        ("lab_compute", "compute_ratio_industry_academia' (Compute divide) or 'compute_share_academia'"),
        ("zzz", ""),
    ],
)
def test_a_measure_is_found_by_its_id_or_its_names(
    typed: str, meant: str, command: str, say: Say, tmp_path: Path
) -> None:
    vary = ["--vary", "product.margin=0.3,0.4"] if command == "sweep" else []
    said = say(command, BASELINE, *vary, "--measure", typed, "--out", tmp_path / "out")
    refused(said, f"did you mean '{meant}" if meant else "", "`python run.py measures` lists them all", key="--measure")
    assert bool(meant) == ("did you mean" in said.err)


@pytest.mark.parametrize("command", ["resume", "report", "verify"])
def test_a_file_is_no_directory(command: str, say: Say, tmp_path: Path) -> None:
    refused(say(command, ROOT / "README.md"), "a file, not a directory", file=ROOT / "README.md")
    refused(say(command, tmp_path / "none"), "no such directory", file=tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("README.md", "# Title\n\nSome words, and more, in a line.\n", "Markdown"),
        ("page.html", "<!doctype html>\n<p>a</p>\n", "HTML or XML"),
        ("a.txt", "<html>\n<p>a</p>\n", "HTML or XML"),
        ("run.py", '"""Text."""\nimport os\n', "Python"),
        ("a.txt", "Dear all, here it is\nas we said\n", "plain text"),
        ("a.txt", "a,b\n1,2\n", "CSV"),
        ("a.txt", "MIT License\n", "plain text"),
        ("a.csv", "a\n1\n", "CSV"),
    ],
)
def test_a_file_that_is_no_scenario_is_called_what_it_is(
    name: str, text: str, what: str, say: Say, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    refused(say("run", file), f"{what}, not TOML", file=file)
    assert f"{what}, not TOML" in say("sensitivity", BASELINE, "--against", file).err


def test_a_device_without_end_is_not_read(say: Say) -> None:
    refused(say("run", "/dev/zero"), "not a regular file", file="/dev/zero")


def test_only_policies_are_offered_as_policies() -> None:
    with pytest.raises(InputError) as raised:
        policies_of(load(BASELINE), "nothing")
    allowed = str(raised.value.allowed).split(", ")
    assert {"carbon_tax", "two_caps"} <= set(allowed)
    assert not {"baseline", "brand_habit", "floor", "clean_power", "exponential_law"} & set(allowed)
    for name in allowed:
        assert policies_of(load(BASELINE), name)[0] == name


def test_spelling_is_found_in_any_case() -> None:
    assert nearest("CARBON_TX", ["carbon_tax", "x"]) == "carbon_tax"
    assert nearest("model", ["Model"]) == "Model"


# ---------------------------------------------------------------- records


@pytest.mark.parametrize(("mark", "what"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_named(mark: str, what: str, say: Say, tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", several(2010, 2012))
    file.write_text(file.read_text(encoding="utf-8").replace(",", mark), encoding="utf-8")
    refused(say("validate", BASELINE, "--records", file, *YEARS), f"separated by {what}", "CSV with commas", file=file)


@pytest.mark.parametrize(
    ("there", "fix"),
    [
        ("Organization", "add what is missing, or name a file"),
        ("organization  categorisation", "add what is missing"),
        ("organization_categorization", "rename 'organization_categorization' to 'Organization categorization'"),
    ],
)
def test_a_column_is_renamed_only_where_it_is_the_same(there: str, fix: str, say: Say, tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", several(2010, 2012))
    file.write_text(file.read_text(encoding="utf-8").replace("Organization categorization", there), encoding="utf-8")
    said = say("validate", BASELINE, "--records", file, *YEARS)
    refused(said, "no column Organization categorization", fix, file=file)


@pytest.mark.parametrize("years", [["--from", 2025], ["--from", 2025, "--to", 2026]])
def test_years_without_records_are_told_those_with(years: list[object], say: Say) -> None:
    said = say("validate", BASELINE, "--records", PACKAGED, *years)
    refused(said, "records of 1950 to 2021", "2012 to 2021", file=PACKAGED)


# ---------------------------------------------------------------- what stays behind


def test_what_comes_to_nothing_leaves_nothing(say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert say("run", SCENARIOS / "carbon_tax.toml", "--until", 1900).code == 2
    assert list(tmp_path.rglob("*")) in ([], [tmp_path / "outputs"])
    with pytest.raises(KeyboardInterrupt), prepared(None, "reproduce"):
        raise KeyboardInterrupt
    assert list(tmp_path.rglob("*")) in ([], [tmp_path / "outputs"])
    (tmp_path / "mine").mkdir()
    with pytest.raises(KeyboardInterrupt), prepared(tmp_path / "mine", "reproduce"):
        raise KeyboardInterrupt
    assert (tmp_path / "mine").is_dir()


@pytest.mark.parametrize("command", ["validate", "reproduce"])
def test_an_interrupt_says_that_nothing_is_kept(
    command: str, say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.history.validation.gathered", stop)
    monkeypatch.setattr("sim.evidence.figures.draw", stop)
    rest = [BASELINE, "--records", PACKAGED, *YEARS] if command == "validate" else ["bloom", "--out", tmp_path / "out"]
    said = say(command, *rest)
    assert said.code == 130
    assert "nothing is kept" in said.err
    assert not (tmp_path / "out").exists()


def test_what_a_dollar_is_stands_beside_results() -> None:
    assert "$ is USD of 2023" in intervals_note(10, drawn=False)
    assert "$ is USD of 2023" in intervals_note(1, drawn=False)  # too few for ranges, but not for money


VOUCHER = '[[policy]]\nname = "compute_voucher"\n'


@pytest.mark.parametrize(
    ("body", "key", "text"),
    [
        (
            margin('{ value = 0.5, source = "nobody" }'), "product.margin",
            'add [sources.nobody] with a title, or write basis = "assumed" and a note in its place',
        ),
        (VOUCHER + 'value = 5\nkinds = ["labs"]', "policy.compute_voucher.kinds", "did you mean 'academic_lab'?"),
        (VOUCHER + 'value = 5\nkinds = ["zzz"]', "policy.compute_voucher.kinds", "the policy holds for academic labs"),
        (VOUCHER + 'total = { value = 500, unit = "MUSD" }', "policy.compute_voucher.total", "found    '500 MUSD'"),
        (
            '[[policy]]\nname = "carbon_tax"\nrate = { value = 5, unit = "EUR/tCO2" }', "policy.carbon_tax.rate",
            "found    '5 EUR/tCO2'",
        ),
    ],
)  # fmt: skip
def test_what_is_found_and_what_helps_are_in_the_words_of_the_file(
    body: str, key: str, text: str, say: Say, tmp_path: Path
) -> None:
    file = tmp_path / "file.toml"
    file.write_text(f"{HEAD}{body}\n", encoding="utf-8")
    refused(say("check", file), text, key=key, file=file)


def test_a_policy_that_begins_too_late_to_be_forecast_is_refused(say: Say, tmp_path: Path) -> None:
    tax, out = SCENARIOS / "carbon_tax.toml", tmp_path / "out"
    said = say("forecast", tax, "--from", 2014, "--to", 2026, "--out", out)
    refused(said, "carbon_tax begins in 2027, after the last year", "fix      --to 2027", file=tax)
    assert not out.exists()


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_a_year_is_asked_for_where_something_else_is_given(option: str, say: Say) -> None:
    refused(say("forecast", BASELINE, option, "abc"), "not a calendar year", f"e.g. {option} 2026", key=option)


def test_an_option_of_other_commands_is_not_taken_for_a_misspelt_one(say: Say) -> None:
    """`--json` is nearer to `--to` than to anything else that a forecast takes."""
    said = say("forecast", BASELINE, "--json")
    refused(said, "`forecast` has no option --json", "`run`")
    assert "did you mean" not in said.err
