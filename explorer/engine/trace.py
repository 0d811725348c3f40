"""Read a torch module as a network of ours, by running it once on symbols (torch.fx).

Reed et al. 2022, torch.fx: practical program capture and transformation for deep learning in Python,
arXiv:2112.08429. A node's id is the path of its module (`layer1.0.conv2`); the result of a function is
called after the module that computes it and the function (`layer1.0.add`). A layer without weights that
is called several times (the one ReLU of a residual block) becomes a node for each call (`relu`, `relu_1`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import fx, nn

from explorer.engine.readings import FUNCTIONS, METHODS, MODULES, NAMES, SPLITS, WHOLE, TraceError, of_module, part
from explorer.layers.dense import Input
from explorer.network.analysis import analyse
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.settings import SettingError


def trace(module: nn.Module, shape: tuple[int, int, int] = (3, 224, 224)) -> Network:
    """The network that `module`, in evaluation mode, computes for one picture of this shape.

    The module may lie on torch's meta device: no number is looked at. Raises TraceError, also where
    a layer with weights is called twice: two nodes cannot share weights.
    """
    try:
        graph = _Tracer(autowrap_functions=WHOLE).trace(module.eval())
    except Exception as error:  # the module's own code runs here
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise TraceError(f"{type(module).__name__} cannot be traced: {reason[0][:160]}") from error
    network = _Reading(module, graph, shape).network
    _compare(network, dict(module.named_modules()))
    return network


def weights(module: nn.Module, network: Network) -> dict[str, NDArray[np.float32]]:
    """The numbers of `module` for its traced network, by `node id.parameter`; running statistics too."""
    modules = dict(module.named_modules())
    return {
        f"{id}.{name}": np.ascontiguousarray(tensor.detach().to("cpu", torch.float32).numpy())
        for id in network.nodes
        if id in modules
        for name, tensor in modules[id].state_dict().items()
        if name != "num_batches_tracked"
    }


class _Tracer(fx.Tracer):
    """Goes into every module but those that are a layer as they are, torchvision's own among them."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in MODULES or super().is_leaf_module(m, module_qualified_name)


class _Reading:
    """Walks the traced graph; `seen` says which node of ours holds the value of each step."""

    def __init__(self, module: nn.Module, graph: fx.Graph, shape: tuple[int, int, int]) -> None:
        self.modules = dict(module.named_modules())
        self.nodes: dict[str, Node] = {}
        self.seen: dict[fx.Node, str] = {}
        self.split: dict[Any, tuple[str, int]] = {}  # step → the node it takes apart, into how many parts
        self.shape = shape
        for step in graph.nodes:
            getattr(self, step.op)(step)
        self.network = Network(self.nodes)

    def placeholder(self, step: fx.Node) -> None:
        if "input" in self.nodes:
            if step.users:
                raise TraceError(f"the module has a second input, {step.target}: only one picture can enter")
            return
        channels, height, width = self.shape
        self.place(step, "input", Input(channels, height, width), ())

    def call_module(self, step: fx.Node) -> None:
        path = str(step.target)
        module = self.modules[path]
        try:
            layer = of_module(module)
        except TraceError as error:
            raise TraceError(f"{path}: {error}") from None
        if path in self.nodes and module.state_dict():
            raise TraceError(f"{path} is called twice: two layers of a network cannot share their weights")
        self.place(step, path, layer, [*step.args, *step.kwargs.values()])

    def call_function(self, step: fx.Node) -> None:
        if step.target is operator.getitem and step.args[0] in self.split:
            whole, parts = self.split[step.args[0]]
            channels = (analyse(Network(self.nodes))[whole].shape or (0,))[0]
            self.call(step, lambda _, index: part(channels, parts, index), "slice")
            return
        if step.target in SPLITS:
            self.split_up(step, SPLITS[step.target])
            return
        self.call(step, FUNCTIONS.get(step.target), getattr(step.target, "__name__", str(step.target)))

    def split_up(self, step: fx.Node, reading: Callable[..., Any]) -> None:
        """Remember a value that is taken apart: each part becomes a node when it is used."""
        parts = self.arguments(step, reading, "chunk")
        whole = next(value for value in step.args if isinstance(value, fx.Node))
        self.split[step] = self.seen[whole], parts
        self.seen[step] = self.seen[whole]

    def call_method(self, step: fx.Node) -> None:
        if step.target in SPLITS:
            self.split_up(step, SPLITS[step.target])
            return
        self.call(step, METHODS.get(str(step.target)), str(step.target))

    def get_attr(self, step: fx.Node) -> None:
        raise TraceError(f"{step.target} is used as a number of its own: no layer stands for that")

    def output(self, step: fx.Node) -> None:
        if not isinstance(step.args[0], fx.Node):
            raise TraceError("the module has several outputs: only one is possible")

    def call(self, step: fx.Node, reading: Callable[..., Layer | None] | None, name: str) -> None:
        """A function's or a tensor method's call becomes a layer, or nothing where the value just passes."""
        name = NAMES.get(name, name)
        layer, where = self.arguments(step, reading, name), _where(step)
        given = [*step.args, *step.kwargs.values()]
        values = [v for part in given for v in (part if isinstance(part, list | tuple) else [part])]
        self.place(step, f"{where}.{name}" if where else name, layer, values)

    def arguments(self, step: fx.Node, reading: Callable[..., Any] | None, name: str) -> Any:
        """What `reading` makes of a call's arguments. Raises TraceError with the place in the module."""
        place = f"{_where(step)}: " if _where(step) else ""
        if reading is None:
            raise TraceError(f"{place}no layer stands for the operation “{name}”")
        try:
            return reading(*step.args, **step.kwargs)
        except (TraceError, SettingError) as error:
            raise TraceError(f"{place}{name} {error}") from None
        except TypeError:
            raise TraceError(f"{place}{name} is called with settings that no layer has") from None

    def place(self, step: fx.Node, stem: str, layer: Layer | None, values: Iterable[Any]) -> None:
        """Add a node fed by `values`, or with no layer let the first value pass. Functions leave the
        modules' paths to the modules."""
        inputs = tuple(self.seen[value] for value in values if isinstance(value, fx.Node))
        if layer is None:
            self.seen[step] = inputs[0]
            return
        taken = self.nodes.keys() if step.op == "call_module" else self.nodes.keys() | self.modules.keys()
        id, number = stem, 0
        while id in taken:
            number += 1
            id = f"{stem}_{number}"
        self.nodes[id] = Node(id, layer, inputs)
        self.seen[step] = id


def _where(step: fx.Node) -> str:
    """The path of the module that makes a call."""
    return next(reversed(step.meta.get("nn_module_stack", {})), "")


def _compare(network: Network, modules: Mapping[str, nn.Module]) -> None:
    """Raise TraceError unless every shape fits and every layer has as many weights as its module."""
    for id, facts in analyse(network).items():
        if facts.problem:
            raise TraceError(f"{id}: {facts.problem}")
        have = sum(p.numel() for p in modules[id].parameters()) if id in modules else 0
        if have != facts.parameters:
            raise TraceError(
                f"{id} has {have:,} weights, but for its input it would need {facts.parameters:,}: "
                f"the module was made for another picture size"
            )
