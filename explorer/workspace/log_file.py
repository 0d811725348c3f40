"""The log: what goes wrong, in a file that a thread of its own writes, for its disk may not answer."""

from __future__ import annotations

import logging
import os
from functools import partial
from logging.handlers import QueueHandler
from pathlib import Path

from explorer.workspace.background import Background

NAME = "explorer.log"
MOST = 1 << 20
"""Bytes of the file, behind which it becomes the older one of two."""
LEAVING = 1.0
"""Seconds the end of the program waits for the last lines."""


class LogFile(QueueHandler):
    """Hands lines to the thread that writes them. Where there is no place to write, the program works without a log."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self._folder = log_folder()
        self._writer = Background("log")
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def enqueue(self, record: logging.LogRecord) -> None:
        """In whichever thread it happened; `prepare` has made text of it."""
        self._writer.submit(partial(_write, self._folder, f"{record.getMessage()}\n"))

    def close(self) -> None:
        """The program ends."""
        self._writer.close(LEAVING)
        super().close()


def log_folder() -> Path:
    """Where the log lies, by the system's custom."""
    from platformdirs import user_log_path  # nobody waits for it when the program starts

    return user_log_path("cnn-explorer", appauthor=False)


def start_log() -> None:
    """Write what goes wrong into a file of at most 1 MB in the system's folder for logs."""
    logging.getLogger("explorer").addHandler(LogFile())


def _write(folder: Path, line: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / NAME
        if path.is_file() and path.stat().st_size + len(line) > MOST:
            os.replace(path, path.with_name(f"{NAME}.1"))
        if path.is_file() or not path.exists():  # a pipe would wait for a reader
            with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(line)
    except Exception:  # noqa: S110  (there is nowhere to say so)
        pass
