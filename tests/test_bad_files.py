"""Files that are no scenario: the message names what they are, where they were sought, and the remedy."""

import os
from pathlib import Path

import pytest

import sim
from sim.errors import InputError
from sim.store.place import prepare
from tests.saying import Say, refused
from tests.test_bad_input import BASELINE, HEAD
from tests.worlds import SCENARIOS

# The bytes of a file, and what the message must hold.
FILES = {
    "binary": (b"\x00\xff\xfe\x80", "not a text file", "TOML in UTF-8"),
    "two bytes a letter": (HEAD.encode("utf-16"), "text in UTF-16", "save it as UTF-8"),
    "two bytes a letter, unmarked": (HEAD.encode("utf-16-le"), "text in UTF-16", "TOML in UTF-8"),
    "another alphabet": (
        'schema = 1\ntitle = "Für Österreich"\n'.encode("latin-1"), "in another encoding", "line 2", "F�r �sterreich"
    ),
    "YAML": (b"schema: 1\ntitle: T\nproduct:\n  margin: 0.4\n", "YAML, not TOML", "'schema: 1'", "write key = value"),
    "YAML of documents": (b"---\nschema: 1\n", "YAML, not TOML"),
    "JSON": (b'{\n "schema": 1,\n "title": "T"\n}\n', "JSON, not TOML"),
    "CSV": (b"year,value\n2012,1\n", "CSV, not TOML", "'year,value'"),
    "curly quotes": ("schema = 1\ntitle = “T”\n".encode(), "bad TOML", "straight quotes", "title = “T”"),
    "a table over two lines": (b"schema = 1\nx = { a = 1,\n b = 2 }\n", "bad TOML", "keep { ... } on one line"),
    "decimal comma": (b"schema = 1\n[product]\nmargin = 0,5\n", "bad TOML", "write 0.5: decimals follow a point"),
    "decimal comma in a table": (b"schema = 1\nx = { value = 99,5 }\n", "bad TOML", "write 99.5:"),
    "comma of thousands": (b"schema = 1\nx = 1,000\n", "bad TOML", "write 1.000 (or 1000 for thousands)"),
    "empty": (b"", "the file is empty", "schema = 1"),
    "only a comment": (b"# nothing\n", "the file is empty"),
    "bad TOML": (b"schema = 1\n[time\n", "bad TOML in line 2", "write [time]"),
    "no value": (b"schema = 1\ntitle =\n", "bad TOML in line 2", "a key without a value"),
    "key twice": (b'title = "a"\ntitle = "b"\n', "bad TOML", "line 2", "a key may appear once only"),
    "deep": (b"a = " + b"[" * 5000 + b"]" * 5000, "bad TOML"),
    "digits": (b"a = " + b"9" * 5000, "bad TOML"),
    "large": (b"#" * 11_000_000, "too large", "10 MB"),
    "no schema": (b'title = "a"\n', "no schema", "key      schema", "schema = 1"),
    "schema 2": (b"schema = 2\n", "unknown schema", "found    2"),
    "schema as text": (b'schema = "1"\n', "unknown schema", "found    '1'"),
    "schema as truth": (b"schema = true\n", "unknown schema", "found    true"),
    "no title": (b'schema = 1\nquestion = "Q?"\n', "needs a title", "key      title"),
    "no question": (b'schema = 1\ntitle = "T"\n', "needs a question", "key      question"),
    "title of 5": (b'schema = 1\ntitle = 5\nquestion = "Q?"\n', "found    5"),
    "nothing but a head": (b'schema = 1\ntitle = "T"\nquestion = "Q?"\n', "time.start", "or extend a scenario"),
    "parent of 5": (b'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = 5\n', "not a file name", "found    5"),
    "no such parent": (
        b'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "fil.toml"\n', "does not exist", "mean 'file.toml'?"
    ),
    "no name of a parent": (b'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "a\\u0000"\n', "does not exist"),
    "long parent": (
        b'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "' + b"a" * 5000 + b'"\n', "does not exist", "aaa..."
    ),
    "own parent": (b'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "file.toml"\n', "goes in a circle"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_wrong_files_are_refused(case: str, say: Say, tmp_path: Path) -> None:
    content, *texts = FILES[case]
    file = tmp_path / "file.toml"
    file.write_bytes(content)
    refused(say("run", file, "--out", tmp_path / "out"), *texts, file=file)
    refused(say("check", file), *texts, file=file)
    refused(say("explain", file), *texts, file=file)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(say: Say, tmp_path: Path) -> None:
    refused(say("run", tmp_path / "nothing.toml"), "no such file", file=tmp_path / "nothing.toml")
    near = SCENARIOS / "baselin.toml"
    refused(say("run", near), f"did you mean '{BASELINE}'?", file=near)
    refused(say("run", tmp_path), "this is a directory", file=tmp_path)
    os.mkfifo(tmp_path / "pipe.toml")
    refused(say("check", tmp_path / "pipe.toml"), "not a regular file", file=tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    child = tmp_path / "child.toml"
    for name, problem, file, key in (
        ("folder.toml", "this is a directory", child, "extends"),
        (".", "this is a directory", child, "extends"),
        ("loop.toml", "symbolic links", tmp_path / "loop.toml", None),
    ):
        child.write_text(f'schema = 1\nextends = "{name}"\ntitle = "t"\nquestion = "q"\n')
        refused(say("check", child), problem, file=file, key=key)
    for command in ("run", "explain", "compare"):
        said = say(command, SCENARIOS / "sources.toml")
        refused(said, "a list of sources, no scenario", "name a scenario", file=SCENARIOS / "sources.toml")


def test_a_relative_path_says_where_it_was_sought(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    none = f"nothing of that name in {tmp_path}"
    refused(say("run", "scenarios/nothing.toml"), none, file="scenarios/nothing.toml")
    child = tmp_path / "child.toml"
    child.write_text('schema = 1\nextends = "scenarios/nothing.toml"\ntitle = "t"\nquestion = "q"\n')
    refused(say("run", "child.toml"), f"the path is relative to {tmp_path}", file="child.toml", key="extends")


@pytest.mark.parametrize("command", ["run", "decompose"])
def test_two_scenarios_are_for_compare(command: str, say: Say) -> None:
    tax = SCENARIOS / "carbon_tax.toml"
    refused(
        say(command, BASELINE, tax), f"compare them: python run.py compare {BASELINE} {tax}", key=f"run.py {command}"
    )


@pytest.mark.parametrize(
    ("policy", "entry", "problem", "told"),
    [
        ("compute_voucher", "regions = ['germany']", "compute_voucher does not differ by region",
         "give the actors of a region a kind of their own, and name it in kinds (docs/first-study.md)"),
        ("carbon_budget", "revenue_use = 'treasury'", "carbon_budget brings in no revenue", "take revenue_use out"),
        ("open_publication", "second_share = 0.5", "open_publication brings in no revenue", "take second_share out"),
        ("compute_voucher", "amount = 5", "unknown key 'amount'",
         "how strong it is stands in value (USD/yr), budget (USD/yr) or total (USD)"),
        ("carbon_tax", "amount = 5", "unknown key 'amount'", "how strong it is stands in rate (USD/tCO2)"),
        ("carbon_tax", "region = ['germany']", "unknown key 'region'", "did you mean 'regions'?"),
    ],
)  # fmt: skip
def test_a_key_that_a_policy_lacks_is_answered_with_why(
    policy: str, entry: str, problem: str, told: str, say: Say, tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    head = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{BASELINE.as_posix()}"\n'
    file.write_text(f'{head}[[policy]]\nname = "{policy}"\n{entry}\n', encoding="utf-8")
    said = say("check", file)
    refused(said, f"error: {problem}\n", file=file, key=f"policy.{policy}.{entry.partition(' ')[0]}")
    assert said.err.rstrip().endswith(told)


RATE = "policy.carbon_tax.rate"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["sweep", BASELINE, "--vary", f"{RATE}=50", "100", "200"], f"or in quotes: --vary {RATE}=50,100,200"),
        (["sweep", BASELINE, "--vary", f"{RATE}=50,", "100"], f"or in quotes: --vary {RATE}=50,100"),
        (["sweep", BASELINE, f"--vary={RATE}=50", "100", "--quiet"], f"or in quotes: --vary {RATE}=50,100"),
        (["sweep", BASELINE, "--vary", f"{RATE}=5,9", "USD/tCO2"], f"in quotes: --vary '{RATE}=5,9 USD/tCO2'"),
        (["run", BASELINE, "--set", f"{RATE}=50", "USD/tCO2"], f"in quotes: --set '{RATE}=50 USD/tCO2'"),
        (["run", BASELINE, "--set", "a=1", "b=2"], "name --set before each: --set a=1 --set b=2"),
        (["sweep", BASELINE, "--measure", "one", "two"], "name --measure before each: --measure one --measure two"),
        (["run", BASELINE, "--replicates", "5", "6"], "take it out"),
        (["run", BASELINE, "6"], "take it out"),
    ],
)
def test_a_word_that_belongs_to_the_option_before_it_is_told_how_to_stand_there(
    typed: list[object], told: str, say: Say
) -> None:
    said = say(*typed)
    refused(said, "takes no more than one of these")
    assert said.err.rstrip().endswith(told)


def test_values_with_blanks_between_them_are_told_to_go_with_commas(say: Say) -> None:
    for typed in ("50 100 200", "50, 100 200"):
        said = say("sweep", BASELINE, "--vary", f"{RATE}={typed}")
        refused(said, "values go with commas", f"fix      --vary {RATE}=50,100,200\n")


@pytest.mark.parametrize("entry", ["[ensemble]\nfile = NAME", "extends = NAME"])
def test_a_name_that_no_file_can_have_is_refused(entry: str, tmp_path: Path) -> None:
    """From Python and within a file: no line that is typed can hold a NUL."""
    name = "a\0b.toml"
    for call in (sim.load, sim.resume, sim.ComputeEconomy):
        with pytest.raises(InputError):
            call(name)
    with pytest.raises(InputError, match="not a name of a directory"):
        prepare(tmp_path / name, "baseline")
    file = tmp_path / "own.toml"
    head = 'schema = 1\ntitle = "T"\nquestion = "Q?"\n'
    parent = "" if "extends" in entry else f'extends = "{BASELINE.as_posix()}"\n'
    file.write_text(head + parent + entry.replace("NAME", '"a\\u0000b.csv"') + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be read|does not exist"):
        sim.load(file)


def test_a_file_that_is_extended_is_named_without_detours(say: Say, tmp_path: Path) -> None:
    """Where it is meant by way of the folder above; a link that makes another file of it is kept."""
    head = 'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = '
    for folder in ("worlds", "mine", "elsewhere/deep"):
        (tmp_path / folder).mkdir(parents=True)
    broken, child = tmp_path / "worlds" / "broken.toml", tmp_path / "mine" / "child.toml"
    broken.write_text(f'{head}"{BASELINE.as_posix()}"\n[product]\nmargin = 7\n', encoding="utf-8")
    child.write_text(f'{head}"../worlds/broken.toml"\n', encoding="utf-8")
    refused(say("check", child), "out of range", file=broken, key="product.margin")
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere" / "deep")
    (tmp_path / "elsewhere" / "broken.toml").write_bytes(broken.read_bytes())
    through = tmp_path / "child.toml"
    through.write_text(f'{head}"linked/../broken.toml"\n', encoding="utf-8")
    refused(say("check", through), "out of range", file=tmp_path / "linked" / ".." / "broken.toml")
