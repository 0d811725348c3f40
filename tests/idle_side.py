"""A worker process that hears and never answers, for tests of what the window does meanwhile."""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Any


def serve_idle(connection: Connection, current: Any) -> None:
    try:
        while True:
            connection.recv()
    except EOFError:
        pass
