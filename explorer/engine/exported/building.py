"""An exported graph as the torch modules and torch.fx graph that it was made from, so that it is read as these are.

An operation with the weights of one module is that module again (`conv1`), other operations are calls of functions,
and a module of attention is kept whole, as a module that runs its operations one after the other.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, fx, nn
from torchvision.models.shufflenetv2 import channel_shuffle

from explorer.engine.exported.layers import (
    COUNTING,
    FIRST_ONLY,
    FUNCTIONS,
    VIEWING,
    ExportedError,
    bound,
    function,
    weighted,
)
from explorer.engine.exported.parts import Parts
from explorer.engine.exported.running import KINDS, WHOLE, mapped, refs, typed
from explorer.formats.exported.graph import Graph, Op, Ref
from explorer.layers.operations import MOST_NUMBERS, VIEWS

PASSING = ("alias", "clone", "contiguous", "detach", "lift_fresh_copy", "to", "_to_copy", "expand_as_is")
"""Operations that hand on the numbers they get, unless they change their type."""

TURNING = ("t", "permute", "transpose", "numpy_T")


@dataclass(frozen=True)
class Built:
    """A module whose parts bear the names of the program's tensors, and the graph of its calls.

    shapes: what the file says of the values in it, where it says all.
    """

    module: nn.Module
    graph: fx.Graph
    shapes: Mapping[fx.Node, tuple[int, ...]]


class Building:
    """Goes through the operations; `values` says what each value is in the graph of torch.fx. Raises ExportedError."""

    def __init__(self, graph: Graph, tensors: Mapping[str, Tensor]) -> None:
        self.graph = graph
        self.parts, self.fx = Parts(graph, tensors), fx.Graph()
        self.turned: dict[int, Ref] = {}  # transposed weights, and which they are
        self.memory: dict[int, int] = {}  # values that may share memory, by the one that made it
        self.last = _last_uses(graph)
        self.makers = {result: op for op in graph.ops for result in op.results}
        self.values: dict[int, Any] = {graph.picture: self.fx.placeholder("x")}
        number = 0
        for path, ops in _runs(graph.ops):
            if not path or self.whole(path, ops, number) is None:
                for place, op in enumerate(ops, number):
                    self.tried(op, place)
            number += len(ops)
        self.fx.output(tuple(self.value(Ref(number)) for number in graph.outputs))
        for step in reversed(self.fx.nodes):
            if not step.users and step.op not in ("placeholder", "output"):
                self.fx.erase_node(step)  # taken apart, such as a shuffle, and put together again

    def whole(self, path: str, ops: Sequence[Op], number: int) -> fx.Node | None:
        """A call of the module that these operations are; None where they are not one by themselves."""
        made = {result for op in ops for result in op.results}
        used = [ref for op in ops for ref in refs((op.args, tuple(v for _, v in op.named)))]
        takes = list(dict.fromkeys(ref for ref in used if ref not in made and ref not in self.graph.held))
        names = {ref: self.graph.held[ref] for ref in used if ref in self.graph.held}
        gives = [result for result in sorted(made) if self.last.get(result, -1) >= number + len(ops)]
        inside = all(name.startswith(f"{path}.") and name not in self.parts.placed for name in names.values())
        if len(gives) != 1 or not takes or not inside or self.parts.at(path) is not None:
            return None
        held = {ref: name.removeprefix(f"{path}.") for ref, name in names.items()}
        run = KINDS[dict(ops[0].around)[path]](ops, takes, held, gives[0])
        self.parts.put(path, run)
        for name in names.values():
            self.parts.hold(name)
        call = self.call(path, [self.value(ref) for ref in takes])
        self.values[gives[0]] = call
        return call

    def tried(self, op: Op, number: int) -> None:
        """Take in one operation; whatever is raised names it."""
        try:
            self.operation(op, number)
        except ExportedError:
            raise
        except Exception as error:  # whatever torch says to arguments that were made up
            raise ExportedError(f"has the operation {op.name[:60]}, whose arguments do not fit it") from error

    def operation(self, op: Op, number: int) -> None:
        """Take in one operation."""
        if op.name in COUNTING:
            self.values[op.results[0]] = self.counted(op)
            return
        if op.base in TURNING and op.args[0] in self.graph.held and len(self.graph.shapes[op.args[0]]) == 2:
            self.turned[op.results[0]] = Ref(op.args[0])
            return
        writes = op.base.endswith("_") and not op.base.endswith("__")
        plain = _functional(op) if writes else op
        if writes:
            self.written(op.args[0], number)
        result = self.result(plain)
        if writes:
            self.values[op.args[0]] = result
        for place, value in enumerate(op.results):
            if op.several and plain.base not in FIRST_ONLY:
                self.values[value] = self.fx.call_function(operator.getitem, (result, place))
            elif not place:
                self.values[value] = result
            if op.base in VIEWS and op.args and isinstance(op.args[0], Ref):
                self.memory[value] = self.memory.get(op.args[0], int(op.args[0]))

    def result(self, op: Op) -> Any:
        """What an operation is in the graph of torch.fx."""
        first = op.args[0] if op.args else None
        values = bound(op)
        if op.base in PASSING and isinstance(first, Ref) and values.get("dtype") in (None, "float32"):
            return self.value(first)
        if op.base == "as_strided" and self.in_a_row(op):
            return self.value(op.args[0])
        if part := self.spread(op) or self.part(op):
            path, x = part
            return self.call(path, [self.value(x)])
        found_call = self.shuffle(op) or (FUNCTIONS[op.base](values) if op.base in FUNCTIONS else None)
        call, *args = found_call or (function(op.name), *op.args)
        named = {} if found_call else dict(op.named)
        if not any(True for _ in refs((args, tuple(named.values())))):
            raise ExportedError(f"makes numbers of its own by {op.name[:60]}, outside of an attention")
        given = mapped(tuple(args), self.value), {name: mapped(v, self.value) for name, v in named.items()}
        node = self.fx.call_function(call, typed(given[0]), typed(given[1]))
        return self.named(node, op.path, op.path if op.kind.startswith("torch.nn.modules.") else "")

    def in_a_row(self, op: Op) -> bool:
        """Whether numbers that all lie on one axis are only said to lie there once more."""
        x, sizes, strides, *offset = op.args
        along = [stride for size, stride in zip(sizes, strides, strict=True) if size != 1]
        return self.graph.shapes.get(x) == sizes and along in ([], [1]) and offset in ([], [None], [0])

    def counted(self, op: Op) -> int:
        """A whole number that the graph computes, for one picture."""
        if op.base == "sym_size":
            size: int = self.graph.shapes[op.args[0]][op.args[1]]
            if not size:
                raise ExportedError("asks for a size that was left open")
            return size
        numbers = [self.value(n) if isinstance(n, Ref) else n for n in op.args]
        if not all(type(n) is int for n in numbers):
            raise ExportedError("computes with sizes that are no whole numbers")
        number: int = COUNTING[op.name](*numbers)
        if abs(number) > MOST_NUMBERS:
            raise ExportedError("has a size that is too large")
        return number

    def shuffle(self, op: Op) -> tuple[Any, ...] | None:
        """torchvision's shuffle of channels, where one is written as a view, a transpose and this view."""
        turned = self.maker(op) if op.base in VIEWING else None
        parts = self.maker(turned) if turned and turned.base in ("transpose", "permute") else None
        if turned is None or parts is None or parts.base not in VIEWING:
            return None
        order = turned.args[1:] if turned.base == "transpose" else turned.args[1]
        numbers = parts.args[0], parts.results[0], op.results[0]
        before, between, after = (self.graph.shapes.get(number, ()) for number in numbers)
        if order not in ((1, 2), (0, 2, 1, 3, 4)) or len(between) != 5 or between[3:] != before[2:] or before != after:
            return None
        return channel_shuffle, parts.args[0], between[1]

    def maker(self, op: Op) -> Op | None:
        """The operation that made the first argument of another; those that hand it on are passed over."""
        found: Op | None = op
        while found is not None:
            found = self.makers.get(found.args[0]) if found.args and isinstance(found.args[0], Ref) else None
            if found is None or found.base not in PASSING:
                return found
        return None

    def spread(self, op: Op) -> tuple[str, Ref] | None:
        """A Linear over all places, where one is written as a view without them, a product, and this view."""
        product = self.maker(op) if op.base in VIEWING else None
        flat = self.makers.get(product.args[1]) if product and product.base == "addmm" else None
        if product is None or flat is None or flat.base not in VIEWING:
            return None
        before, after = (self.graph.shapes.get(number, ()) for number in (flat.args[0], op.results[0]))
        part = self.part(product) if len(before) > 2 and before[:-1] == after[:-1] else None
        return (part[0], flat.args[0]) if part else None

    def part(self, op: Op) -> tuple[str, Ref] | None:
        """The path of the module that an operation is, and what enters it, where its tensors are those of one."""
        shapes = {Ref(number): self.graph.tensors[name] for number, name in self.graph.held.items()}
        shapes |= {Ref(new): shapes[old][::-1] for new, old in self.turned.items()}
        found = weighted(op, shapes)
        if found is None:
            return None
        names = {key: self.graph.held[self.turned.get(ref, ref)] for key, ref in found.tensors.items()}
        path, _, _ = next(iter(names.values()), "").rpartition(".")
        if not path or any(name != f"{path}.{key}" for key, name in names.items()):
            return None
        there = self.parts.at(path)
        if there is None:
            self.parts.put(path, found.module)
            for name in names.values():
                self.parts.hold(name)
        elif repr(there) != repr(found.module):
            return None
        return path, found.x

    def value(self, ref: Ref) -> Any:
        """What a value is in the graph of torch.fx."""
        if ref in self.turned:
            return self.fx.call_function(torch.t, (self.value(self.turned[ref]),))
        if ref not in self.values:
            name = self.graph.held.get(ref)
            if name is None:
                raise ExportedError("uses a value that is not there")
            self.parts.hold(name)
            return self.fx.get_attr(name)
        return self.values[ref]

    def call(self, path: str, args: list[Any]) -> fx.Node:
        """A call of the module at a path."""
        return self.named(self.fx.create_node("call_module", path, tuple(args)), path.rpartition(".")[0])

    def named(self, node: fx.Node, path: str, called: str = "") -> fx.Node:
        """Note the module that makes a call, and the module that the call is, where it is one."""
        node.meta["nn_module_stack"] = {path: None} if path else {}
        if called:
            node.meta["called"] = called
        return node

    def written(self, ref: Ref, number: int) -> None:
        """Raise ExportedError where a value that is written over shares its memory with another one in later use."""
        if ref in self.graph.held:
            raise ExportedError("writes over its own tensors when it runs, as in training")
        home = self.memory.get(ref, int(ref))
        others = {value for value, made in [*self.memory.items(), (home, home)] if made == home and value != ref}
        if any(self.last.get(value, -1) > number for value in others):
            raise ExportedError("writes over a part of a value that it goes on using")


