"""Memory that ends at any operation of a run: it is told, nothing stays of it, and the next run is right."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.classics.catalogue import CLASSICS
from explorer.engine.memory import give_back
from explorer.engine.program import Program
from explorer.maths.sentences import device_lost, sentence

PLACES = 50
ERRORS = {
    "torch": lambda: torch.OutOfMemoryError(
        "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total of 2 GiB"
    ),
    "allocator": lambda: RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
    "python": MemoryError,
}


class Ends(TorchDispatchMode):
    """Lets so many operations pass, and no memory is left for the next."""

    def __init__(self, left: int, error: Callable[[], BaseException]) -> None:
        super().__init__()
        self.left, self.error, self.passed = left, error, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if self.passed == self.left:
            raise self.error()
        self.passed += 1
        return func(*args, **(kwargs or {}))


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def fresh() -> Program:
    return Program(CLASSICS["squeezenet1_1"].network, {})


@pytest.mark.parametrize("kind", ERRORS)
def test_at_any_operation(kind: str, fresh: Program) -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 3, 224, 224)
    wanted = fresh.run(x)[0].clone()
    counted = Ends(10**9, ERRORS[kind])
    with counted:
        fresh.run(x)
    assert counted.passed > 20, "else there is nothing to end"
    give_back()
    gc.collect()
    before = resident() if os.path.exists("/proc/self/statm") else 0
    for place in range(PLACES if kind == "torch" else PLACES // 4):
        program = fresh if place % 2 else Program(fresh.network, {})  # one that is warm, and one that has yet to pack
        at = 7 * place % counted.passed
        with pytest.raises((RuntimeError, MemoryError)) as ended, Ends(at, ERRORS[kind]):
            program.run(x)
        told = sentence(ended.value)
        assert "not enough memory" in told or "has not enough memory" in told
        assert "smaller picture" in told
        assert ("CPU" in told) == (kind == "torch"), "there is another device to offer, or none"
        assert not device_lost(ended.value)
        assert torch.equal(program.run(x)[0], wanted)
        del program, ended
    give_back()
    gc.collect()
    if before:
        assert resident() - before < 20e6
