"""P3: without being asked the program turns to no other machine. Every test runs under the guard of conftest.py."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.formats import project_file
from tests import conftest

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)"
"""An address that belongs to nobody (RFC 5737)."""


def noted() -> list[str]:
    """What the guard wrote down; it is forgotten here, so that this test passes."""
    lines = conftest.ASKED.read_text("utf-8").splitlines()
    conftest.ASKED.unlink()
    return lines


def test_the_guard_hears_this_process_and_its_children() -> None:
    with pytest.raises(OSError, match="no other machine"):
        socket.create_connection(("192.0.2.1", 80), 1)
    with pytest.raises(OSError, match="no other machine"):
        socket.getaddrinfo("example.org", 443)
    told = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, check=False).stderr
    assert "tests ask no other machine" in told
    found = noted()
    assert [line for line in found if "example.org" in line] == ["socket.getaddrinfo example.org"]
    assert sum("192.0.2.1" in line for line in found) >= 2, "of each process one at least"


def test_this_machine_may_be_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), 1).close()
        socket.create_connection(("localhost", server.getsockname()[1]), 1).close()
    assert not conftest.ASKED.exists()


def test_only_downloads_know_how_to_ask() -> None:
    """No module but that of downloads imports what leads to other machines; `start` asks a screen on this one."""
    known = {"socket", "http", "urllib", "ssl", "ftplib", "smtplib", "requests", "QtNetwork", "xmlrpc", "telnetlib"}
    found = set()
    for path in (ROOT / "explorer").rglob("*.py"):
        text = path.read_text("utf-8")
        if not any(word in text for word in known):
            continue  # parsing all of them takes seconds
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if known & {part for name in names for part in name.split(".")}:
                found.add(path.relative_to(ROOT).as_posix())
    assert found == {"explorer/start.py", "explorer/engine/transfer.py", "explorer/engine/downloads.py"}


@pytest.mark.skipif(shutil.which("strace") is None, reason="what a whole process connects to is heard by strace")
def test_the_whole_program_connects_to_nothing_when_it_starts(tmp_path: Path) -> None:
    """The window with its worker, and the command line, down to the system's calls: also what Qt and torch do."""
    project_file.write(tmp_path / "a.cnnx", CLASSICS["lenet5"].project)
    code = (
        "import sys; from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication\n"
        "from explorer.ui import application\n"
        "shown = application.after_paint\n"
        "def soon(window):\n"
        "    shown(window)\n"
        "    def look():\n"
        "        if window.session.worker.state == 'ready' and window.session.document.project.network.nodes:\n"
        "            print('ready'); window.close_now(); QApplication.quit()\n"
        "    timer = QTimer(window, interval=50); timer.timeout.connect(look); timer.start()\n"
        "application.after_paint = soon\n"
        "application.open_window(sys.argv[1])"
    )
    heard = tmp_path / "calls"
    trace = ["strace", "-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg", "-o", str(heard)]
    run = [sys.executable, "-c", code, str(tmp_path / "a.cnnx")]
    done = subprocess.run([*trace, *run], capture_output=True, text=True, cwd=ROOT, timeout=100)
    if done.returncode and "PTRACE" in done.stderr:
        pytest.skip("processes may not be traced here")
    assert done.stdout == "ready\n", done.stderr
    calls = heard.read_text("utf-8", "replace")
    assert not re.findall(r".*sa_family=AF_INET6?,.*", calls)
    with socket.create_server(("127.0.0.1", 0)) as server:
        asking = f"import socket; socket.create_connection({server.getsockname()!r})"
        subprocess.run([*trace, sys.executable, "-c", asking], check=True)
    assert "sa_family=AF_INET," in heard.read_text("utf-8", "replace"), "else this hears nothing"
