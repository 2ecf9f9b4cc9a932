"""The command line: one short file per command, and the only place that prints.

Dropping a file into this folder registers the command it defines: NAME, GROUP, HELP, EXAMPLE, ``arguments``, which adds
its own to a parser, and ``act``, which does it and gives the exit code; and ORDER, its place in its group, if it has
one. EXAMPLE is what is typed behind the program. Of a command without arguments WORD or FILE is the option that a bare
word or file is meant for. One that simulates by a plan has ``wanted``, what its options ask for (raises InputError),
and ``report``, what is printed of the results.
"""

import gc
import os
import re
import signal
import sys
import textwrap
import time
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path
from shlex import join
from types import ModuleType
from typing import Any, NoReturn

from sim.cli.groups import Group
from sim.cli.terminal import mute, noting, quieten, terminal
from sim.errors import InputError, unknown
from sim.pasting import SCRIPT, installing, pasted, program
from sim.registry import UNLISTED, present

BAD_INPUT, INTERRUPTED = 2, 130
WIDTH = 80
SELDOM = 100_000  # objects made until Python looks for what nobody needs: what imports make is needed, and is a lot
MOMENT = 0.02  # seconds after which an interrupt comes again that was swallowed
WHAT = {"COMMAND": "command", "SOURCE": "source"}  # is chosen from, in words


@cache
def commands() -> dict[str, ModuleType]:
    """Every command by its name, in the order of the list that ``--help`` prints."""
    found = [module for module in present(__name__, __path__) if hasattr(module, "NAME")]
    groups = list(Group)
    found.sort(key=lambda command: (groups.index(command.GROUP), getattr(command, "ORDER", UNLISTED), command.NAME))
    return {command.NAME: command for command in found}


class Parser(ArgumentParser):
    """A parser whose errors are those of the rest of the product, with the nearest spelling."""

    def error(self, message: str) -> NoReturn:
        """Raise InputError for what argparse found wrong."""
        wrong = re.match(r"argument (.*?): invalid choice: '(.*?)' \(choose from (.*)\)", message, re.DOTALL)
        if wrong:
            name, word, known = wrong.groups()
            raise unknown(WHAT.get(name, "choice"), word, re.findall(r"[\w-]+", known), key=name)
        raise InputError(message, key=self.prog, allowed=" ".join(self.format_usage().split()), fix=self._see)

    @property
    def _see(self) -> str:
        """Where a command says what it takes."""
        return f"see `{pasted(*self.prog.split()[1:], '--help')}`"

    def surplus(self, word: str, typed: list[str]) -> InputError:
        """The error for what a command does not take: an option that it lacks, or one file too many."""
        if word.startswith("-") and not word[1:2].isdigit():
            return self._lacking(word.partition("=")[0])
        files, takes = [part for part in typed[1:] if _names_scenario(part)], len(self._get_positional_actions())
        command = self.prog.split()[-1]
        meant = getattr(commands().get(command), "FILE", None) if files else None
        fix = self._see if takes == 0 else "take it out"
        if meant:
            fix = f"write `{pasted(command, meant, word)}`"
        if command in ("run", "decompose") and len(files) > 1:
            fix = f"compare them: {pasted('compare', *files)}"
        elif word not in files:
            fix = self._behind(word, typed) or fix
        most = {0: "takes nothing without an option before it", 1: "takes no more than one of these"}
        problem = f"`{command}` {most.get(takes, f'takes no more than {takes} of these')}"
        return InputError(problem, key=self.prog, found=word, allowed=" ".join(self.format_usage().split()), fix=fix)

    def _behind(self, word: str, typed: list[str]) -> str:
        """How to type a word that stands behind the value of a repeatable option and belongs to it; nothing else."""
        at = typed.index(word)
        option, joined, value = typed[at - 1].partition("=") if typed[at - 1].startswith("--") else ("", "", "")
        if not joined:
            option, value = typed[at - 2], typed[at - 1]
        action = self._option_string_actions.get(option)
        if action is None or action.default != [] or action.nargs is not None:
            return ""
        if option == "--goal" and "=" not in value:
            return f"the two go together: {join([option, f'{value}={word}'])}"
        rest = [word, *takewhile(lambda other: not other.startswith("--"), typed[at + 1 :])]
        if "=" not in value or "=" in word:
            return f"name {option} before each: {join(part for each in (value, *rest) for part in (option, each))}"
        if option == "--vary" and word[:1] in "0123456789.-,":
            line = ",".join(part for each in (value, *rest) for part in each.split(",") if part)
            return f"values behind {option} go with commas, without blanks or in quotes: {join([option, line])}"
        return f"what stands behind {option} goes in quotes: {join([option, ' '.join([value, *rest])])}"

    def _lacking(self, option: str) -> InputError:
        """The error for an option that this command lacks: the commands that have it, or the nearest that it has."""
        own = list(self._option_string_actions)
        have = [f"`{name}`" for name, command in commands().items() if option in _options(command)]
        if not have:
            return unknown("option", option, own, key=self.prog)
        name = self.prog.split()[-1]
        problem, command = f"`{name}` has no option {option}", commands().get(name)
        fix = f"{', '.join(have)} {'has' if len(have) == 1 else 'have'} that option"
        fix = f"e.g. {_example(command)}; {fix}" if command else f"name a command before it: {fix}"
        return InputError(problem, key=self.prog, found=option, allowed=", ".join(sorted(own)), fix=fix)


