"""Where the program begins: a command without a window, or the window.

Everything is imported late: a missing library is then one sentence, and so little happens before `main` that
Ctrl+C finds it ready.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # `typing` itself takes milliseconds in which Ctrl+C would show a traceback
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = (
    "facts", "compare", "run", "detect", "patches", "evaluate", "style", "train-style", "open", "convert", "models",
    "figure",
)  # fmt: skip
"""The first word of the commands that open no window; see `explorer.cli`."""

APT = (
    "sudo apt-get install libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-keysyms1 libxcb-randr0 libxcb-shape0 libwayland-cursor0"
)
"""The command that installs the system libraries Qt needs, and what these need, on Debian and Ubuntu."""

STOPPED = 130
"""The exit code shells expect after Ctrl+C."""

PATIENCE = 10.0
"""Seconds a screen may take to answer: a forwarded one whose line is cut never does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code: 0 done, 1 failed, 2 wrong usage."""
    stop_quietly()
    open_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = bool(words) and (words[0] in COMMANDS or words[0].startswith("-") or len(words) > 1)
    from explorer.formats.home import stand_in, store

    if not command:
        from explorer.engine.memory import one_heap

        one_heap()
    silent = stand_in()
    store()
    if command:
        from explorer.cli.commands import main as run_command

        if silent and sys.stderr is not None:
            print(silent, file=sys.stderr)
        return run_command(words)
    import gc

    gc.disable()  # what is imported stays; and once the window is painted, `ui.tidying` looks for garbage
    problem = no_window()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    plain_imports()
    from explorer.ui.application import open_window

    return open_window(words[0] if words else "", silent)


def plain_imports() -> None:
    """Take PySide6's hook off `import`, once PySide6 is there.

    It is for `from __feature__ import snake_case`, which nothing here uses; for this it reads the source of each module
    that is imported, and runs at each `import` in a function. The hook for `from PySide6.QtGui import *` stays.
    """
    import builtins

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)  # PySide6's word for what was there


def stop_quietly() -> None:
    """Make Ctrl+C end the program without a traceback, until there is work to clean up after."""
    try:
        import signal
    except KeyboardInterrupt:  # this import alone takes 10 ms
        os._exit(STOPPED)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else somebody chose to ignore it
        signal.signal(signal.SIGINT, lambda *_: os._exit(STOPPED))


def open_streams() -> None:
    """Put the null device where the caller closed stdin, stdout or stderr.

    Their numbers would go to the next files that are opened, and what Qt or torch says would be written into these.
    sys.stdout stays None: a result that goes nowhere is a failure, see `explorer.cli.manners`.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is the stream's own
            os.set_inheritable(number, True)  # the worker process needs it too
            if name == "stderr":
                sys.stderr = open(number, "w")  # noqa: SIM115 (open as long as the program)


def no_window() -> str:
    """Why no window can be opened here and what to do, or ""; Qt itself would abort."""
    try:
        import PySide6.QtWidgets  # noqa: TID251  (to see whether it can be loaded)
    except ModuleNotFoundError:
        return "PySide6 is not installed: run `pip install .` in the folder of CNN Explorer."
    except ImportError as error:
        return _not_loaded(str(error))
    if sys.platform != "linux":
        return ""
    wanted = os.environ.get("QT_QPA_PLATFORM") or "wayland;xcb"
    chosen = [choice.partition(":")[0] for choice in wanted.split(";")]
    if not set(chosen) <= {"wayland", "xcb"}:
        return ""  # something that needs no screen, such as offscreen
    answering = [platform for platform in chosen if in_time(SCREENS[platform])]
    if not answering:
        return no_screen()
    folder = os.path.join(os.path.dirname(PySide6.__file__), "Qt", "plugins", "platforms")
    problems = [_not_loadable(os.path.join(folder, f"libq{platform}.so")) for platform in answering]
    return "" if "" in problems else problems[0]


def no_screen() -> str:
    """A sentence on what to do where no screen answers."""
    named = [f"{name}={os.environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name)]
    what = f"No screen answers here ({', '.join(named)[:60]})" if named else "There is no screen here"
    return (
        f"{what}. Get a virtual one (sudo apt-get install xvfb; xvfb-run cnn-explorer), "
        "or work without a window: cnn-explorer run mobilenet_v2 photo.jpg; see cnn-explorer --help."
    )


def x_answers() -> bool:
    """Whether the X server of DISPLAY lets us in; also True where we lack the library to ask."""
    if not os.environ.get("DISPLAY"):
        return False
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    # The connection stays open: a server that has no other client would start over, or end, before Qt comes.
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    return not xcb.xcb_connection_has_error(connection)


def wayland_answers() -> bool:
    """Whether the compositor of WAYLAND_DISPLAY lets us in; libwayland itself would print to stderr where not."""
    if os.environ.get("WAYLAND_SOCKET"):
        return True  # a line that is open already
    if not os.environ.get("WAYLAND_DISPLAY"):
        return False
    import socket

    with socket.socket(socket.AF_UNIX) as line:
        path = os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ["WAYLAND_DISPLAY"])
        return os.path.isabs(path) and line.connect_ex(path) == 0


SCREENS = {"wayland": wayland_answers, "xcb": x_answers}
"""Qt's platforms that need a screen, each with the question whether there is one."""


def in_time(answers: Callable[[], bool]) -> bool:
    """Whether the answer is yes, and comes before our patience ends."""
    import threading

    said: list[bool] = []
    asking = threading.Thread(target=lambda: said.append(answers()), daemon=True)  # Ctrl+C works meanwhile
    asking.start()
    asking.join(PATIENCE)
    return said == [True]


def _not_loadable(plugin: str) -> str:
    """A sentence on the library one of Qt's plugins lacks, or ""."""
    import ctypes

    if not os.path.exists(plugin):
        return ""  # another build of PySide6, which has it elsewhere
    try:
        ctypes.CDLL(plugin)
    except OSError as error:
        return _not_loaded(str(error))
    return ""


def _not_loaded(error: str) -> str:
    library = os.path.basename(error.partition(":")[0])
    if sys.platform == "linux" and ".so" in library:
        return f"The system library {library} is missing. Install what the window needs: {APT}"
    return f"The window system could not be loaded: {error}. Install PySide6-Essentials again."
