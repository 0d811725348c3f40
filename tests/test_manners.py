"""How every command behaves: closed streams, full disks, Ctrl+C, errors nobody foresaw."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli.manners import bar, finished, perform
from explorer.maths.records import Progress
from tests.small_project import small  # noqa: F401

ROOT = Path(__file__).parents[1]
posix = pytest.mark.skipif(os.name == "nt", reason="no shell there, and Ctrl+C cannot be sent to one process")
CODE = "import sys; from explorer.cli.commands import main; sys.exit(main(sys.argv[1:]))"


def process(*words: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True, cwd=ROOT, **more)


def test_a_reader_that_leaves_early(small: Path) -> None:
    command = [sys.executable, "-c", CODE, "facts", str(small)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0


def test_progress_is_shown_where_a_person_watches(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also that of which nobody knows how long it takes."""
    steps = [Progress("Opening"), Progress("Reading", 1, 4), "done"]
    assert finished(iter(steps)) == "done"
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert finished(iter(steps)) == "done"
    said = capsys.readouterr().err
    assert "Opening…" in said
    assert "Reading █████" in said
    assert " 25%" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_stdout(small: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-c", CODE, "facts", str(small)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "disk is full" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_console_that_lacks_signs(small: Path) -> None:
    done = process("facts", str(small), env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "2?6?6" in done.stdout
    assert done.stderr == ""


def closed(streams: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The whole program, started by a shell that closes some standard streams."""
    command = ["sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "main.py", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@posix
@pytest.mark.parametrize(("words", "code"), [(["facts", "zebra"], 1), (["facts"], 2), (["models", "get", "x"], 1)])
def test_closed_stderr(words: list[str], code: int) -> None:
    done = closed("2>&-", *words)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


@posix
def test_closed_stderr_beside_a_result(small: Path) -> None:
    done = closed("0<&- 2>&-", "facts", str(small))
    assert done.returncode == 0
    assert "5 layers" in done.stdout


@posix
def test_closed_stdout(small: Path) -> None:
    done = closed(">&-", "facts", str(small))
    assert done.returncode == 1
    assert done.stderr == "The result has nowhere to go: standard output is closed.\n"
    assert closed("0<&- >&- 2>&-", "facts", str(small)).returncode == 1


@posix
def test_no_file_gets_the_number_of_a_closed_stream(small: Path) -> None:
    code = (
        "import os, sys; from explorer.start import open_streams; open_streams()\n"
        "with open(sys.argv[1]) as file: os.write(1, str(file.fileno() > 2 and os.get_inheritable(2)).encode())"
    )
    command = ["sh", "-c", 'exec "$@" 0<&- 2>&-', "sh", sys.executable, "-c", code, str(small)]
    assert subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout == "True"


@posix
@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("signal", ["facts", "mobilenet_v2"]),
        ("argparse", ["facts", "mobilenet_v2"]),
        ("explorer.cli.manners", ["models"]),
        ("explorer.network.analysis", ["facts", "mobilenet_v2"]),
        ("torch", ["facts", "mnasnet0_5"]),
        ("PySide6.QtWidgets", []),
    ],
)
def test_ctrl_c_amid_an_import(module: str, words: list[str]) -> None:
    code = (
        "import os, sys\nclass Finder:\n    def find_spec(self, name, *rest):\n"
        "        if name == sys.argv[1]: os.kill(os.getpid(), 2)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from explorer.start import main; sys.exit(main(sys.argv[2:]))"
    )
    done = subprocess.run([sys.executable, "-c", code, module, *words], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@posix
def test_ctrl_c_lets_a_download_clean_up() -> None:
    code = (
        "import os, sys; from explorer.start import stop_quietly; stop_quietly()\n"
        "from explorer.cli.manners import finished, perform\n"
        "def steps():\n    try:\n        yield 1\n        os.kill(os.getpid(), 2)\n        yield 2\n"
        "    finally: print('clean', file=sys.stderr)\n"
        "sys.exit(perform(lambda: str(finished(steps()))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "clean\nStopped.\n")


@posix
def test_ctrl_c_is_ignored_where_the_caller_says_so(small: Path) -> None:
    code = (
        "import os, sys; from explorer.start import main; code = main(sys.argv[1:])\n"
        "os.kill(os.getpid(), 2); sys.exit(code)"
    )
    command = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-c", code, "facts", str(small)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


@posix
def test_ctrl_c() -> None:
    code = (
        "import signal, sys; from explorer.cli.manners import perform\n"
        "def command():\n    print('going', file=sys.stderr, flush=True); signal.pause()\n"
        "sys.exit(perform(command))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stderr.readline() == "going\n"
        running.send_signal(signal.SIGINT)
        assert running.communicate() == ("", "Stopped.\n")
        assert running.returncode == 130


def test_bars() -> None:
    assert [bar(share, 4) for share in (0, 0.03, 0.5, 0.78, 1)] == ["    ", "▏   ", "██  ", "███▏", "████"]


def test_unknown_errors_are_a_sentence_too(capsys) -> None:
    def crash() -> str:
        raise RuntimeError("weird\x1b[31m\n" * 100)

    assert perform(crash) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "weird" in err
    assert "\x1b" not in err
    assert len(err) <= 301
    assert err.count("\n") == 1
    assert " log " not in err
    assert err.endswith(": please report it together with the command.\n")
