"""Read an ONNX graph as a network: numbers are computed, views are followed, each other operator becomes a node.

What people know as a layer becomes that kind (`kinds`); the rest becomes an Opaque layer that does what the operator
says (`COMPUTES`). Channels come first in every value here, whatever the graph's order; a batch of one
is implied.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import defs
from torch import Tensor

from explorer.engine.capture import MOST_CONSTANTS, captured
from explorer.engine.onnx.building import Builder, with_numbers
from explorer.engine.onnx.flow import chosen, scanned, unrolled
from explorer.engine.onnx.folding import BY_VALUE, COMPUTES, FLOAT, Folding, several
from explorer.engine.onnx.kinds import KINDS
from explorer.engine.onnx.operators import OperatorError, fixed
from explorer.engine.onnx.unread import BY_PICTURE, UNREAD
from explorer.engine.onnx.values import Known, View, kept, known, result_axes, seen, word
from explorer.engine.recording import CaptureError
from explorer.formats.onnx.file import MOST_OPERATORS
from explorer.formats.onnx.graph import Graph, GraphError, Op, users
from explorer.formats.onnx.names import called, names
from explorer.formats.tensor_layout import laid_anew
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.maths.steps import at_once
from explorer.network.layer import Shape, ShapeError
from explorer.network.network import Network
from explorer.network.settings import SettingError

MOST_SETTINGS = 1 << 10
"""Numbers of one setting that is given as an input; most have one for each axis."""

MEASURES = ("Shape", "Size")

FLOW = {"If": chosen, "Loop": unrolled, "Scan": scanned}

CALLED = {"FakeQuantize": "fake quantisation", "DynamicFakeQuantize": "fake quantisation, by the picture"}
"""What people call operators of our own making."""

Compute = Callable[[Mapping[str, Tensor], Sequence[Tensor]], Sequence[Tensor]]


@dataclass(frozen=True)
class Program:
    """An operator taken down: the layer, and how its value is seen in the graph. Its constants may be others'."""

    layer: Opaque
    axes: tuple[int, ...]
    kind: str


