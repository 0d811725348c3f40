"""One HTTP request on a thread of its own: what it brings is taken in pieces, and it can be dropped at any moment.

Only https is spoken, http only with this very computer; a redirect to another host or to http is refused.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, TypeVar
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

T = TypeVar("T")

PIECE = 1 << 16
"""Bytes at most in one piece."""
AHEAD = 64
"""Pieces that may wait to be taken."""
POLL = 0.02
"""Seconds one step may wait for a piece."""
TIMEOUT = 15.0
"""Seconds after which a silent server is given up."""


class TransferError(Exception):
    """The request failed; the message goes into a sentence after the server's name."""


@dataclass(frozen=True)
class Answer:
    """How the server answers. headers: by name in lower case."""

    status: int
    headers: Mapping[str, str]


class Transfer:
    """A GET of `url`: first its `answer`, then `take` its bytes, b"" at the end; None while there is nothing yet."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        if not _allowed(url):
            raise TransferError("would be asked without encryption, which is not done")
        self._request = request.Request(url, headers=dict(headers))  # noqa: S310 (checked above)
        self._answers: queue.Queue[Answer | TransferError] = queue.Queue(1)
        self._pieces: queue.Queue[bytes | TransferError] = queue.Queue(AHEAD)
        self._dropped = threading.Event()
        self._socket: socket.socket | None = None
        threading.Thread(target=self._run, name="download", daemon=True).start()

    def answer(self) -> Answer | None:
        """What the server says before it sends anything, within POLL seconds. Raises TransferError."""
        return _next(self._answers)

    def take(self) -> bytes | None:
        """The next piece, within POLL seconds. Raises TransferError."""
        return _next(self._pieces)

    def drop(self) -> None:
        """End the connection; nothing more is read."""
        self._dropped.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        opener = request.build_opener(_Plain(self._keep), _Secure(self._keep), _SameHost())
        try:
            with opener.open(self._request, timeout=TIMEOUT) as response:
                self._answers.put(Answer(response.status, _headers(response)))
                while self._put(piece := response.read1(PIECE)) and piece:
                    pass
        except HTTPError as error:
            error.close()
            self._answers.put(Answer(error.code, _headers(error)))
            self._put(b"")
        except (TransferError, OSError, http.client.HTTPException, ValueError) as error:
            told = error if isinstance(error, TransferError) else TransferError(_reason(error))
            with suppress(queue.Full):  # there was an answer before
                self._answers.put_nowait(told)
            self._put(told)

    def _put(self, piece: bytes | TransferError) -> bool:
        while not self._dropped.is_set():
            with suppress(queue.Full):
                self._pieces.put(piece, timeout=0.1)
                return True
        return False

    def _keep(self, connection: socket.socket) -> None:
        self._socket = connection
        if self._dropped.is_set():
            connection.close()


def _next(waiting: queue.Queue[T | TransferError]) -> T | None:
    try:
        piece = waiting.get(timeout=POLL)
    except queue.Empty:
        return None
    if isinstance(piece, TransferError):
        raise piece
    return piece


Keep = Callable[[socket.socket], None]


def _kept(kind: type[http.client.HTTPConnection], keep: Keep) -> Callable[..., http.client.HTTPConnection]:
    """A connection that hands out its socket: reading from it can be ended from outside only there."""

    class Kept(kind):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            keep(self.sock)

    return Kept


class _Plain(request.HTTPHandler):
    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep = keep

    def http_open(self, asked: request.Request) -> http.client.HTTPResponse:
        return self.do_open(_kept(http.client.HTTPConnection, self._keep), asked)


class _Secure(request.HTTPSHandler):
    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep = keep

    def https_open(self, asked: request.Request) -> http.client.HTTPResponse:
        connection = _kept(http.client.HTTPSConnection, self._keep)
        return self.do_open(connection, asked, context=ssl.create_default_context())


class _SameHost(request.HTTPRedirectHandler):
    """Follows a redirect only to the same host, spoken to in the same way."""

    def redirect_request(
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            fp.close()
            raise TransferError(f"sends on to {after.scheme}://{after.netloc[:60]}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _headers(response: Any) -> dict[str, str]:
    return {name.lower(): text for name, text in response.headers.items()}


def _allowed(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"sent nothing for {TIMEOUT:g} seconds"
    if isinstance(cause, ssl.SSLError):
        return "has no certificate that this computer trusts"
    if isinstance(cause, ConnectionResetError | BrokenPipeError | http.client.HTTPException):
        return "broke the connection off"
    return "could not be reached"
