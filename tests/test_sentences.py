"""Every exception becomes one sentence that helps and tells nothing private."""

from __future__ import annotations

import errno

import pytest

from explorer.maths.sentences import LONGEST, Refusal, sentence


@pytest.mark.parametrize(
    ("error", "phrase"),
    [
        (Refusal("needs a vector"), "needs a vector"),
        (OSError(errno.ENOSPC, "No space left on device", "/home/ada/net.cnnx"), "The disk is full, so “net.cnnx”"),
        (PermissionError(errno.EACCES, "Permission denied", "/root/x.png"), "no permission to use “x.png”"),
        (FileNotFoundError(errno.ENOENT, "No such file", b"/tmp/gone.jpg"), "“gone.jpg” is not there"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "/tmp"), "“tmp” is a folder"),
        (OSError(errno.EIO, "Input/output error", "/a/b"), "“b” could not be used: Input/output error"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 99 bytes"), "memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), "graphics card has not enough memory"),
        (RuntimeError("CUDA error: unspecified launch failure"), "stopped answering"),
        (RuntimeError("CUDA error: device-side assert triggered"), "choose the CPU"),
        (KeyError("x"), "Something unexpected went wrong (KeyError: 'x'): the log has the details."),
    ],
)  # fmt: skip
def test_sentence(error, phrase) -> None:
    assert phrase in sentence(error)
    assert "/" not in sentence(error).replace("Input/output", "")


def test_the_caller_says_what_to_do_about_what_nobody_foresaw() -> None:
    text = sentence(RuntimeError("a" * 500), "tell us")
    assert text.endswith("): tell us.")
    assert len(text) <= LONGEST


def test_long_and_odd_texts_become_one_short_line() -> None:
    text = sentence(Refusal("a\x1b[31m\n" * 500))
    assert len(text) <= LONGEST
    assert text.isprintable()
