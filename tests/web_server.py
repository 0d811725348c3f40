"""A web server on the loopback for tests, with one file and every fault of a download."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Web(ThreadingHTTPServer):
    """Gives `content` under any path, or what `files` has under its name, as `fault` says; asked: path and Range of
    every request."""

    daemon_threads = True

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.content, self.fault, self.tag = content, "", '"first"'
        self.files: dict[str, bytes] = {}
        self.ranges = True
        self.asked: list[tuple[str, str]] = []
        self.go_on = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/models/{name}"

    def stop(self) -> None:
        self.go_on.set()
        self.shutdown()
        self.server_close()


class Answers(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        web = self.server
        wanted = self.headers.get("Range", "")
        web.asked.append((self.path, wanted))
        content = web.files.get(self.path.rpartition("/")[2], web.content)
        self.close_connection = True
        if web.fault in ("404", "503"):
            self.send_error(int(web.fault))
        elif web.fault.startswith("to "):
            self.send_response(302)
            self.send_header("Location", web.fault.removeprefix("to "))
            self.end_headers()
        elif web.fault == "page":
            self.send(b"<html>404: file not found</html>" * 30)
        elif wanted and web.ranges and self.headers.get("If-Range", web.tag) == web.tag:
            start = int(re.findall(r"\d+", wanted)[0])
            if start >= len(content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send(content[start:], start)
        else:
            self.send(content)

    def send(self, body: bytes, start: int = 0) -> None:
        web = self.server
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{start + len(body)}")
        if web.tag:
            self.send_header("ETag", web.tag)
        if web.fault == "long":
            body += bytes(5000)
        elif web.fault != "no length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        half = body[: len(body) // 2] if web.fault in ("cut", "stall") else body
        try:
            self.wfile.write(half)
            self.wfile.flush()
        except ConnectionError:  # who asked has gone
            return
        if web.fault == "stall":
            web.go_on.wait(60)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """The server; no proxy stands before it."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Web()
    yield server
    server.stop()
