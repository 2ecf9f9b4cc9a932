"""``view``: the page in the browser."""

from argparse import ArgumentParser, Namespace
from importlib.util import find_spec
from pathlib import Path
from socket import gaierror

from sim.cli.groups import Group
from sim.cli.options import whole, world
from sim.errors import InputError
from sim.pasting import installing

NAME, GROUP, ORDER = "view", Group.MAIN, 3
HELP = "set policies on a page in the browser, and read what they change from year to year"
EXAMPLE = "view scenarios/baseline.toml --against scenarios/carbon_tax.toml"
PORT, PORTS = 8765, 65535
NEEDED = ("solara", "altair", "ipyvuetify", "uvicorn")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="scenario file of the baseline world")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="scenario file of the policy world (default: the same)"
    )
    parser.add_argument(
        "--port",
        type=whole("--port", 0, PORTS),
        default=PORT,
        metavar="P",
        help=f"port (default: {PORT}; 0: any free one)",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to serve on (default: 127.0.0.1)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    world(parser, setting="an entry of a policy in the world that has the policy, or in both if none has")


def act(options: Namespace) -> int:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        fix = f"install what the page needs: {installing('view')}"
        allowed = f"with {', '.join(NEEDED)}"
        raise InputError("the page cannot be served here", found=f"no {', '.join(missing)}", allowed=allowed, fix=fix)

    from sim.app.choice import choose
    from sim.app.server import address_of, bind, serve

    choose(options.scenario, options.against or options.scenario, options.settings, options.seed, options.until)
    try:
        bound = bind(options.host, options.port)
    except gaierror as error:
        fix = "127.0.0.1 for this machine alone, 0.0.0.0 for anyone who can reach it"
        found = f"{options.host}, {error.strerror or error}"
        raise InputError("no such address", key="--host", found=found, allowed="an address of this machine", fix=fix) \
            from None  # fmt: skip
    except OSError as error:
        fix = "choose another with --port, or 0 for any free one"
        found = f"{address_of(options.host, options.port)}, {error.strerror or error}"
        raise InputError("cannot serve there", key="--port", found=found, allowed="a free port", fix=fix) from None
    serve(bound, options.host, not options.no_browser, lambda line: print(line, flush=True))
    print("The page has ended.")
    return 0
