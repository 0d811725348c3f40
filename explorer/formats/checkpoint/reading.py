"""Open a checkpoint: find the weights in it, wherever its writer put them, and read their numbers when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from explorer.formats import class_names, regular
from explorer.formats.checkpoint import reparametrised, safetensors_files, torch_files
from explorer.formats.checkpoint.nested import WEIGHTS_ONLY
from explorer.formats.checkpoint.reparametrised import Made
from explorer.formats.checkpoint.stored import NotRead, Tensor, itemsize
from explorer.formats.checkpoint.stored import reading as numbers
from explorer.formats.class_names import Noted
from explorer.formats.in_pieces import told
from explorer.formats.words import amount, refusal, shown
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.network.layer import Shape

COUNTER = "int64"
"""The type of training steps and of places in tables, which are no weights."""
TORCH = (".pth", ".pt", ".ckpt", ".bin", ".pth.tar")
SAFETENSORS = (".safetensors",)
LARGEST = 4_000_000_000
"""Bytes; RegNetY-128GF, the largest of torchvision's convolutional networks, has 2.6 GB."""

WITHIN = (
    "state_dict", "model_state_dict", "model_state", "model", "state_dict_ema", "model_ema", "ema", "params_ema",
    "params", "net", "network", "weights", "module",
)  # fmt: skip
"""Under which names training programs keep the weights, those of the network itself first."""
MOST_NAME = 200
"""Characters of a tensor's name."""


class CheckpointError(Refusal):
    """A file with weights cannot be read; the message names it, the reason and what to do."""


@dataclass(frozen=True)
class Checkpoint:
    """The tensors in a file, by name, in the order of the file.

    made: the weights that are computed of several of them. within: under which names they lay, one in the other, ""
    where the file has nothing else. others: the names of further sets of weights beside them, which are not read.
    classes: lists of class names that the file has beside the weights, by what they are called there.
    """

    path: Path
    tensors: dict[str, Tensor]
    within: str = ""
    others: tuple[str, ...] = ()
    made: Mapping[str, Made] = field(default_factory=dict)
    classes: Noted = field(default_factory=dict)

    @cached_property
    def weights(self) -> dict[str, Shape]:
        """Shapes by name of all that may be a network's weights, without whole numbers, which count; what is computed
        of parts stands where the first of them lies."""
        parts = {part: name for name, one in self.made.items() for part in one.parts}
        names = dict.fromkeys(parts.get(name, name) for name, tensor in self.tensors.items() if tensor.is_float)
        return {name: self.made[name].shape if name in self.made else self.tensors[name].shape for name in names}

    def parts(self, name: str) -> tuple[str, ...]:
        """The tensors of the file that a weight is computed of, itself where it is one of them."""
        return self.made[name].parts if name in self.made else (name,)

    @property
    def counts(self) -> bool:
        """Whether there are counters, as normalisation that was trained has them."""
        return any(tensor.dtype == COUNTER for tensor in self.tensors.values())

    def put_together(self, names: list[str]) -> str:
        """The sentences about those of these weights that are computed of parts, each behind a space."""
        kinds = Counter(self.made[name].rule.what for name in names if name in self.made)
        return "".join(
            f" {count:,} {'weight is' if count == 1 else 'weights are'} stored {what}, in parts, and put together as "
            "torch does."
            for what, count in kinds.items()
        )

    def arrays(self, names: list[str]) -> Generator[int, None, dict[str, NDArray[np.float32]]]:
        """Each name's numbers as float32, in steps that say how many of its bytes were read. Raises CheckpointError."""
        found: dict[str, NDArray[np.float32]] = {}
        try:
            with open(self.path, "rb", opener=regular.only_files) as file:
                for name in names:
                    values = []
                    for part in self.parts(name):
                        values.append((yield from numbers(file, self.tensors[part])))
                    found[name] = self.made[name].rule.compute(*values) if name in self.made else values[0]
        except NotRead as error:
            raise CheckpointError(refusal(self.path, str(error), error.advice)) from error
        except OSError as error:
            raise CheckpointError(str(regular.unreadable(self.path, error))) from error
        return found

    def size(self, names: list[str]) -> int:
        """Bytes that are read for the numbers of these."""
        tensors = [self.tensors[part] for name in names for part in self.parts(name)]
        return sum(tensor.count * itemsize(tensor.dtype) for tensor in tensors)