def built(graph: Graph, tensors: Mapping[str, Tensor]) -> Built:
    """The module and graph of an exported program. Raises ExportedError."""
    building = Building(graph, tensors)
    known = {node: graph.shapes.get(number, (0,)) for number, node in building.values.items()}
    there = set(building.fx.nodes)
    shapes = {node: shape for node, shape in known.items() if node in there and 0 not in shape}
    return Built(building.parts.module.eval(), building.fx, shapes)


def _runs(ops: Iterable[Op]) -> Iterator[tuple[str, list[Op]]]:
    """Operations in a row that belong to one module that is kept whole, with its path; all others with ""."""
    for path, run in groupby(ops, lambda op: next((path for path, kind in op.around if kind in WHOLE), "")):
        yield path, list(run)


def _last_uses(graph: Graph) -> dict[int, int]:
    """The number of the operation that uses each value last; the outputs are used behind all."""
    last = {
        int(ref): number
        for number, op in enumerate(graph.ops)
        for ref in refs((op.args, tuple(value for _, value in op.named)))
    }
    return last | dict.fromkeys(graph.outputs, len(graph.ops))


def _functional(op: Op) -> Op:
    """The operation that gives what this one writes over its first argument."""
    if not op.args or not isinstance(op.args[0], Ref):
        raise ExportedError(f"has the operation {op.name[:60]}, which writes where it should not")
    base, _, overload = op.name.partition(".")
    return Op(f"{base[:-1]}.{overload}", op.args, op.named, op.results, op.several, op.around)
