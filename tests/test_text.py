"""Text of users is text in every medium: the terminal, figures, tables, pages and names of files."""

import json
import os
import signal
import subprocess
import sys
import warnings
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from sim.cli import main
from sim.cli.terminal import Terminal, escaped
from sim.errors import InputError, Notice
from sim.outputs.intact import SERIES, read_table
from sim.report import letters
from sim.report.letters import letters_missing, readable, tell
from sim.report.origin import FigureOrigin, verbatim
from sim.report.style import aside, canvas, png, typeset
from sim.store.lock import hold, release
from sim.store.table import csv_parts
from tests.legible import legible
from tests.saying import Say, refused
from tests.test_bad_places import contents
from tests.worlds import BASELINE, ROOT, SMALL

NASTY = "$\\frac{$ <script>alert(1)</script> \x1b[31m\x07 10^5 {{ 7*7 }} \u202e ' \" &amp; 日本"
DRAWN = "<script", "\x1b", "\x07"  # that no medium may act on


def scenario(directory: Path, name: str = "nasty", text: str = NASTY, more: str = "") -> Path:
    """A scenario whose every free text is ``text``."""
    quoted = json.dumps(text)
    file = directory / f"{name}.toml"
    file.write_text(
        f'schema = 1\nextends = "{BASELINE.as_posix()}"\ntitle = {quoted}\nquestion = {quoted}\n{more}'
        + "".join(f"[kind.{kind}]\nlabel = {quoted}\n" for kind in ("startup", "corporation", "academic_lab"))
    )
    return file


