"""How every command behaves: results on stdout in one piece, one sentence on stderr where it failed."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal, sentence

DONE, FAILED, STOPPED = 0, 1, 130
"""Exit codes; 2, wrong usage, is argparse's own. 130 is what shells expect after Ctrl+C."""

ADVICE = "please report it together with the command"
"""What to do about an error nobody foresaw: a command writes no log."""

BAR = " ▏▎▍▌▋▊▉"

T = TypeVar("T")


class StoppedWith(KeyboardInterrupt):
    """Ctrl+C was pressed; `text` is the result so far."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def perform(command: Callable[[], str]) -> int:
    """Run a command and print the text it returns; returns the exit code."""
    warnings.simplefilter("ignore")  # a library's warning is no sentence for the user
    try:
        return _printed(command())
    except KeyboardInterrupt as stop:
        if isinstance(stop, StoppedWith):
            _printed(stop.text)
        _say("Stopped.")
        return STOPPED
    except Exception as error:  # the boundary: whatever went wrong becomes a sentence
        _say(sentence(error, ADVICE))
        return FAILED


def finished(steps: Iterator[Progress | T]) -> T:
    """Take all steps of a work and return its last result; progress is shown where a person sees stderr."""
    result: Any = None
    try:
        with _stopped_cleanly():
            for step in steps:
                if isinstance(step, Progress):
                    show_progress(step)
                else:
                    result = step
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
    return result  # type: ignore[no-any-return]


def note(text: str) -> None:
    """Say something beside the result."""
    _say(text)


def tell_watcher(text: str) -> None:
    """Say what is going to happen, where a person sees stderr; a script gets one sentence there, and if it failed."""
    if sys.stderr.isatty():
        _say(text)


def untrained(ids: Sequence[str]) -> str:
    """Which layers have random weights."""
    some = ", ".join(ids[:3]) + (", …" if len(ids) > 3 else "")
    return f"Without trained weights, so with random ones: {some}"


def bar(share: float, width: int) -> str:
    """A bar of `width` characters, filled by `share` of 1, in steps of an eighth."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full = "█" * (eighths // 8)
    return (full + BAR[eighths % 8] if eighths % 8 else full).ljust(width)


def plain(text: str) -> str:
    """Text from a file, without anything a terminal could take for a command."""
    return "".join(c if c.isprintable() else "�" for c in text)


@contextmanager
def _stopped_cleanly() -> Iterator[None]:
    """Let Ctrl+C raise KeyboardInterrupt, so that a download cleans up; elsewhere `explorer.start` says what it does.

    Not everywhere, for what is raised amid an import may be swallowed there.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _printed(text: str) -> int:
    """Print the result. A reader that left early (`| head`) has all it wanted."""
    if sys.stdout is None:
        raise Refusal("The result has nowhere to go: standard output is closed.")
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a console that lacks a sign shows ? for it
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end of Python
    return DONE


def show_progress(progress: Progress) -> None:
    """Show how far a work is, where a person sees stderr."""
    if sys.stderr.isatty():
        share = progress.done / progress.total if progress.total else 0.0
        amount = f" {bar(share, 20)} {share:4.0%}" if progress.total else "…"
        sys.stderr.write(f"\r\x1b[K{progress.text}{amount}")
        sys.stderr.flush()


def _say(text: str) -> None:
    with suppress(OSError):  # nobody listens
        print(plain(text), file=sys.stderr, flush=True)