class Reading(Builder):
    """Walks a graph; `values` says what each name stands for by now. Raises GraphError.

    picture: the input that is the picture, `axes` its own order of (batch, channels, rows, columns). further: others
    that become an Input each, `entries` says by its id which; any other input is held at 1.
    """

    def __init__(
        self, graph: Graph, picture: str, shape: Shape, axes: tuple[int, ...],
        further: Mapping[str, tuple[Shape, tuple[int, ...]]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        super().__init__()
        self.graph, self.counted = graph, 0
        self.folding = Folding(sum(value.nbytes for value in graph.numbers.values()))
        self.users = users(graph)
        self.programs: dict[str, list[Program | None]] = {}
        self.values: dict[str, Known | View | None] = {
            name: known(value, name in graph.trained) for name, value in graph.numbers.items()
        }
        for name, sizes in graph.inputs.items():
            if name != picture and name not in further:
                self.values[name] = self.held(name, [n or 1 for n in sizes])
        three = (*shape, 1, 1)[:3]
        entry = self.place("input", Input(*three), [])
        self.values[picture] = View(entry.id, axes) if len(shape) == 3 else self.shaped("flatten", entry, (1, *shape))
        self.entries: dict[str, str] = {}
        for name, (sizes, seen_by) in further.items():
            id = self.free(called(name))
            self.values[name], self.entries[id] = self.entry(id, sizes, seen_by), name
        for op, id in zip(graph.ops, names(graph), strict=True):
            self.read(op, id)
        ends = [value.id for name in graph.outputs if isinstance(value := self.values[name], View)]
        if not ends:
            raise GraphError("puts out nothing that depends on the picture")
        self.main = ends[0]  # the first output is the graph's answer
        needed = Network(self.nodes).before(ends)
        self.network = Network({id: node for id, node in self.nodes.items() if id in needed})

    @property
    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Trained numbers of the network, by `node id.parameter`."""
        return at_once(self.laying())

    def laying(self) -> Generator[int, None, dict[str, NDArray[np.float32]]]:
        """As `weights`, in steps that say how many bytes were laid anew: many tables are turned."""
        found = {}
        for id in self.network.nodes:
            for name, tensor in self.tensors.get(id, {}).items():
                found[f"{id}.{name}"] = yield from laid_anew(tensor.numpy())
        return found

    def held(self, name: str, sizes: Sequence[int]) -> Known:
        """What an input that nobody feeds is held at: 1. Raises GraphError."""
        try:
            self.folding.make(FLOAT * prod(sizes))
        except OperatorError as error:
            raise GraphError(f"has a further input, {name[:40]}, which {error}") from error
        return Known(torch.ones(sizes))

    def read(self, op: Op, id: str) -> None:
        """Take in one operator."""
        self.count()
        try:
            results = self.results(op, id)
        except GraphError:
            raise
        except (OperatorError, ShapeError, CaptureError, SettingError) as error:
            raise GraphError(f"has the operator {op.kind[:40]} ({id[-60:]}), which {str(error)[:120]}") from error
        except Exception as error:  # whatever torch says to settings that were made up
            raise GraphError(f"has the operator {op.kind[:40]} ({id[-60:]}), which does not fit its inputs") from error
        through = {value.id for name in op.inputs if name and isinstance(value := self.values[name], View)}
        for name, value in zip(op.outputs, results, strict=False):
            self.bind(name, value, isinstance(value, View) and value.id in through)

    def count(self) -> None:
        """One more operator, or round of a loop. Raises GraphError."""
        self.counted += 1
        if self.counted > MOST_OPERATORS:
            raise GraphError(f"has more than {MOST_OPERATORS:,} operators once its loops are written out")

    def bind(self, name: str, value: Known | View | None, through: bool = False) -> None:
        """Say what a name stands for; `through`: its operator only looks at it differently."""
        self.values[name] = value
        if isinstance(value, View):
            self.uses[value.id] += self.users[name] - through

    def results(self, op: Op, id: str) -> Sequence[Known | View | None]:
        """What an operator gives."""
        if op.kind in FLOW:
            return FLOW[op.kind](self, op)
        if op.kind not in COMPUTES and op.kind not in KINDS and op.kind not in MEASURES:
            raise OperatorError(UNREAD.get(op.kind, "is not read here"))
        inputs = [self.values[name] if name else None for name in op.inputs]
        return self.computed_as(op.kind, op.settings, inputs, op.outputs, id)

    def computed_as(
        self, kind: str, settings: Mapping[str, Any], inputs: Sequence[Known | View | None],
        outputs: Sequence[str] = ("y",), id: str = "",
    ) -> Sequence[Known | View | None]:  # fmt: skip
        """What an operator of some kind gives for these inputs; "" among the outputs: nobody wants it."""
        settings = {"version": self.graph.version, "outputs": len(outputs), **settings}
        id, named = id or kind.lower(), fixed(kind, self.graph.version, len(inputs))
        for name, value in zip(named, inputs, strict=True):
            if isinstance(value, View) and name:
                raise OperatorError(f"takes its {name} from what the picture shows")
            if isinstance(value, Known) and name and value.tensor.numel() > MOST_SETTINGS:
                raise OperatorError(f"has a {name} of {value.tensor.numel():,} numbers")
            if isinstance(value, Known) and name:
                settings[name] = value.tensor.tolist()
        inputs = [value for name, value in zip(named, inputs, strict=True) if not name]
        if kind in MEASURES:
            return [self.measured(kind, settings, inputs[0])]
        if not any(isinstance(value, View) for value in inputs):
            return self.folding.fold(kind, settings, inputs)
        if kind in BY_VALUE:
            raise OperatorError(BY_PICTURE)
        read = KINDS.get(kind)
        wanted = [bool(name) for name in outputs]
        if read is not None and all(v.kind == "float" for v in inputs if isinstance(v, View)):
            try:
                found = read(self, settings, self.free(id), *inputs)
            except (SettingError, ShapeError):
                found = None
            if found is not None:
                return found if isinstance(found, list) else [found]
        return self.opaque(kind, id, settings, inputs, wanted)

    def measured(self, kind: str, settings: Mapping[str, Any], value: Known | View | None) -> Known:
        """A value's shape, or how many numbers it has."""
        shape = self.sizes(value)
        return Known(
            torch.tensor(shape[settings.get("start", 0) : settings.get("end")] if kind == "Shape" else prod(shape))
        )

    def sizes(self, value: Known | View | None) -> tuple[int, ...]:
        """A value's shape as the graph has it."""
        assert value is not None
        return tuple(value.tensor.shape) if isinstance(value, Known) else self.size(value)

    def opaque(
        self, kind: str, id: str, settings: Mapping[str, Any], inputs: Sequence[Any], wanted: Sequence[bool]
    ) -> list[View | None]:
        """A node for each result, which does what the operator says."""
        views = list(dict.fromkeys(value for value in inputs if isinstance(value, View)))
        shapes = [self.shapes[view.id] for view in views]
        named = dict(zip(self.parameters(kind, len(inputs)), inputs, strict=True))
        tables = {name: value for name, value in named.items() if isinstance(value, Known)}
        state = {name: value.tensor for name, value in tables.items()}

        def compute(state: Mapping[str, Tensor], x: Sequence[Tensor]) -> Sequence[Tensor]:
            given = dict(zip(views, x, strict=True))
            arguments = [
                seen(given[value], value) if isinstance(value, View) else state.get(name)
                for name, value in named.items()
            ]
            return several(COMPUTES[kind](settings, *arguments))

        constant = {name for name in state if not self.is_trained(tables[name])}
        alike = [(v.axes, v.kind, views.index(v)) if isinstance(v, View) else v is None for v in inputs]
        sizes = [(name, tuple(t.shape), t.dtype, name in constant) for name, t in state.items()]
        key = repr((kind, sorted(settings.items()), wanted, alike, sizes, shapes))
        if key not in self.programs:
            with torch.no_grad():
                results = compute(
                    {name: t.to("meta") for name, t in state.items()},
                    [torch.empty(1, *shape, device="meta") for shape in shapes],
                )
            self.programs[key] = [
                self.program(kind, index, result, views, compute, state, constant) if wanted[index] else None
                for index, result in enumerate(results[: len(wanted)])
            ]
        found: list[View | None] = []
        for program in self.programs[key]:
            if program is None:
                found.append(None)
                continue
            layer = with_numbers(program.layer, {name: state[name] for name in constant})
            view = self.place(self.free(id), layer, views)
            self.tensors[view.id] = {name: state[name] for name in layer.operations.weights}
            found.append(View(view.id, program.axes, program.kind))
        return found

    def program(
        self, kind: str, index: int, result: Tensor, views: list[View],
        compute: Compute, state: Mapping[str, Tensor], constant: set[str],
    ) -> Program:  # fmt: skip
        """Take down how one result comes about."""
        axes = result_axes(tuple(result.shape), views)

        def one(state: Mapping[str, Tensor], x: Sequence[Tensor]) -> Tensor:
            return kept(compute(state, x)[index], axes)

        shapes = [self.shapes[view.id] for view in views]
        layer = captured(CALLED.get(kind, kind), one, state, lambda name: name not in constant, shapes)
        return Program(layer, axes, word(result))

    def is_trained(self, value: Known) -> bool:
        """Whether it is kept among the weights, and not written into the operations."""
        return value.trained or (value.tensor.numel() > MOST_CONSTANTS and value.tensor.is_floating_point())

    def parameters(self, kind: str, count: int) -> list[str]:
        """What the operator's inputs are called, each differently."""
        try:
            formal = [p.name for p in defs.get_schema(kind, self.graph.version).inputs]
        except defs.SchemaError:
            formal = []
        named = fixed(kind, self.graph.version, len(formal))
        formal = [name for name, setting in zip(formal, named, strict=True) if not setting]
        called = [formal[min(i, len(formal) - 1)] if formal else "input" for i in range(count)]
        return [name if called.count(name) == 1 else f"{name}_{i}" for i, name in enumerate(called)]