@pytest.mark.slow
@pytest.mark.usefixtures("drawn")
def test_nasty_text_goes_through_every_medium(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file, out = scenario(tmp_path, "=1+1"), tmp_path / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        said = say("run", file.name, *SMALL[1:], "--out", out)
        assert said.code == 0, said.err
        told = [said, say("check", file.name), say("explain", file.name), say("diff", str(BASELINE), file.name)]
        hold(out)  # which the run has given up
        release(out)
        assert say("report", out).code == 0
        hold(out)  # and so has the report
        release(out)
    for each in told:
        assert each.code == 0, each.err
        assert not any(mark in each.out + each.err for mark in ("\x1b", "\x07", "\u202e")), each
    page = (out / "report.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "{{ 7*7 }}" in page
    assert (out / "series.csv").read_text().splitlines()[1].startswith("'=1+1,")
    assert len([name for name in contents(out) if name.endswith(".png")]) >= 9


@pytest.mark.parametrize("command", ["check", "explain", "run"])
@pytest.mark.parametrize("key", ["\x1b[31mred\x1b]0;pwned\x07", "\u202eevil", "a\nerror: fake", "\x9b31m"])
def test_nothing_acts_on_the_terminal(command: str, key: str, say: Say, tmp_path: Path) -> None:
    file = scenario(tmp_path, text="t", more=f"[market]\n{json.dumps(key)} = 1\n")
    said = say(command, file)
    assert said.code == 2
    assert not any(letter in said.err for letter in "\x1b\x07\u202e\x9b")
    assert sum(line.startswith("error: ") for line in said.err.splitlines()) <= 1


def test_names_of_files_do_not_act_on_the_terminal(say: Say, tmp_path: Path) -> None:
    said = say("run", tmp_path / "\x1b[31m.toml", "--out", tmp_path / "x")
    assert (said.code, "\x1b" in said.err) == (2, False)
    assert "\\x1b[31m.toml" in said.err
    told = str(InputError("a problem\x07", file="a\nerror: fake", key="\x1b", found="\u202e", fix="a\tb"))
    assert told.splitlines() == [
        "a problem\\x07", r"  file     a\nerror: fake", r"  key      \x1b", r"  found    '\u202e'", r"  fix      a\tb",
    ]  # fmt: skip


def test_an_option_is_called_so_wherever_it_stands() -> None:
    assert str(InputError("no", key="--replicates", found=1)).splitlines()[1] == "  option   --replicates"
    both = str(InputError("no", file="--set", key="product.margin")).splitlines()
    assert both[1:] == ["  option   --set", "  key      product.margin"]


@given(st.text())
def test_what_is_shown_is_harmless_and_the_rest_as_written(text: str) -> None:
    shown = escaped(text)
    assert all(letter.isprintable() or letter in "\n\t" or ord(letter) > 0x9F for letter in shown)
    assert escaped(shown) == shown
    if text.isprintable():
        assert shown == text


def test_a_stream_that_breaks_is_forgiven_or_not() -> None:
    class Full(StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    quiet = Terminal(Full(), True)
    assert quiet.write("lost") == 4
    quiet.flush()
    assert Terminal(None, True).write("lost") == 4
    with pytest.raises(OSError, match="No space"):
        Terminal(Full(), False).write("needed")


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full", ">&- 2>&-"])
def test_a_broken_error_stream_stops_nothing(where: str, tmp_path: Path) -> None:
    for file, code in ((BASELINE, 0), (tmp_path / "nothing.toml", 2)):
        command = ["sh", "-c", f'exec "$@" {where}', "sh", sys.executable, "run.py", "check", str(file)]
        done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60)
        assert (done.returncode, done.stderr) == (code, b"")


PROGRAM = """
import atexit, os, signal, sys, warnings
import numpy as np
from sim.cli import main
from sim.cli import measures
def act(options):
    import matplotlib
    warnings.warn("raw")
    np.float64(1) / np.float64(0)
    return 0
measures.act = act
sys.argv = ["run.py", "measures"]
atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
raise SystemExit(main())
"""


def test_a_late_interrupt_raw_warnings_and_a_strange_backend_do_no_harm() -> None:
    environment = {**os.environ, "MPLBACKEND": "nonsense"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, cwd=ROOT, env=environment, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler  # within a test nothing is changed
    assert main(["measures"]) == 0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_notices_are_one_line_each_and_said_once() -> None:
    code = "import warnings\nfrom sim.cli.terminal import quieten\nfrom sim.errors import Notice\nquieten()\n"
    code += "for _ in range(3):\n    warnings.warn('a\\x1b[31mb', Notice)\nwarnings.warn('raw')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr.strip().startswith("note: a")
    assert done.stderr.count("note: a") == 1  # said twice it is no truer
    assert "raw" not in done.stderr


def drawn(text: str) -> tuple[str, ...]:
    """The text as matplotlib lays it out: what it takes for mathematics, else what it shows."""
    shown, mathematics = Text(0, 0, text)._preprocess_math(text)  # type: ignore[attr-defined]
    return ("mathematics",) if mathematics else (shown,)


@given(st.text(st.sampled_from("$\\{}^_ aM1\n\x1b%&"), max_size=12))
def test_labels_are_no_mathematics(text: str) -> None:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    assert drawn(verbatim(text)) == (plain,)
    if "10^" not in text:
        assert drawn(typeset(text)) == (plain,)


def test_dollars_survive_a_cut_title() -> None:
    origin = FigureOrigin("$" * 60, replicates=1, seed=1, fingerprint="", years=(2012, 2013))
    assert drawn(origin.line)[0].startswith("$" * 45 + "…")


def figure(text: str) -> Figure:
    made = Figure(figsize=(1, 1))
    made.text(0, 0, text)
    return made


def test_letters_that_no_font_has_are_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = [entry for entry in letters.fontManager.ttflist if entry.name == letters.FONT]
    monkeypatch.setattr(letters.fontManager, "ttflist", fonts)
    letters._families.cache_clear()
    png(figure("线 and 基"))
    png(figure("线"))
    with pytest.warns(Notice, match="no font of this machine has 基线: boxes stand for them in figures") as told:
        tell(letters_missing())
    assert len(told) == 1
    tell(letters_missing())
    letters._families.cache_clear()


def test_a_font_of_this_machine_is_found_for_other_letters() -> None:
    entry = next(entry for entry in letters.fontManager.ttflist if entry.name == "STIXGeneral" and entry.weight == 400)
    own = frozenset(map(chr, FT2Font(entry.fname).get_charmap())) & letters._letters_of("STIXGeneral")
    letter = min(one for one in own - letters._letters_of(letters.FONT) if one.isprintable())
    made = figure(f"a{letter}")
    with readable(made):
        assert made.texts[0].get_fontfamily()[0] == letters.FONT
        assert len(made.texts[0].get_fontfamily()) > 1
    tell(letters_missing())


def test_formulas_in_tables_are_text(tmp_path: Path) -> None:
    names = ["=1+1", "+a", "-b", "@c", "plain", "it's", "NA", "nan", ""]
    table = pd.DataFrame(dict.fromkeys(SERIES, 1), index=range(len(names))).assign(scenario=names, measure="m")
    table["unit"], table["value"] = "u", -1.5
    file = tmp_path / "series.csv"
    file.write_bytes(b"".join(csv_parts(table)))
    rows = file.read_text().splitlines()[1:]
    assert [row[0] for row in rows[:4]] == ["'"] * 4
    assert rows[4].startswith("plain,")
    assert all(row.endswith(",-1.5") for row in rows)
    assert list(read_table(file, SERIES)["scenario"]) == names


def test_long_chains_of_files_are_refused(say: Say, tmp_path: Path) -> None:
    start = 'schema = 1\ntitle = "t"\nquestion = "q"\n'
    (tmp_path / "0.toml").write_text(f'{start}extends = "{BASELINE.as_posix()}"\n')
    for i in range(1, 1500):
        (tmp_path / f"{i}.toml").write_text(f'{start}extends = "{i - 1}.toml"\n')
    refused(say("explain", tmp_path / "1499.toml"), "too many files extend each other", key="extends")
    assert say("check", tmp_path / "40.toml").code == 0


@pytest.mark.parametrize("letter", ["a", "W", "线"])
def test_words_across_a_figure_stay_within_it(letter: str) -> None:
    """Whatever its title is: the last line of a figure left the canvas where letters were wide."""
    origin = FigureOrigin(letter * 60, 1000, 123456, "4921b6e2d8", (2012, 2040))
    figure, _ = canvas(letter * 60, letter * 100, origin.line)
    with readable(figure):
        legible(figure)
    letters_missing()  # nobody else is told of them


@pytest.mark.parametrize(("values", "side"), [
    ((30.0, 20.0, 15.0, 9.0, 10.0), "left"),
    ((8.0, 12.0, 15.0, 20.0, 40.0), "right"),
    ((60.0, 50.0, 40.0, 30.0, 20.0), "right"),  # where no line comes near
    ((30.0, 20.0, 9.0, 0.0, np.nan), "right"),
])  # fmt: skip
def test_no_line_crosses_a_remark_on_a_level(values: tuple[float, ...], side: str) -> None:
    """At the end of the years the best lab went through the words that tell from where on the law is extrapolated."""
    years = range(2012, 2033, 5)
    _, (ax,) = canvas("", "", "")
    aside(ax, "below 10 %: extrapolated", (2012, 2032), 10.0, [pd.Series(values, index=years)])
    assert [text.get_ha() for text in ax.texts] == [side]
