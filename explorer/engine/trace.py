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
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import fx, nn

from explorer.layers.activations import Dropout, ReLU, ReLU6, Softmax
from explorer.layers.dense import Flatten, Input, Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.layer import Layer, SettingError
from explorer.network.network import Network, Node


class TraceError(Refusal):
    """The module does something no layer kind stands for; the message names the operation and the module."""


def trace(module: nn.Module, shape: tuple[int, int, int] = (3, 224, 224)) -> Network:
    """The network that `module`, in evaluation mode, computes for one picture of this shape.

    The module may lie on torch's meta device: no number is looked at. Raises TraceError, also where
    a layer with weights is called twice: two nodes cannot share weights.
    """
    try:
        graph = fx.symbolic_trace(module.eval()).graph
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


class _Reading:
    """Walks the traced graph; `seen` says which node of ours holds the value of each step."""

    def __init__(self, module: nn.Module, graph: fx.Graph, shape: tuple[int, int, int]) -> None:
        self.modules = dict(module.named_modules())
        self.nodes: dict[str, Node] = {}
        self.seen: dict[fx.Node, str] = {}
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
        self.call(step, FUNCTIONS.get(step.target), getattr(step.target, "__name__", str(step.target)))

    def call_method(self, step: fx.Node) -> None:
        self.call(step, METHODS.get(str(step.target)), str(step.target))

    def get_attr(self, step: fx.Node) -> None:
        raise TraceError(f"{step.target} is used as a number of its own: no layer stands for that")

    def output(self, step: fx.Node) -> None:
        if not isinstance(step.args[0], fx.Node):
            raise TraceError("the module has several outputs: only one is possible")

    def call(self, step: fx.Node, reading: Callable[..., Layer | None] | None, name: str) -> None:
        """A function's or a tensor method's call becomes a layer, or nothing where the value just passes."""
        where = next(reversed(step.meta.get("nn_module_stack", {})), "")
        place = f"{where}: " if where else ""
        name = NAMES.get(name, name)
        if reading is None:
            raise TraceError(f"{place}no layer stands for the operation “{name}”")
        try:
            layer = reading(*step.args, **step.kwargs)
        except (TraceError, SettingError) as error:
            raise TraceError(f"{place}{name} {error}") from None
        except TypeError:
            raise TraceError(f"{place}{name} is called with settings that no layer has") from None
        given = [*step.args, *step.kwargs.values()]
        values = [v for part in given for v in (part if isinstance(part, list | tuple) else [part])]
        self.place(step, f"{where}.{name}" if where else name, layer, values)

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


def of_module(module: nn.Module) -> Layer | None:
    """Our layer for a torch module; None for one that only passes its input on. Raises TraceError."""
    if type(module) not in MODULES:
        raise TraceError(f"no layer stands for the module {type(module).__name__}")
    try:
        return MODULES[type(module)](module)
    except (SettingError, TypeError) as error:
        raise TraceError(str(error)) from None


def _conv(m: Any) -> Layer:
    return Conv2d(
        m.out_channels, _pair(m.kernel_size), _pair(m.stride), _pair(m.padding),
        _pair(m.dilation), m.groups, m.bias is not None, m.padding_mode,
    )  # fmt: skip


def _norm(m: Any) -> Layer:
    _plain(m.track_running_stats, "takes mean and variance from the picture itself instead of from training")
    _plain(m.momentum is not None, "averages over all of training (momentum None)")
    return BatchNorm2d(m.eps, m.momentum, m.affine)


def _max_pool(kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, indices: bool) -> Layer:
    _plain(not indices, "also returns the places of the maxima")
    return MaxPool2d(_pair(kernel), _pair(stride or kernel), _pair(padding), _pair(dilation), ceil)


def _avg_pool(kernel: Any, stride: Any, padding: Any, ceil: bool, include: bool, divisor: Any) -> Layer:
    _plain(divisor is None, "divides by a number of its own")
    return AvgPool2d(_pair(kernel), _pair(stride or kernel), _pair(padding), ceil, include)


