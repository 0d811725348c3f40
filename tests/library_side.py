"""The worker process of a test: the real one, with one model of the library on a server of the test."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from explorer.engine.serve import serve

PLACE = "TEST_LIBRARY"
"""Of the environment: name, address, size and first digits of the SHA-256, one a line."""


def serve_from_here(connection: Any, current: Any) -> None:
    from explorer.engine import library
    from explorer.engine.downloads import Address

    name, url, size, digits = os.environ[PLACE].split("\n")
    library.ENTRIES[name] = replace(library.entry(name), source=Address(url, int(size), digits))
    serve(connection, current)
