"""Who may come in: a layer around the web application that refuses foreign pages, and keeps the page out of frames."""

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_CONNECTIONS = 24  # open at once, one a tab
PACKED = b"accept-encoding"  # on the loopback packing takes longer than sending
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHUT = ("/resourcez",)  # what Solara tells of the process
HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Doors:
    """The application behind its doors.

    A name in ``Host`` that is not this machine's is refused, so that no other name can be made to point here; an
    ``Origin`` that is not the address asked is refused too, and on a websocket has to be there, since every browser
    sends it. On an address that others reach, literal addresses and the machine's own name are allowed as well.
    """

    def __init__(self, application: Application, host: str) -> None:
        self.application, self.open = application, 0
        self.anywhere = not is_loopback(host)
        self.names = {*LOOPBACK, host, *((gethostname().lower(),) if self.anywhere else ())}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request, or one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
        elif scope["type"] == "http":
            code = self._refusal(scope)
            if code:
                await _answer(code, _guarded(send))
            else:
                await self.application(self._plain(scope), receive, _guarded(send))
        elif self._refusal(scope) or self.open >= MOST_CONNECTIONS:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._connection(scope, receive, send)

    async def _connection(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection of its own page; one that the application cannot even begin is refused as others are."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        self.open += 1
        try:
            await self.application(scope, receive, sent)
        except Exception:
            if begun:
                raise
            await send({"type": "websocket.close", "code": 1008})
        finally:
            self.open -= 1

    def _refusal(self, scope: Message) -> int:
        """The status of a refusal; 0 for what may come in."""
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        if len(hosts) != 1 or not self._is_own(_name(f"//{hosts[0]}")):
            return 403
        needed = scope["type"] == "websocket"
        if len(origins) > 1 or (needed and not origins):
            return 403
        if origins and _host(origins[0]) != hosts[0].lower():
            return 403
        return 404 if scope["path"].rstrip("/") in SHUT else 0

    def _plain(self, scope: Message) -> Message:
        """The same request, which asks for nothing packed where that is of no use."""
        if self.anywhere:
            return scope
        return {**scope, "headers": [(key, value) for key, value in scope["headers"] if key.lower() != PACKED]}

    def _is_own(self, name: str) -> bool:
        if name in self.names:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return self.anywhere


def _values(scope: Message, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _host(address: str) -> str:
    """The host of an address with its port; nothing where it has none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _name(address: str) -> str:
    """The host of an address without its port; nothing where it has none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _guarded(send: Send) -> Send:
    """Adds the headers that keep a page out of frames to every answer."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {key for key, _ in HEADERS}
            kept = [(key, value) for key, value in message.get("headers", ()) if key.lower() not in ours]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sent


async def _answer(code: int, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    text = b"not here\n" if code == 404 else b"refused: this page is for its own address alone\n"
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": text})
