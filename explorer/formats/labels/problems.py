"""What is wrong with labels: a sentence for each file, and no more of them than anybody reads."""

from __future__ import annotations

from pathlib import Path

from explorer.formats import regular
from explorer.formats.words import amount, refusal
from explorer.maths.sentences import Refusal

MOST = 1000
"""Sentences that are kept; the others are counted."""
LEFT_OUT = "what is wrong was left out; correct the file for the rest"


class LabelError(Refusal):
    """Labels cannot be read; the message names the file, the reason and what to do."""


class Problems:
    """The sentences so far."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._more = 0

    def add(self, path: str | Path, reasons: list[str]) -> None:
        """Tell the first thing that is wrong with a file, and how many more there are; nothing where there is none."""
        if not reasons:
            return
        more = f", and {len(reasons) - 1:,} more faults" if len(reasons) > 1 else ""
        self.say(refusal(path, f"{reasons[0]}{more}", LEFT_OUT))

    def say(self, sentence: str) -> None:
        """Tell a whole sentence."""
        if len(self._told) < MOST:
            self._told.append(sentence)
        else:
            self._more += 1

    @property
    def told(self) -> tuple[str, ...]:
        """All of them."""
        return (*self._told, *([f"And {self._more:,} more files have faults."] if self._more else []))


def read_text(path: str | Path, largest: int) -> bytes:
    """A file's bytes. Raises LabelError where they are more than `largest`, or cannot be had."""
    try:
        size = regular.size(path)
        if size > largest:
            most = f"is too large, {amount(size)}; at most {amount(largest)} is read"
            raise LabelError(refusal(path, most, "split it, or leave out what is no box"))
        with open(path, "rb", opener=regular.only_files) as file:
            return file.read(largest)
    except regular.NotReadable as error:
        raise LabelError(str(error)) from error
    except OSError as error:
        raise LabelError(str(regular.unreadable(path, error))) from error
