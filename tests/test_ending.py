"""A window that the system ends, as at a log-out: edits are kept, nothing else stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.formats import home
from explorer.formats.answering import Asked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")

PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from PySide6.QtCore import QTimer
from explorer import start
from explorer.ui import application
from tests.every_job import every_job
if __name__ == "__main__":
    after = application.after_paint
    def work(window):
        after(window)
        lane, question = every_job(Path(sys.argv[1]))["dream"]
        document = window.session.document
        def begin(state):
            if state == "ready":
                window.session.ask(lane, question, lambda _: None, "working")
                document.edit("Title", replace(document.project, title="Edited a moment ago"))
                print("begun", window.session.worker._process.pid, flush=True)
        window.session.worker.state_changed.connect(begin)
    application.after_paint = work
    sys.exit(start.main([]))
"""


def begun(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    """A window with an edit while a job runs, which can write nothing into its cache; and its worker's number."""
    script, root = tmp_path / "program.py", str(Path(__file__).parents[1])
    script.write_text(PROGRAM, encoding="utf-8")
    for name in ("pictures", "tmp"):
        (tmp_path / name).mkdir()
    folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "STATE", "DATA")}
    program = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "pictures")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=root,
        env=os.environ | folders | {
            "PYTHONPATH": root, "TMPDIR": str(tmp_path / "tmp"), "CNN_EXPLORER_CACHE": f"{os.devnull}/none",
        },
    )  # fmt: skip
    assert program.stdout is not None
    line = program.stdout.readline()
    assert line.startswith("begun"), program.communicate(timeout=20)[1]
    return program, int(line.split()[1])


def rooms(tmp_path: Path) -> list[str]:
    return [each.name for each in (tmp_path / "tmp").glob("cnn-explorer-*")]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_window_that_is_ended_leaves_its_edits_and_nothing_else(tmp_path: Path, name: str) -> None:
    """A folder with weights stayed in /tmp, the worker went on with its step, and the last edits were gone."""
    program, worker = begun(tmp_path)
    assert rooms(tmp_path)
    number = getattr(signal, name)
    program.send_signal(number)
    _, told = program.communicate(timeout=30)
    assert program.returncode == 128 + number, told
    assert not rooms(tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert "Traceback" not in told
    assert len(list((tmp_path / "state").glob("**/*.unsaved"))) == 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_ended_leaves_no_folder(tmp_path: Path, name: str) -> None:
    code = "from explorer.formats.home import room; print(room(), flush=True); input()"
    program = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[1], env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert program.stdout is not None
    assert Path(program.stdout.readline().strip()).is_dir()
    program.send_signal(getattr(signal, name))
    assert program.communicate(timeout=30)[1] == ""
    assert program.returncode == -getattr(signal, name)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_program_left_is_swept_by_the_next(tmp_path: Path, monkeypatch) -> None:
    code = "from explorer.formats.home import room; print(room(), flush=True); input()"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    program = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert program.stdout is not None
    room = Path(program.stdout.readline().strip())
    mine = tmp_path / "cnn-explorer-of-mine"
    mine.mkdir()
    for folder in (room, mine):
        os.utime(folder, (0, 0))
    home.sweep()
    assert room.is_dir(), "it was in use"
    program.kill()
    program.communicate(timeout=30)
    assert room.is_dir()
    home.sweep()
    assert [each.name for each in tmp_path.iterdir()] == [mine.name]


def test_a_pipe_of_such_a_name_holds_nobody(tmp_path: Path, monkeypatch) -> None:
    """It would never answer, and the worker would never start."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pipe = tmp_path / f"{home.prefix()}abcdefgh"
    os.mkfifo(pipe)
    os.utime(pipe, (0, 0))
    assert Asked(home.sweep).answered(20)
    assert pipe.is_fifo()
