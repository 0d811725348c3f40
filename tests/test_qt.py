"""What we rely on in Qt, so that a later version that breaks it is caught."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from explorer import start

ROOT = Path(__file__).parents[1]
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR", "XAUTHORITY")

linux = pytest.mark.skipif(sys.platform != "linux", reason="screens are asked for on Linux only")


def test_void_calls_keep_their_reference_to_none(qtbot) -> None:
    """PySide6 6.12.0 lost one at every void call, and aborted after about 7,000."""
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for _ in range(20_000):
        widget.update()
    assert abs(sys.getrefcount(None) - before) < 1_000


def test_the_window_is_built_without_torch() -> None:
    """Importing torch takes seconds; nothing of ours may need it before the window is there."""
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from explorer.ui.application import build; window = build(app); window.show(); app.processEvents();"
        "heavy = {'torch', 'torchvision', 'numpy', 'pyqtgraph', 'PIL', 'safetensors', 'PySide6.QtMultimedia'};"
        "heavy &= set(sys.modules);"
        "window.session.close(); sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_frames_of_videos_are_read_by_the_processor() -> None:
    """Qt would do it by a graphics driver, where that is made of software a hundred times slower; no test has one."""
    code = (
        "from PySide6.QtCore import Qt; from explorer.ui import application\n"
        "def stop(app):\n"
        "    print(app.testAttribute(Qt.ApplicationAttribute.AA_ForceRasterWidgets)); raise SystemExit\n"
        "application.build = stop\n"
        "application.open_window()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n", done.stderr


AT_THE_SAME_TIME = """
import sys, threading, time
from explorer.ui import application
assert "numpy" not in sys.modules
halfway, other = threading.Event(), []
class Slow:
    def find_spec(self, name, *rest):
        if name == "numpy.lib":
            halfway.set()
            time.sleep(0.5)
sys.meta_path.insert(0, Slow())
first = threading.Thread(target=lambda: other.append(__import__("numpy")))
second = threading.Thread(target=application._import_numpy)
first.start()
halfway.wait()
second.start()
first.join()
second.join()
assert other and "numpy.typing" in sys.modules
"""


def test_two_threads_that_import_numpy_get_all_of_it() -> None:
    """One that was on the way to a part left the other with half of numpy, and painting with that ended the program."""
    done = subprocess.run([sys.executable, "-c", AT_THE_SAME_TIME], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_pyside_leaves_our_imports_alone() -> None:
    """Its hook reads the source of whatever is imported; what its modules hold is found without."""
    code = (
        "import builtins; from explorer import start; own = builtins.__import__; start.plain_imports();"
        "assert builtins.__import__ is own;"
        "assert start.no_window() == '';"
        "hooked = builtins.__import__; start.plain_imports(); assert builtins.__import__ is not hooked;"
        "from explorer.ui.theme import GRID; from PySide6.support.feature import pyside_feature_dict as read;"
        "assert 'explorer.ui.theme' not in read;"
        "names = {}; exec('from PySide6.QtGui import *', names); names['QTextTable'];"
        "import PySide6.QtWidgets; PySide6.QtWidgets.QApplication([]).setObjectName('one')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def started(**variables: str) -> subprocess.CompletedProcess[str]:
    """The program started for its window, with nothing known of a screen but `variables`."""
    known = {name: value for name, value in os.environ.items() if name not in SCREEN}
    return subprocess.run(
        [sys.executable, "main.py"], env=known | variables, capture_output=True, text=True, cwd=ROOT, timeout=60
    )


@pytest.fixture
def compositor() -> Iterator[Path]:
    """A folder with a Wayland socket that lets everybody in."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/wayland-7")
        server.listen()
        yield Path(folder)


@pytest.fixture
def x_server() -> Iterator[str]:
    """The DISPLAY of an X server that nobody else uses, and that ends when its last client leaves."""
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb here")
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-terminate", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        with open(ours) as number:
            yield f":{number.readline().strip()}"
        server.kill()


@linux
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "There is no screen here. Get a virtual one"),
        ({"DISPLAY": ":9077"}, "No screen answers here (DISPLAY=:9077). Get a virtual one"),
        ({"DISPLAY": "nonsense"}, "No screen answers here (DISPLAY=nonsense)"),
        ({"DISPLAY": ":9077", "QT_QPA_PLATFORM": "xcb"}, "No screen answers here (DISPLAY=:9077)"),
        ({"WAYLAND_DISPLAY": "wayland-9"}, "No screen answers here (WAYLAND_DISPLAY=wayland-9)"),
        ({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere", "DISPLAY": ":9077"}, "WAYLAND_DISPLAY=way"),
    ],
)
def test_no_screen_is_a_sentence(variables: dict[str, str], words: str) -> None:
    done = started(**variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) <= 301


@linux
def test_a_screen_of_256_colours_is_a_sentence() -> None:
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb here")
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-nolisten", "tcp", "-screen", "0", "640x480x8"]
    with subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        with open(ours) as number:
            done = started(DISPLAY=f":{number.readline().strip()}", QT_QPA_PLATFORM="xcb")
        server.kill()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("This screen has too few colours")
    assert done.stderr.count("\n") == 1


@linux
@pytest.mark.parametrize("library", ["libwayland-cursor.so.0", "libxkbcommon.so.0"])
def test_a_missing_library_is_a_sentence(compositor: Path, library: str) -> None:
    (compositor / library).touch()  # found first, and no library
    done = started(WAYLAND_DISPLAY="wayland-7", XDG_RUNTIME_DIR=str(compositor), LD_LIBRARY_PATH=str(compositor))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The system library {library} is missing. Install what the window needs: {start.APT}\n"
    assert len(done.stderr) <= 301


@linux
def test_one_screen_that_works_is_enough(
    compositor: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.setenv("DISPLAY", ":9077")
    monkeypatch.setenv("WAYLAND_DISPLAY", str(compositor / "wayland-7"))
    assert "screen" not in start.no_window()  # the other library of Wayland may be missing here
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert "No screen answers" in start.no_window()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert start.no_window() == ""
    assert capfd.readouterr() == ("", "")


def test_asking_does_not_end_an_x_server(x_server: str) -> None:
    code = (
        "from explorer.start import no_window; print(no_window()); from PySide6.QtWidgets import QApplication;"
        "print(QApplication([]).platformName())"
    )
    known = {name: value for name, value in os.environ.items() if name not in SCREEN} | {"DISPLAY": x_server}
    done = subprocess.run([sys.executable, "-c", code], env=known, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "\nxcb\n", done.stderr


def test_a_missing_library_for_x_is_a_sentence(x_server: str, tmp_path: Path) -> None:
    (tmp_path / "libxcb-cursor.so.0").touch()
    done = started(DISPLAY=x_server, LD_LIBRARY_PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == f"The system library libxcb-cursor.so.0 is missing. Install what the window needs: {start.APT}\n"
    )


@linux
def test_a_screen_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # it takes the call and says nothing
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{server.getsockname()[1] - 6000}")
        monkeypatch.setattr(start, "PATIENCE", 0.5)
        assert not start.in_time(start.x_answers)
        server.accept()[0].close()  # it was called; now the question ends too
