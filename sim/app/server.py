"""Starting the page: one process, on the loopback unless told otherwise, nothing from the internet."""

import os
import signal
import socket
import threading
import warnings
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

from sim.app.asked import tasks
from sim.app.crew import AT_START, Crew, crew
from sim.app.desk import first_setting
from sim.app.doors import Application, Doors, Message, Receive, Send, is_loopback
from sim.compiled import compile_new

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

WAITING = 64  # connections before they are taken
AHEAD = 1  # pairs simulated before there is a tab: more would take the processor from the page that loads
MOST_BYTES = 2_000_000  # of one message from a browser
SCRIPTS = (  # that the page asks for one after the other, and now at once
    "/jupyter/nbextensions/jupyter-vuetify/nodeps.js",
    "/jupyter/nbextensions/jupyter-vue/nodeps.js",
    "/_solara/cdn/echarts@5.4.0/dist/echarts.min.js",
)
EARLY = (b"link", ", ".join(f"<{script}>; rel=preload; as=script" for script in SCRIPTS).encode())
SETTINGS = {
    "SOLARA_APP": "sim.app.dashboard",
    "SOLARA_MODE": "production",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
}


def bind(host: str, port: int) -> socket.socket:
    """The door that the page will have. Raises OSError when there is no such address or the port is taken."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound


def serve(bound: socket.socket, host: str, browser: bool, say: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C, and ``say`` the address as soon as it can be asked: whoever asks before all is
    imported waits that long."""
    os.environ.update(SETTINGS)
    warnings.filterwarnings("ignore", module="solara.validate_hooks")  # on Mesa's own components
    with bound:
        address = address_of(host, bound.getsockname()[1])
        with suppress(KeyboardInterrupt):  # it has ended by then
            compile_new()  # which takes long where it is the first time: before there is an address
            bound.listen(WAITING)
            say(f"The page is at {address}  (Ctrl-C ends it)")
            if not is_loopback(host):
                say("Warning: everybody who reaches this address can use the page, and this machine's processors.")
            workers = crew()  # forked before there is any thread
            try:
                workers.submit(AT_START, tasks(*first_setting().scenarios())[:AHEAD])
                if browser:  # which starts meanwhile
                    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
                _answer(bound, host, workers)
            finally:
                workers.close()


def address_of(host: str, port: int) -> str:
    """The address of the page, as a browser takes it."""
    name = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def early(application: Application) -> Application:
    """The application, whose page tells a browser at once what it will ask for."""

    async def asked(scope: Message, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"] == "/":
                message = {**message, "headers": [*message.get("headers", ()), EARLY]}
            await send(message)

        await application(scope, receive, sent)

    return asked


def own_routes() -> "list[BaseRoute]":
    """Routes that come before Solara's: a document, and scripts as far as they are on disk. Solara's own route would
    fetch any other from the internet, whoever asks, and keep it."""
    from solara.server.cdn_helper import cdn_url_path
    from solara.server.settings import assets
    from starlette.responses import FileResponse
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    from sim.app.evidence import TRUST, TRUST_ADDRESS

    found: list[BaseRoute] = [Mount(f"/{cdn_url_path}", StaticFiles(directory=assets.proxy_cache_dir))]
    if TRUST.is_file():
        text = FileResponse(TRUST, media_type="text/plain; charset=utf-8")
        found.append(Route(f"/{TRUST_ADDRESS}", lambda request: text))
    return found


def _answer(bound: socket.socket, host: str, workers: Crew) -> None:
    """Import what is left, and answer."""
    import uvicorn
    from solara.server.starlette import app

    from sim.app.dashboard import fixed

    class Server(uvicorn.Server):  # type: ignore[misc]
        """Its workers end as soon as it is asked to end, so that none that falls is started anew."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            workers.close()
            super().handle_exit(sig, frame)

    app.routes[:0] = own_routes()
    # A processor that others keep busy must not cost anybody the connection: no answer to a ping is no end.
    server = Server(uvicorn.Config(
        Doors(early(app), host), log_level="warning", timeout_graceful_shutdown=2, ws_ping_timeout=None,
        ws_max_size=MOST_BYTES, server_header=False,
    ))  # fmt: skip
    hangup = getattr(signal, "SIGHUP", None)  # a terminal that goes away; not every system has it
    if hangup and signal.getsignal(hangup) == signal.default_int_handler:
        signal.signal(hangup, server.handle_exit)
    threading.Thread(target=fixed, daemon=True).start()  # while the browser asks for what the page is made of
    server.run(sockets=[bound])