def _names_scenario(word: str) -> bool:
    """Whether a word is a file of a scenario, or names a shipped one."""
    from sim.shippedfiles import scenario_names, shipped_name

    return word.endswith(".toml") or shipped_name(Path(word)) in scenario_names()


def _options(command: ModuleType) -> set[str]:
    """The options of a command."""
    parser = ArgumentParser()
    command.arguments(parser)
    return set(parser._option_string_actions)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 bad input, 130 interrupted."""
    program, began = arguments is None, time.perf_counter()
    if program:
        os.environ.pop("MPLBACKEND", None)  # no window is opened, so what shows one does not matter
        quieten()
        gc.set_threshold(SELDOM)
        _stop_as_ctrl_c()
    with terminal(), noting():
        try:
            return _act(list(sys.argv[1:] if arguments is None else arguments), began)
        except KeyboardInterrupt:
            _hear_no_more(program)
            print("interrupted", file=sys.stderr)
            return INTERRUPTED
        finally:
            _hear_no_more(program)


def _stop_as_ctrl_c() -> None:
    """A batch system's request to end, or a terminal that goes away, keeps what is finished as Ctrl-C does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # not every system has both
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    sys.unraisablehook = _not_swallowed


def _not_swallowed(told: Any) -> None:
    """An interrupt that comes while Python clears something away, where it would only be printed, comes again a moment
    later."""
    if told.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(told)
        return
    from threading import Timer, main_thread

    again = Timer(MOMENT, signal.raise_signal, [signal.SIGINT])
    if hasattr(signal, "pthread_kill"):  # so that it ends what the main thread waits for
        again = Timer(MOMENT, signal.pthread_kill, [main_thread().ident, signal.SIGINT])
    again.daemon = True
    again.start()


def _hear_no_more(program: bool) -> None:
    """What is left is to end, and an interrupt could only disturb that."""
    if program:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _act(typed: list[str], began: float) -> int:
    try:
        options = read(typed)
        options.began = began
        if getattr(options, "imports", None):
            _import(options.imports)
        code = int(options.act(options))
        sys.stdout.flush()
        return code
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] == "sim":
            raise
        print(f"error: {_not_installed(str(error.name))}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        fix = "see what the system says of it, and try again"
        if error.filename:
            fix = "check that it is there, may be read and written, and has room"
        if getattr(sys.stdout, "failed", None) is error:  # nobody reads on, or no room for what is printed
            mute(sys.stdout)
            if isinstance(error, BrokenPipeError):
                return 0
            fix = "check where the output goes, and that there is room"
        print(f"error: {InputError(f'stopped by the system: {error}', fix=fix)}", file=sys.stderr)
        return BAD_INPUT


def _import(files: list[Path]) -> None:
    """Import files with code of one's own. Raises InputError."""
    from sim.owncode import import_file

    for file in files:
        import_file(file)


def _not_installed(package: str) -> InputError:
    """The error for a Python that lacks what the project needs: often the system's in place of the project's own."""
    fix = "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/python run.py"
    fix = fix if program() == SCRIPT else installing()
    found = f"no {package} in {sys.executable}"
    return InputError("a package is missing", found=found, allowed="the packages of pyproject.toml", fix=fix)


def read(typed: list[str]) -> Namespace:
    """What was typed, as options of its command. Raises InputError, or SystemExit after help."""
    parser = Parser(
        prog=program(),
        usage=f"{program()} [-h] [--version] COMMAND ...",
        description=f"Who can still take part in deep learning, and what would a policy change?\n\n{_listing()}",
        epilog=f"`{pasted('COMMAND', '--help')}` says more, with an example.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(act=_help, parser=parser)
    parser.add_argument(
        "--version", action="store_const", const=_version, dest="act",
        help="print which version this is, and the hash of its code, as in provenance.json",
    )  # fmt: skip
    listed = parser.add_subparsers(prog=program(), metavar="COMMAND", help=SUPPRESS)
    for name, command in commands().items():
        sub = listed.add_parser(
            name,
            description=command.HELP[0].upper() + command.HELP[1:] + ".",
            epilog=f"example: {_example(command)}",
            formatter_class=RawDescriptionHelpFormatter,
        )
        command.arguments(sub)
        sub.set_defaults(act=command.act, parser=sub)
    options, rest = parser.parse_known_args(typed)
    if rest:
        raise options.parser.surplus(rest[0], typed)
    options.typed = typed
    return options


def _help(options: Namespace) -> int:
    print(options.parser.format_help(), end="")
    return 0


def _version(options: Namespace) -> int:
    from sim.codehash import code_hash, simulating_hash
    from sim.store.versions import installed

    print(f"compute-divide {installed('compute-divide')}, code {code_hash()}, of which {simulating_hash()} simulates")
    return 0


def _example(command: ModuleType) -> str:
    """How a command is typed, as the program was called; that which is installed has no files of the project."""
    words = command.EXAMPLE
    if program() != SCRIPT:
        words = re.sub(r"scenarios/(\S+)\.toml", r"\1", words).replace("sim/data/", "")
    return f"{pasted()} {words}"


def _listing() -> str:
    """Every command under the heading of its group; those that most people come for with an example."""
    indent = " " * (max(map(len, commands())) + 4)
    lines: list[str] = []
    for group in Group:
        lines += ["", f"{group}:"]
        for name, command in commands().items():
            if group == command.GROUP:
                named = f"  {name}".ljust(len(indent)) + command.HELP
                lines += textwrap.wrap(named, WIDTH, subsequent_indent=indent)
                lines += [f"{indent}{_example(command)}"] if group == Group.MAIN else []
    return "\n".join(lines[1:])
