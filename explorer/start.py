"""Where the program begins: a command without a window, or the window.

Everything is imported late, so that a missing library is one sentence and not a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("facts", "run", "models")
"""The first word of the commands that open no window; see `explorer.cli`."""

APT = (
    "sudo apt-get install libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1"
)
"""The system libraries Qt needs, and the command that installs them on Debian and Ubuntu."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code: 0 done, 1 failed, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and (words[0] in COMMANDS or words[0].startswith("-") or len(words) > 1):
        from explorer.cli.commands import main as run_command

        return run_command(words)
    problem = missing_library() or missing_screen()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    from explorer.ui.application import open_window

    return open_window(words[0] if words else "")


def missing_library() -> str:
    """A sentence with the command that installs what Qt lacks, or ""."""
    try:
        import PySide6.QtWidgets  # noqa: TID251  (to see whether it can be loaded)
    except ModuleNotFoundError:
        return "PySide6 is not installed: run `pip install .` in the folder of CNN Explorer."
    except ImportError as error:
        return _sentence(str(error))
    if sys.platform == "linux" and os.environ.get("DISPLAY") and not os.environ.get("QT_QPA_PLATFORM"):
        import ctypes

        plugin = Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            return _sentence(str(error))
    return ""


def _sentence(error: str) -> str:
    library = error.partition(":")[0]
    if sys.platform == "linux" and ".so" in library:
        return f"The system library {library} is missing. Install what the window needs: {APT}"
    return f"The window system could not be loaded: {error}. Install PySide6-Essentials again."


def missing_screen() -> str:
    """A sentence on what to do where there is no screen, or ""."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "There is no screen here. Get a virtual one (sudo apt-get install xvfb; xvfb-run cnn-explorer), "
        "or work without a window: cnn-explorer run mobilenet_v2 photo.jpg; see cnn-explorer --help."
    )
