"""In every Python that the tests start: whoever turns to another machine is refused, and noted for the test to fail.

Python imports a module of this name at its start where it finds one; `tests/conftest.py` sees to it that it does.
An audit hook hears what the socket module is about to do, whoever asks it, and cannot be taken off again.
"""

from __future__ import annotations

import os
import sys
from typing import Any

NOTES = "CNN_EXPLORER_TESTS_ASKED"
HERE = ("localhost", "", "0.0.0.0", "::", "::1")
"""This machine's own names, beside 127.x.x.x."""
ADDRESS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
           "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}  # fmt: skip
"""Where among its arguments an event has the address."""


def elsewhere(event: str, arguments: tuple[Any, ...]) -> str:
    """The machine that an audited event turns to, "" where that is this one or none."""
    if event not in ADDRESS:
        return ""
    address = arguments[ADDRESS[event]]
    if isinstance(address, str | bytes) and not event.startswith("socket.get"):
        return ""  # a socket that is one of this machine's files
    host = address[0] if isinstance(address, tuple) and address else address
    if host is None:
        return ""  # it is connected already, or any of this machine's
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return "" if host in HERE or host.startswith("127.") else host


def watch() -> None:
    """Refuse from now on, and note it in the file that the environment names then; once for each process."""
    if getattr(sys, "tests_ask_nobody", False):
        return
    sys.tests_ask_nobody = True  # type: ignore[attr-defined]

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith("socket.") and (host := elsewhere(event, arguments)):
            with open(os.environ[NOTES], "a", encoding="utf-8") as file:
                file.write(f"{event} {host}\n")
            raise ConnectionRefusedError(f"tests ask no other machine: {host}")

    sys.addaudithook(hear)


def fetches() -> bool:
    """Whether this process is pip: the tests get trained networks through it, as a user does who asks for one."""
    return any("pip" in os.path.basename(word) for word in sys.orig_argv[:3])


if NOTES in os.environ and not fetches():
    watch()
