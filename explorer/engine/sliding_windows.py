"""A network for small windows slides over a larger picture: window by window, or as a convolution in one pass.

Source: Sermanet et al. 2013, OverFeat, arXiv:1312.6229, section 3.5.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.classics.course import WINDOW, WINDOW_STRIDE, sliding_window
from explorer.engine.device import checked
from explorer.engine.lab_questions import SlideWindows
from explorer.engine.program import Program
from explorer.maths.lab_records import SlidWindows
from explorer.maths.records import Progress

RUNS = 5
"""Each way is timed so often; the middle time counts."""


def slide(question: SlideWindows) -> Iterator[Progress | SlidWindows]:
    """The scores of all windows both ways, with the same random weights, and how long it took; last."""
    size, device = len(question.pixels), checked(question.device)
    window, whole = Program(sliding_window(WINDOW, convolutional=False), {}, device), sliding_window(size)
    at_once = Program(whole, as_convolutions(window), device)
    image = torch.from_numpy(question.pixels).permute(2, 0, 1)[None].float() / 255  # [1, 3, n, n]
    starts = range(0, size - WINDOW + 1, WINDOW_STRIDE)
    crops = [image[..., row : row + WINDOW, left : left + WINDOW] for row in starts for left in starts]
    alone, alone_time = yield from _timed(
        lambda: torch.cat([window.run(crop)[0] for crop in crops]), f"{len(crops)} windows"
    )
    together, together_time = yield from _timed(lambda: at_once.run(image)[0], "one pass")
    yield SlidWindows(
        alone.reshape(len(starts), len(starts), -1).cpu().numpy(),  # [R, C, classes]
        together[0].permute(1, 2, 0).cpu().numpy(),
        alone_time,
        together_time,
    )


def as_convolutions(window: Program) -> dict[str, NDArray[Any]]:
    """The weights of the network for one window, those of fully connected layers shaped as filters: no number changes.

    (out, in) becomes (out, C, f, f): f·f places of C channels lie behind each other in the flattened vector.
    """
    convolutional = sliding_window(WINDOW)
    shapes = Program(convolutional, {}, str(window.device))
    tensors = {}
    for id in convolutional.nodes:
        for name, wanted in shapes.tensors(id).items():
            tensors[f"{id}.{name}"] = window.tensors(id)[name].reshape(wanted.shape).cpu().numpy().astype(np.float32)
    return tensors


def _timed(run: Callable[[], Tensor], what: str) -> Generator[Progress, None, tuple[Tensor, float]]:
    """What `run` gives, and its middle time in milliseconds; the first run, which lays out weights, does not count.

    It can be stopped before each: on a busy machine all of them took half a minute."""
    yield Progress(f"Timing {what}", 0, RUNS + 1)
    value, times = run(), []
    for number in range(RUNS):
        yield Progress(f"Timing {what}", number + 1, RUNS + 1)
        start = time.perf_counter()
        value = run()
        if value.is_cuda:
            torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1000)
    return value, median(times)
