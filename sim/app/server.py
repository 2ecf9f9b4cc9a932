"""Starting the page: one process, on the loopback unless told otherwise, nothing from the internet."""

import os
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable
from contextlib import suppress

from sim.app.doors import Doors, is_loopback

MOST_BYTES = 2_000_000  # of one message from a browser
SETTINGS = {
    "SOLARA_APP": "sim.app.dashboard",
    "SOLARA_MODE": "production",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",
}


def serve(host: str, port: int, browser: bool, say: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C, and ``say`` the address when it answers. Raises OSError when the port is taken."""
    os.environ.update(SETTINGS)
    warnings.filterwarnings("ignore", module="solara.validate_hooks")  # on Mesa's own components
    import socket

    import uvicorn

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        address = f"http://{'localhost' if host == '127.0.0.1' else host}:{bound.getsockname()[1]}/"
        from sim.app.dashboard import crew
        from sim.app.desk import first_setting, tasks

        workers = crew()  # forked before there is any thread
        workers.submit("the first tab", tasks(*first_setting().scenarios()))  # so that it finds its baselines
        from solara.server.starlette import app

        # A processor that others keep busy must not cost anybody the connection: no answer to a ping is no end.
        config = uvicorn.Config(
            Doors(app, host), log_level="warning", timeout_graceful_shutdown=2, ws_ping_timeout=None,
            ws_max_size=MOST_BYTES, server_header=False,
        )  # fmt: skip
        server = uvicorn.Server(config)

        def announce() -> None:
            while not server.started:
                time.sleep(0.05)
            say(f"The page is at {address}  (Ctrl-C ends it)")
            if not is_loopback(host):
                say("Warning: everybody who reaches this address can use the page, and this machine's processors.")
            if browser:
                webbrowser.open(address)

        threading.Thread(target=announce, daemon=True).start()
        with suppress(KeyboardInterrupt):  # the server has ended by then
            try:
                server.run(sockets=[bound])
            finally:
                workers.close()