def _flatten(start: int, end: int) -> Layer:
    _plain(start == 1 and end == -1, f"flattens axes {start} to {end}; only all but the batch (1 to -1) is a layer")
    return Flatten()


def _softmax(axis: Any) -> Layer:
    _plain(isinstance(axis, int) and axis > 0, f"works over axis {axis}; count it from the front, channels are 1")
    return Softmax(axis)


MODULES: dict[type[nn.Module], Callable[[Any], Layer | None]] = {
    nn.Conv2d: _conv,
    nn.MaxPool2d: lambda m: _max_pool(m.kernel_size, m.stride, m.padding, m.dilation, m.ceil_mode, m.return_indices),
    nn.AvgPool2d: lambda m: _avg_pool(
        m.kernel_size, m.stride, m.padding, m.ceil_mode, m.count_include_pad, m.divisor_override
    ),
    nn.AdaptiveAvgPool2d: lambda m: AdaptiveAvgPool2d(_pair(m.output_size)),
    nn.BatchNorm2d: _norm,
    nn.Linear: lambda m: Linear(m.out_features, m.bias is not None),
    nn.Flatten: lambda m: _flatten(m.start_dim, m.end_dim),
    nn.ReLU: lambda m: ReLU(),
    nn.ReLU6: lambda m: ReLU6(),
    nn.Softmax: lambda m: _softmax(m.dim),
    nn.Dropout: lambda m: Dropout(m.p),
    nn.Identity: lambda m: None,
}
"""What each torch module is here; another type, a subclass too, is a TraceError."""


def _add(input: Any, other: Any, *, alpha: Any = 1) -> Layer:
    _plain(isinstance(input, fx.Node) and isinstance(other, fx.Node), "adds a number; only feature maps can be added")
    _plain(alpha == 1, f"multiplies its second input by {alpha}")
    return Add()


def _cat(tensors: Any, dim: Any = 0) -> Layer | None:
    _plain(isinstance(tensors, list | tuple), "joins a list that is not known before it runs")
    _plain(dim == 1, f"joins along axis {dim}; only channels (axis 1) can be joined")
    return Concat() if len(tensors) > 1 else None


def _dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Layer:
    _plain(not training, "stays switched on when the network runs")
    return Dropout(p)


def _relu(input: Any, inplace: bool = False) -> Layer:
    return ReLU()


def _call_softmax(input: Any, dim: Any = None, **_: Any) -> Layer:
    return _softmax(dim)


def _call_flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Layer:
    return _flatten(start_dim, end_dim)


def _call_max_pool(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Layer:  # fmt: skip
    return _max_pool(kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _call_avg_pool(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: Any = None,
) -> Layer:  # fmt: skip
    return _avg_pool(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


FUNCTIONS: dict[Any, Callable[..., Layer | None]] = {
    operator.add: _add,
    operator.iadd: _add,
    torch.add: _add,
    torch.cat: _cat,
    torch.flatten: _call_flatten,
    torch.relu: _relu,
    F.relu: _relu,
    F.relu6: lambda input, inplace=False: ReLU6(),
    torch.softmax: _call_softmax,
    F.softmax: _call_softmax,
    F.dropout: _dropout,
    F.max_pool2d: _call_max_pool,
    F.avg_pool2d: _call_avg_pool,
    F.adaptive_avg_pool2d: lambda input, output_size: AdaptiveAvgPool2d(_pair(output_size)),
}
"""What each function is here; the readings have torch's own parameters, so that arguments bind to them."""
METHODS: dict[str, Callable[..., Layer | None]] = {
    "add": _add,
    "add_": _add,
    "flatten": _call_flatten,
    "relu": _relu,
    "relu_": _relu,
}
NAMES = {"iadd": "add", "add_": "add", "relu_": "relu", "boolean_dispatch": "max_pool2d"}


def _plain(holds: bool, otherwise: str) -> None:
    if not holds:
        raise TraceError(otherwise)


def _pair(value: Any) -> Any:
    """One number where both are equal, as settings are written here."""
    if isinstance(value, tuple | list):
        return value[0] if len(set(value)) == 1 else tuple(value)
    return value


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