def is_torch(path: Path, head: bytes) -> bool:
    """Whether a file, by its name and first bytes, may be one that torch.save wrote."""
    if safetensors_files.begins(head):
        return False
    zipped = head.startswith(b"PK\x03\x04") and b"/" in head[30:80]
    return zipped or head.startswith(b"\x80\x02") or path.name.lower().endswith(TORCH)


def is_safetensors(path: Path, head: bytes) -> bool:
    """Whether a file, by its name and first bytes, may be of that format."""
    return head[8:9] == b"{" or path.suffix.lower() in SAFETENSORS


def read(path: Path) -> Generator[Progress, None, Checkpoint]:
    """The weights in a file, piece by piece. Raises CheckpointError, whatever the file holds; nothing in it runs."""
    try:
        size = regular.size(path)
        if size > LARGEST:
            raise NotRead(f"has {amount(size)}, at most {amount(LARGEST)} are read", "open a smaller network's")
        with open(path, "rb", opener=regular.only_files) as file:
            value = yield from told(_value(file, size), f"Reading {shown(path.name, 60)}", size)
            found, within, others = _weights(value)
            return Checkpoint(path, found, within, others, reparametrised.found(found), class_names.noted(value))
    except regular.NotReadable as error:
        raise CheckpointError(str(error)) from error
    except NotRead as error:
        raise CheckpointError(refusal(path, str(error), error.advice)) from error
    except OSError as error:
        raise CheckpointError(str(regular.unreadable(path, error))) from error


def _value(file: BinaryIO, size: int) -> Generator[int, None, Any]:
    """What the file holds, by its first bytes."""
    head = file.read(512)
    if not head:
        raise NotRead("is empty")
    if safetensors_files.begins(head):
        found, notes = safetensors_files.noted(file, size)
        return {**found, safetensors_files.NOTES: notes}
    if head.startswith(b"PK"):
        return (yield from torch_files.zipped(file, size))
    if head.startswith(torch_files.OLD_START):
        return (yield from torch_files.old(file, size))
    if head[257:262] == b"ustar":
        raise NotRead("is a tar file, as PyTorch wrote them before 2017", WEIGHTS_ONLY)
    if head[:1] == b"\x80":
        raise NotRead("is a pickle, but none that torch.save wrote", WEIGHTS_ONLY)
    if head[8:9] == b"{":
        return safetensors_files.tensors(file, size)
    raise NotRead(
        "is no checkpoint: it begins neither like PyTorch's files nor like safetensors", "choose another file"
    )


def _weights(value: Any) -> tuple[dict[str, Tensor], str, tuple[str, ...]]:
    """The tensors by name in what a file holds, under which names they lay, and names of further ones."""
    within: list[str] = []
    others: list[str] = []
    while type(value) is dict:
        least = len(_direct(value))  # a best score beside a table of weights is a tensor, too
        inner = [name for name, part in value.items() if type(name) is str and _tensors(part) > least]
        inner = [name for name in inner if "optim" not in name and "sched" not in name]
        if not inner:
            break
        best = min(inner, key=lambda name: WITHIN.index(name) if name in WITHIN else len(WITHIN))
        others += [".".join((*within, name)) for name in inner if name != best]
        within.append(best)
        value = value[best]
    found = _direct(value) if type(value) is dict else {}
    if not found:
        raise NotRead("holds no table of weights with their names", WEIGHTS_ONLY)
    strange = next((name for name in found if len(name) > MOST_NAME or not name.isprintable()), None)
    if strange is not None:
        raise NotRead(f"has weights with an impossible name, “{shown(strange, 40)}”", WEIGHTS_ONLY)
    return found, shown(".".join(within), 80), tuple(shown(name, 80) for name in others)


def _direct(table: dict[Any, Any]) -> dict[str, Tensor]:
    return {name: part for name, part in table.items() if type(name) is str and type(part) is Tensor}


def _tensors(value: Any) -> int:
    """How many tensors a table has, and the tables in it, a few levels down."""
    level, found = [value], 0
    for _ in range(4):
        tables = [table for table in level if type(table) is dict]
        found += sum(len(_direct(table)) for table in tables)
        level = [part for table in tables for part in table.values()]
    return found
