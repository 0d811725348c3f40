"""The program starts and draws a network where a home, a place to write, fonts or a usual language are missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.layers.joins import Add
from explorer.ui.controls.words import source, told

HERE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from explorer import start
start.open_streams()
app = QApplication([sys.argv[0], "-style", "Fusion"])
from explorer.ui import application
window = application.build(app)
window.resize(1000, 700)
window.show()
app.processEvents()
application.after_paint(window)
window.session.open_network("lenet5", "LeNet-5")
app.processEvents()
image = window.grab().toImage()
colours = {image.pixel(x, y) for x in range(0, 1000, 5) for y in range(0, 700, 5)}
print(len(window.session.document.project.network.nodes), len(colours), window.windowIcon().isNull())
window.close_now()
window.session.close()
"""

NODES = len(CLASSICS["lenet5"].network.nodes)
NOWHERE = "/dev/null/nowhere"
FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "CNN_EXPLORER_CACHE")


def drawn(without: tuple[str, ...] = (), **variables: str) -> tuple[int, int]:
    """Nodes of the network and colours of the window, of a program that started so."""
    env = {name: value for name, value in os.environ.items() if name not in without}
    done = subprocess.run(
        [sys.executable, "-c", HERE], env=env | {"QT_QPA_PLATFORM": "offscreen"} | variables, capture_output=True,
        text=True, encoding="utf-8", errors="replace", timeout=60, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert ("No font is installed" in done.stderr) == ("FONTCONFIG_FILE" in variables)
    nodes, colours, no_icon = done.stdout.split()
    assert no_icon == "False"
    return int(nodes), int(colours)


def test_without_a_home() -> None:
    assert drawn(without=FOLDERS)[0] == NODES


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such path")
def test_with_a_home_nobody_can_write_to() -> None:
    nodes, colours = drawn(**dict.fromkeys(FOLDERS, NOWHERE), TMPDIR=NOWHERE)
    assert nodes == NODES
    assert colours > 10


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such path")
def test_what_comes_with_the_program_runs_where_nothing_can_be_kept(tmp_path: Path) -> None:
    """The bundled LeNet-5 was refused, for its weights had no place in the cache; what is to stay is refused still."""
    env = {**os.environ, **dict.fromkeys(FOLDERS, NOWHERE), "TMPDIR": str(tmp_path)}
    digit = Path(__file__).parents[1] / "resources" / "samples" / "digit.png"
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", "from explorer.start import main; raise SystemExit(main())", *words], env=env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
        )
        for words in (("run", "lenet5", str(digit)), ("models",), ("models", "get", "multistyle26"))
    ]  # fmt: skip
    said = [(*one.communicate(timeout=120), one.returncode) for one in starts]
    assert said[0][0].startswith("5 ")
    assert said[0][1:] == ("", 0)
    assert "2 here" in said[1][0]
    assert said[1][1:] == ("", 0)
    assert "cannot be made" in said[2][1]
    assert said[2][2] == 1
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["tr_TR.UTF-8", "C", "POSIX", "xx_YY.KOI8-R", "de_DE@euro"])
def test_with_any_language(name: str) -> None:
    assert drawn(without=("PYTHONUTF8", "PYTHONIOENCODING"), LC_ALL=name, LANG=name, LANGUAGE=name)[0] == NODES


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig finds the fonts there")
def test_without_fonts(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(f'<?xml version="1.0"?><fontconfig><dir>{tmp_path}/none</dir></fontconfig>', encoding="utf-8")
    nodes, colours = drawn(FONTCONFIG_FILE=str(config), QT_QPA_FONTDIR=str(tmp_path / "none"))
    assert nodes == NODES
    assert colours > 10


@pytest.mark.parametrize("word", ["-O", "-OO"])
def test_what_a_layer_does_is_told_where_python_drops_descriptions(word: str) -> None:
    code = (
        "from explorer.layers.joins import Add; from explorer.ui.controls.words import source, told\n"
        "print(told(Add), source(Add))"
    )
    said = subprocess.run([sys.executable, word, "-c", code], capture_output=True, text=True, timeout=60)
    assert said.stdout == f"{told(Add)} {source(Add)}\n"
    assert told(Add) == "Sum of equal-shaped inputs: the shortcut of a residual network."
