"""Who may reach the page: names and origins that are its own, never in a frame, never more tabs than it can serve."""

import asyncio
from typing import Any
from urllib.parse import unquote

import pytest

from sim.app.doors import MOST_CONNECTIONS, Doors, is_loopback
from sim.app.server import SCRIPTS, address_of, early, own_routes

Answers = list[dict[str, Any]]
SOCKETS = ("/jupyter/api/kernels/1/channels", "/_solara/x", "/")


async def behind(scope: Any, receive: Any, send: Any) -> None:
    """An application that lets everybody in."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
    await send({"type": "http.response.body", "body": b"in"})


def asked(
    kind: str = "http", path: str = "/", method: str = "GET", served: str = "127.0.0.1", **headers: str
) -> Answers:
    sent: Answers = []

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "method": method, "headers": named}
    asyncio.run(Doors(behind, served)(scope, receive, send))
    return sent


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"])
def test_its_own_names_come_in(host: str) -> None:
    assert asked(host=host)[0]["status"] == 200
    for path in SOCKETS:
        assert asked("websocket", path, host=host, origin=f"http://{host}")[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "localhost.evil.example", "10.0.0.7", "", "[x"])
def test_a_foreign_name_is_refused(host: str) -> None:
    assert asked(host=host)[0]["status"] == 403
    for path in SOCKETS:
        assert asked("websocket", path, host=host, origin=f"http://{host}") == [
            {"type": "websocket.close", "code": 1008}
        ]


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://localhost:9", "http://localhost:8765.evil", "", "http://[", "http://[::1"],
)
@pytest.mark.parametrize("path", SOCKETS)
def test_a_foreign_origin_is_refused_on_every_path(origin: str, path: str) -> None:
    refused = [{"type": "websocket.close", "code": 1008}]
    assert asked("websocket", path, host="localhost:8765", origin=origin) == refused
    assert asked("http", path, "POST", host="localhost:8765", origin=origin)[0]["status"] == 403


def test_a_connection_without_an_origin_and_a_second_name_are_refused() -> None:
    assert asked("websocket", host="localhost")[0]["type"] == "websocket.close"
    assert asked()[0]["status"] == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(("path", "host", "status"), [
    ("/", "localhost", 200), ("/", "evil.example", 403), ("/resourcez", "localhost", 404),
    ("/resourcez/", "localhost", 404),
])  # fmt: skip
def test_every_answer_keeps_the_page_out_of_frames(method: str, path: str, host: str, status: int) -> None:
    answer = asked("http", path, method, host=host)[0]
    headers = [(name, value) for name, value in answer["headers"] if name == b"x-frame-options"]
    assert (answer["status"], headers) == (status, [(b"x-frame-options", b"DENY")])
    assert (b"content-security-policy", b"frame-ancestors 'none'") in answer["headers"]


def test_on_an_address_that_others_reach_addresses_are_names_of_its_own() -> None:
    assert asked(served="0.0.0.0", host="10.0.0.7:8765")[0]["status"] == 200
    assert asked(served="0.0.0.0", host="evil.example")[0]["status"] == 403
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.7")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("served", "packed"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_only_what_leaves_this_machine_is_packed(served: str, packed: bool) -> None:
    found: list[Any] = []

    async def hears(scope: Any, receive: Any, send: Any) -> None:
        found.extend(name for name, _ in scope["headers"])
        await behind(scope, receive, send)

    async def heard() -> None:
        async def send(message: Any) -> None:
            pass

        headers = [(b"host", b"localhost"), (b"Accept-Encoding", b"gzip"), (b"accept", b"*/*")]
        await Doors(hears, served)({"type": "http", "path": "/", "headers": headers}, None, send)  # type: ignore[arg-type]

    asyncio.run(heard())
    assert (b"Accept-Encoding" in found) == packed
    assert {b"host", b"accept"} <= set(found)


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "http://localhost:1/"), ("::1", "http://[::1]:1/"), ("lab", "http://lab:1/")]
)
def test_the_address_is_one_that_a_browser_takes(host: str, address: str) -> None:
    assert address_of(host, 1) == address


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what Solara imports
@pytest.mark.parametrize(("script", "status"), [
    (SCRIPTS[-1], 200), ("/_solara/cdn/any-package@1.0.0/x.js", 404), ("/_solara/cdn/echarts@5.4.0", 404),
    ("/_solara/cdn/..%2f..%2fx.js", 404),
])  # fmt: skip
def test_scripts_come_from_the_disk_alone(script: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks: a page that is foreign may ask for a script without saying where it comes from."""
    from solara.server import cdn_helper, starlette
    from starlette.applications import Starlette

    fetched: list[str] = []
    monkeypatch.setattr(cdn_helper.requests, "get", fetched.append)
    sent: Answers = []

    async def heard() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "path": unquote(script), "method": "GET", "headers": [(b"host", b"localhost")]}
        application = Starlette(routes=[*own_routes(), *starlette.app.routes])
        await Doors(application, "127.0.0.1")(scope, asyncio.Event().wait, send)  # type: ignore[arg-type]

    asyncio.run(heard())
    assert (sent[0]["status"], fetched) == (status, [])


@pytest.mark.parametrize("path", ["/", "/actors", "/static/x.js"])
def test_the_page_alone_tells_at_once_what_it_will_ask_for(path: str) -> None:
    sent: list[Any] = []

    async def heard() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        await early(behind)({"type": "http", "path": path, "headers": []}, None, send)  # type: ignore[arg-type]

    asyncio.run(heard())
    links = [value.decode() for name, value in sent[0]["headers"] if name == b"link"]
    assert len(links) == (path == "/")
    assert all(f"<{script}>; rel=preload; as=script" in link for link in links for script in SCRIPTS)


@pytest.mark.parametrize("begun", [False, True])
def test_a_connection_that_the_application_cannot_begin_is_refused(begun: bool) -> None:
    """Without a session of its own, say; a failure later is the application's."""
    sent: list[Any] = []

    async def fails(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send({"type": "websocket.accept"})
        raise KeyError("session_id")

    async def heard() -> None:
        async def send(message: Any) -> None:
            sent.append(message["type"])

        doors = Doors(fails, "127.0.0.1")
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        try:
            await doors({"type": "websocket", "path": "/", "headers": headers}, None, send)  # type: ignore[arg-type]
        finally:
            assert doors.open == 0

    if begun:
        with pytest.raises(KeyError):
            asyncio.run(heard())
    else:
        asyncio.run(heard())
    assert sent == ["websocket.accept" if begun else "websocket.close"]


def test_more_tabs_than_can_be_served_are_refused() -> None:
    async def many() -> list[str]:
        first: list[str] = []
        done = asyncio.Event()

        async def stays(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await done.wait()

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            first.append(message["type"])

        doors = Doors(stays, "127.0.0.1")
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        scope = {"type": "websocket", "path": "/", "headers": headers}
        tasks = [asyncio.create_task(doors(scope, receive, send)) for _ in range(MOST_CONNECTIONS + 1)]
        await asyncio.sleep(0.1)
        done.set()
        await asyncio.gather(*tasks)
        return first

    said = asyncio.run(many())
    assert said.count("websocket.accept") == MOST_CONNECTIONS
    assert said.count("websocket.close") == 1
