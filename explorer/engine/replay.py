"""A network for one picture after the other, as a recording: its calls are written down once and played again.

Where layers are small, most of a run is the way into oneDNN and out of it, about 40 µs for each call of ours. A traced
network that oneDNN Graph has taken in has this way behind it. It is used only where it gives the same numbers, and
sooner: so what torch has of it, and on which machine, makes no difference to what is seen.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from statistics import median
from typing import Any
from weakref import ReferenceType, finalize, ref

import torch
from torch import Tensor, nn

from explorer.engine.program import Program
from explorer.maths.records import Progress
from explorer.network.analysis import totals

MOST_MACS = 1_000_000_000
MOST_PARAMETERS = 20_000_000
MOST_NODES = 400
"""Of a network that is recorded: in a larger one the way in and out is nothing beside the work, and compiling takes
long."""
FRAMES = 10
"""Frames that go by before a recording is begun."""
WARM_UP, RUNS = 3, 3
"""Runs in which torch watches, chooses and compiles; and those that are timed, of which the middle one counts."""
MOST_MADE = 50
"""Recordings in one process: whatever is let go, about 3 MB of each stay in torch."""
EQUAL = 1e-5
"""How far values may be apart, in parts of the largest of each node, at least 1."""

Run = Callable[[Tensor], dict[str, Tensor]]


class Recorded(nn.Module):
    """The modules of all nodes that lead to the wanted ones, in a module that can be traced."""

    def __init__(self, program: Program, wanted: tuple[str, ...]) -> None:
        super().__init__()
        network = program.network
        needed = network.before(wanted)
        self._order = [(node.id, node.inputs) for node in network.order if node.id in needed]
        self._wanted = wanted
        self._parts = nn.ModuleList(program.module(id) for id, inputs in self._order if inputs)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        values: dict[str, Tensor] = {}
        parts = iter(self._parts)
        for id, inputs in self._order:
            values[id] = next(parts)(*(values[i] for i in inputs)) if inputs else x
        return tuple(values[id] for id in self._wanted)


class Replays:
    """The recording of what was asked for last. It is made while frames go by, a part behind each, once so many of them
    have shown that more are to come; it goes with its program."""

    def __init__(self) -> None:
        self._of: ReferenceType[Program] | None = None
        self._end: finalize[[], Program] | None = None
        self._wanted: tuple[str, ...] = ()
        self._seen, self._made = 0, 0
        self._making: Iterator[Run | None] = iter(())
        self._run: Run | None = None

    def ready(self, program: Program, wanted: tuple[str, ...]) -> bool:
        """Whether there is a recording, which needs no preparation and no more memory than it had."""
        return self._run is not None and self._is_of(program, wanted)

    def running(
        self, program: Program, image: Tensor, wanted: tuple[str, ...]
    ) -> Generator[Progress, None, dict[str, Tensor]]:
        """As `Program.running` gives them for one picture (1, C, H, W), by the recording where there is one."""
        if self._run is not None and self.ready(program, wanted):
            return self._run(image)
        return (yield from program.running(image, wanted))

    def go_on(self, program: Program, wanted: tuple[str, ...]) -> None:
        """One more frame was seen: make the next part of its recording."""
        if not self._is_of(program, wanted):
            self._let_go()
            self._of, self._wanted, self._end = ref(program), wanted, finalize(program, self._let_go)
            self._end.atexit = False
        self._seen += 1
        if self._seen == FRAMES + 1 and self._made < MOST_MADE and suits(program):
            self._making, self._made = recorded(program, wanted), self._made + 1
        if self._seen > FRAMES and self._run is None:
            self._run = next(self._making, None)

    def _is_of(self, program: Program, wanted: tuple[str, ...]) -> bool:
        return self._of is not None and self._of() is program and self._wanted == wanted

    def _let_go(self) -> None:
        """Forget the recording, and have torch forget it."""
        if self._end is not None:
            self._end.detach()
        self._of, self._end, self._seen, self._run = None, None, 0, None
        self._making = iter(())
        if self._made:
            _forget_types()


def suits(program: Program) -> bool:
    """Whether a recording may be worth it: on the CPU, for a network that is not large, all channels as they are."""
    sums = totals(program.facts)
    small = sums.macs <= MOST_MACS and sums.parameters <= MOST_PARAMETERS and len(program.facts) <= MOST_NODES
    return small and program.device.type == "cpu" and not program.factors


def recorded(program: Program, wanted: tuple[str, ...]) -> Iterator[Run | None]:
    """The network as a recording, at last; before that None after each part of the work, and nothing more where torch
    cannot make one, or it says something else, or takes longer, or the program is gone by then."""
    known = ref(program)
    shape = program.facts[program.entry(wanted)].shape or ()
    picture = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
    try:
        traced = _traced(program, wanted, _laid_out(picture))
        del program  # between two parts it may be let go, with its weights
        yield None
        run = _frozen(traced, wanted)
        del traced
        for _ in range(WARM_UP):
            found = run(picture)
            yield None
    except Exception:  # whatever torch's tracer, or a compiler in it, does not know: the program runs without
        return
    if not _alike(found, known(), picture, wanted):
        return
    yield None
    if _sooner(run, known(), picture, wanted):
        yield run


def _traced(program: Program, wanted: tuple[str, ...], picture: Tensor) -> Any:
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # that tracing is old, and that it takes sizes for constants, as it should
        torch.jit.enable_onednn_fusion(True)
        return torch.jit.trace(  # type: ignore[no-untyped-call]
            Recorded(program, wanted).eval(), picture, check_trace=False
        )


def _frozen(traced: Any, wanted: tuple[str, ...]) -> Run:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frozen: Any = torch.jit.freeze(traced)

    def run(image: Tensor) -> dict[str, Tensor]:
        with torch.no_grad():
            return dict(zip(wanted, frozen(_laid_out(image)), strict=True))

    return run


def _laid_out(image: Tensor) -> Tensor:
    """Colours beside each other. The step from one picture to the next, which one picture may have anyhow, is set: a
    recording is only played where all steps are those that it was made with."""
    laid = image.to(torch.float32).contiguous(memory_format=torch.channels_last)
    _, channels, high, wide = laid.shape
    return laid.as_strided(laid.shape, (channels * high * wide, 1, wide * channels, channels))


def _alike(found: dict[str, Tensor], program: Program | None, picture: Tensor, wanted: tuple[str, ...]) -> bool:
    if program is None:
        return False
    expected = program.values(picture, wanted)
    return all(_equal(found[id], expected[id]) for id in wanted)


def _equal(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and float((a - b).abs().max()) <= EQUAL * max(1.0, float(b.abs().max()))


def _sooner(run: Run, program: Program | None, picture: Tensor, wanted: tuple[str, ...]) -> bool:
    return program is not None and _took(run, picture) < _took(lambda x: program.values(x, wanted), picture)


def _took(run: Run, picture: Tensor) -> float:
    """Seconds of the processor, which other work does not count in."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        run(picture)
        times.append(time.process_time() - start)
    return median(times)


def _forget_types() -> None:
    """Have torch let go what it keeps of every module that was traced: a type with its graphs, and their constants are
    the weights. Nothing that is traced or scripted outlives this but what somebody holds."""
    with suppress(AttributeError):  # torch has no word of its own for it
        torch._C._jit_clear_class_registry()
        store = torch.jit._recursive.concrete_type_store
        store.type_store.clear()
        store.methods_compiled.clear()
