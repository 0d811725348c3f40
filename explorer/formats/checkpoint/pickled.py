"""The pickles in PyTorch's checkpoints, read as data: plain values and tensors come out, and nothing is ever called.

A pickle is a program for a small stack machine. This one knows the opcodes that torch.save writes for weights, and in
place of classes and functions a few names that stand for plain values, or for what is passed over (`asides`).
Everything else is refused by its name.
Source: Python's Lib/pickletools.py (opcodes); torch/serialization.py and torch/_utils.py (what the names mean).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from typing import Any, BinaryIO

from explorer.formats.checkpoint.asides import ASIDE, is_aside, refuse_type
from explorer.formats.checkpoint.nested import A_STEP, MOST_VALUES, WEIGHTS_ONLY, checked
from explorer.formats.checkpoint.stored import MOST_NUMBERS, NotRead, Storage, Tensor, view
from explorer.formats.in_pieces import STEP
from explorer.formats.words import shown

LARGEST = 64_000_000
"""Bytes of one pickle."""
MOST_OPCODES = 1_000_000
LONGEST_NAME = 500
LARGEST_KEY = 1 << 60  # Python's tables go by the rest modulo 2⁶¹ − 1: a file could have all of its keys meet there

STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool",
}  # fmt: skip

Find = Callable[[str, str, int], Storage]
"""The storage of this key, type (torch's name) and count of numbers. Raises NotRead where the file has no such one."""


class Name:
    """What a pickle calls by module and name, and may."""

    def __init__(self, module: str, name: str) -> None:
        self.text = f"{module} {name}"

    def __repr__(self) -> str:
        return self.text


ORDERED, DEFAULTS, TENSOR, PARAMETER, SIZE, DEVICE = (
    "collections OrderedDict", "collections defaultdict", "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter", "torch Size", "torch device",
)  # fmt: skip
CALLED = (ORDERED, DEFAULTS, TENSOR, PARAMETER, SIZE, DEVICE)
"""What a pickle may call; none of them is: each has a plain value in its place."""
NAMES = {
    *CALLED, *(f"torch {name}" for name in STORAGES),
    *(f"torch {name}" for name in (*STORAGES.values(), "half", "float", "double")),
}  # fmt: skip


class Machine:
    """Runs pickles in a file, from where it is on, one after the other; `find` gives the storages they name."""

    def __init__(self, file: BinaryIO, find: Find) -> None:
        self.file, self.find = file, find
        self.left = LARGEST
        self.claimed = 0  # numbers in all tensors so far
        self.copied = 0  # pairs that tables were made of

    def next(self) -> Generator[int, None, Any]:
        """The value of the next pickle; the file is then behind it. In steps, each as much work as so many bytes are.
        Raises NotRead."""
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.done = False
        for count in range(MOST_OPCODES):
            if count % A_STEP == A_STEP - 1:
                yield STEP
            opcode = self.take(1)
            step = OPCODES.get(opcode)
            if step is None:
                raise NotRead(f"has a pickle with an opcode {opcode!r} that weights do not need", WEIGHTS_ONLY)
            try:
                step(self)
            except NotRead:
                raise
            except (IndexError, KeyError, TypeError, ValueError) as error:
                raise NotRead("is damaged: its pickle makes no sense") from error
            if self.done:
                if len(self.stack) != 1 or self.marks:
                    raise NotRead("is damaged: its pickle ends in the middle")
                return (yield from checked(self.stack[0]))
        raise NotRead(f"has a pickle of more than {MOST_OPCODES:,} steps", WEIGHTS_ONLY)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self.left -= count
        part = self.file.read(count) if self.left >= 0 else b""
        if len(part) < count:
            raise NotRead("is cut off")
        return part

    def number(self, code: str) -> Any:
        """The next number, of a kind as `struct` writes it."""
        return struct.unpack(code, self.take(struct.calcsize(code)))[0]

    def line(self) -> str:
        """The text up to the end of the line."""
        text = self.file.readline(LONGEST_NAME)
        self.left -= len(text)
        if not text.endswith(b"\n"):
            raise NotRead("is cut off, or its pickle is damaged")
        return text[:-1].decode("ascii")

    def above_mark(self) -> list[Any]:
        """Take what lies on the stack above the last mark."""
        mark = self.marks.pop()
        values = self.stack[mark:]
        del self.stack[mark:]
        return values

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def gather(self, count: int) -> None:
        """The upper `count` values become one tuple."""
        if len(self.stack) < count:
            raise IndexError
        values = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        self.push(values)

    def remember(self, number: int) -> None:
        """Note the topmost value under a number."""
        self.memo[number] = self.stack[-1]

    def append(self, values: list[Any]) -> None:
        """Put values at the end of the topmost list."""
        if self.stack[-1] is ASIDE:
            return
        if type(self.stack[-1]) is not list:
            raise TypeError
        self.stack[-1].extend(values)

    def set_items(self, values: list[Any]) -> None:
        """Put keys and values, in turn, into the topmost table."""
        if self.stack[-1] is ASIDE:
            return
        if type(self.stack[-1]) is not dict or len(values) % 2:
            raise TypeError
        keys = values[::2]
        plain = (str, int, float, bool, type(None))
        if any(type(key) not in plain or (type(key) is int and abs(key) >= LARGEST_KEY) for key in keys):
            raise NotRead("has a table with keys that are neither texts nor numbers", WEIGHTS_ONLY)
        self.stack[-1].update(zip(keys, values[1::2], strict=True))

    def name(self) -> None:
        """A class or function by its module and name: only those that stand for plain values, or are passed over."""
        module, name = self.line(), self.line()
        if is_aside(module, name):
            self.push(ASIDE)
            return
        refuse_type(f"{module} {name}")
        if f"{module} {name}" not in NAMES:
            what = shown(f"{module}.{name}", 80)
            raise NotRead(f"holds more than weights: it wants Python's {what}, and could run code", WEIGHTS_ONLY)
        self.push(Name(module, name))

    def call(self) -> None:
        """Put the plain value that a call stands for in its place."""
        given, what = self.stack.pop(), self.stack.pop()
        if type(given) is not tuple:
            raise TypeError
        if what is ASIDE:
            self.push(ASIDE)
            return
        if type(what) is not Name:
            raise TypeError
        if what.text not in CALLED:
            raise NotRead(f"holds more than weights: it calls {what.text.replace(' ', '.')}", WEIGHTS_ONLY)
        self.push(MEANINGS[what.text](self, *given))

    def make(self) -> None:
        """An object of a class: only of those that are passed over."""
        if len(self.stack) < 2 or self.stack[-2] is not ASIDE:
            raise NotRead("holds more than weights: it makes objects", WEIGHTS_ONLY)
        self.call()

    def build(self) -> None:
        """A state of an object: only what torch notes beside a state dict, which tells nothing here."""
        state = self.stack.pop()
        if self.stack[-1] is ASIDE:
            return
        if type(state) is not dict or type(self.stack[-1]) is not dict:
            raise NotRead("holds more than weights: it sets the state of an object", WEIGHTS_ONLY)

    def stored(self) -> None:
        """Numbers that lie outside of the pickle: ("storage", type, key, device, count), and None in old files."""
        said = self.stack.pop()
        if type(said) is not tuple or len(said) not in (5, 6) or said[0] != "storage" or said[5:] not in ((), (None,)):
            raise NotRead("is damaged: it names numbers in a way PyTorch does not")
        _, kind, key, _, count = said[:5]
        dtype = STORAGES.get(kind.text.removeprefix("torch ")) if type(kind) is Name else None
        if dtype is None or type(key) is not str or type(count) is not int or not 0 <= count < 1 << 40:
            raise NotRead("is damaged: it names numbers in a way PyTorch does not")
        self.push(self.find(key, dtype, count))

    def tensor(self, storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> Tensor:
        """torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)."""
        if type(storage) is not Storage:
            raise TypeError
        found = view(storage, offset, shape, strides)
        self.claimed += found.count
        if self.claimed > MOST_NUMBERS:
            raise NotRead(f"holds more than {MOST_NUMBERS:,} numbers", "open a smaller network's")
        return found

    def parameter(self, tensor: Any, *_: Any) -> Tensor:
        """torch._utils._rebuild_parameter(data, requires_grad, hooks)."""
        if type(tensor) is not Tensor:
            raise TypeError
        return tensor

    def table(self, *pairs: Any) -> dict[Any, Any]:
        """collections.OrderedDict(), or as Python 2 wrote it with a list of [key, value]."""
        given = pairs[0] if pairs else []
        if type(given) is not list or len(pairs) > 1:
            raise TypeError
        self.copied += len(given)
        if self.copied > MOST_VALUES:
            raise NotRead(f"has tables of more than {MOST_VALUES:,} values", WEIGHTS_ONLY)
        self.push({})
        self.set_items([part for key, value in given for part in (key, value)])
        table: dict[Any, Any] = self.stack.pop()
        return table


MEANINGS: dict[str, Callable[..., Any]] = {
    ORDERED: Machine.table,
    DEFAULTS: lambda machine, *default: {},
    TENSOR: Machine.tensor,
    PARAMETER: Machine.parameter,
    SIZE: lambda machine, sizes=(): sizes,
    DEVICE: lambda machine, *where: where,
}


def _text(code: str, encoding: str) -> Callable[[Machine], None]:
    return lambda m: m.push(m.take(m.number(code)).decode(encoding))


OPCODES: dict[bytes, Callable[[Machine], Any]] = {
    b"\x80": lambda m: m.take(1),  # PROTO; what a later one adds is refused by its opcode
    b".": lambda m: setattr(m, "done", True),
    b"(": lambda m: m.marks.append(len(m.stack)),
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"K": lambda m: m.push(m.number("<B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"J": lambda m: m.push(m.number("<i")),
    b"\x8a": lambda m: m.push(int.from_bytes(m.take(m.number("<B")), "little", signed=True)),
    b"G": lambda m: m.push(m.number(">d")),
    b"X": _text("<I", "utf-8"),
    b"T": _text("<I", "latin-1"),  # texts of Python 2
    b"U": _text("<B", "latin-1"),
    b")": lambda m: m.push(()),
    b"\x85": lambda m: m.gather(1),
    b"\x86": lambda m: m.gather(2),
    b"\x87": lambda m: m.gather(3),
    b"t": lambda m: m.push(tuple(m.above_mark())),
    b"]": lambda m: m.push([]),
    b"a": lambda m: m.append([m.stack.pop()]),
    b"e": lambda m: m.append(m.above_mark()),
    b"}": lambda m: m.push({}),
    b"s": lambda m: m.set_items([*reversed((m.stack.pop(), m.stack.pop()))]),
    b"u": lambda m: m.set_items(m.above_mark()),
    b"q": lambda m: m.remember(m.number("<B")),
    b"r": lambda m: m.remember(m.number("<I")),
    b"h": lambda m: m.push(m.memo[m.number("<B")]),
    b"j": lambda m: m.push(m.memo[m.number("<I")]),
    b"c": Machine.name,
    b"R": Machine.call,
    b"b": Machine.build,
    b"\x81": Machine.make,
    b"Q": Machine.stored,
}
"""Opcodes of protocol 2, without those for objects of classes (INST, OBJ) and extensions."""
