"""The command line: one short file per command, and the only place that prints."""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

from sim.cli import check, diff, explain, laws, measures, policies, report, reproduce, run, scenarios
from sim.errors import InputError

COMMANDS = (run, check, explain, diff, scenarios, policies, measures, laws, report, reproduce)
BAD_INPUT, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 bad input, 130 interrupted."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    parser = ArgumentParser(
        prog="run.py",
        description="Who can still take part in deep learning, and what would a policy change?",
        epilog="example: python run.py run scenarios/baseline.toml",
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = commands.add_parser(
            command.NAME,
            help=command.HELP,
            description=command.HELP[0].upper() + command.HELP[1:] + ".",
            epilog=f"example: {command.EXAMPLE}",
            formatter_class=RawDescriptionHelpFormatter,
        )
        command.arguments(sub)
        sub.set_defaults(act=command.act)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a narrow encoding shall not stop a run
    try:
        options = parser.parse_args(typed)
        options.typed = typed
        code = int(options.act(options))
        if sys.stdout is not None:  # it is None when closed from the start
            sys.stdout.flush()
        return code
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:  # nobody reads on, or no room for what is printed
        with suppress(OSError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        fix = "check where the output goes, and that there is room"
        print(f"error: {InputError(f'stopped by the system: {error}', fix=fix)}", file=sys.stderr)
        return BAD_INPUT
