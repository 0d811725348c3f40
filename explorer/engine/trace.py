"""Read a torch module as a network of ours, by running it once on symbols (torch.fx).

Reed et al. 2022, torch.fx: practical program capture and transformation for deep learning in Python,
arXiv:2112.08429. A node's id is the path of its module (`layer1.0.conv2`); the result of a function is
called after the module that computes it and the function (`layer1.0.add`), or after the one tensor of the
module that it takes part in (`features.1.0.layer_scale`). A layer without weights that is called several times
(the one ReLU of a residual block) becomes a node for each call (`relu`, `relu_1`).

Channels come first in every value here. Where a module puts them last, that is remembered as another view of the
same value (`Seen.axes`), and layers that work on the last axis are read as layers over the channels. What no kind
stands for becomes an Opaque layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import fx, nn
from torchvision.models.maxvit import PartitionAttentionLayer
from torchvision.models.swin_transformer import ShiftedWindowAttention, ShiftedWindowAttentionV2

from explorer.engine.call_readings import WHOLE
from explorer.engine.lookalikes import lookalike
from explorer.engine.reading import Reading
from explorer.engine.readings import MODULES, OVER_CHANNELS, TraceError
from explorer.layers.norms import Scale
from explorer.layers.opaque import Opaque
from explorer.network.network import Network, Node

KEPT_WHOLE = (ShiftedWindowAttention, ShiftedWindowAttentionV2, PartitionAttentionLayer)
"""Modules that are not looked into: what is in them has no meaning by itself. torch's own attention is such too."""


Size = tuple[int, int, int]


def trace(module: nn.Module, shape: Size = (3, 224, 224)) -> Network:
    """The network that `module`, in evaluation mode, computes for one picture of this shape, and its side branches.

    The module may lie on torch's meta device: no trained number is looked at. Raises TraceError, also where
    a layer with weights is called twice: two nodes cannot share weights.
    """
    return trace_with_outputs(module, shape)[0]


def trace_with_outputs(module: nn.Module, shape: Size) -> tuple[Network, tuple[str, ...]]:
    """The same, and the nodes whose values the module gives when it is run; the first is its answer."""
    graph = _graph(module.eval())
    found = Reading(module, graph, shape)
    outputs = tuple(found.ends)
    if idle := _idle(module, graph):
        try:
            with _training(module, idle):
                whole = Reading(module, _graph(module), shape).network
        except TraceError:  # it cannot be trained so, or another way of computing is trained
            return found.network, outputs
        if all(whole.nodes.get(id) == node for id, node in found.network.nodes.items()):
            return whole, outputs
    return found.network, outputs


def _graph(module: nn.Module) -> fx.Graph:
    try:
        return _Tracer(autowrap_functions=WHOLE).trace(module)
    except Exception as error:  # the module's own code runs here
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise TraceError(f"{type(module).__name__} cannot be traced: {reason[0][:160]}") from error


def _idle(module: nn.Module, graph: fx.Graph) -> list[str]:
    """Trained tensors that a graph of the module does not use: those of branches that only training listens to."""
    used = {str(step.target) for step in graph.nodes if step.op in ("call_module", "get_attr")}
    return [name for name, _ in module.named_parameters() if used.isdisjoint(_paths(name))]


@contextmanager
def _training(module: nn.Module, idle: list[str]) -> Iterator[None]:
    """The modules whose code passes over the idle tensors go as in training; all in them stays as it is when run.

    That is the innermost module around each tensor that has others in use.
    """
    modules, idle_set = dict(module.named_modules()), set(idle)
    busy = {path for name, _ in module.named_parameters() if name not in idle_set for path in _paths(name)} | {""}
    around = {next(path for path in reversed(("", *_paths(name))) if path in busy) for name in idle}
    try:
        for path in around:
            modules[path].training = True
        yield
    finally:
        module.eval()


def _paths(name: str) -> list[str]:
    """A tensor's name and the paths of all modules that it lies in, the outermost first."""
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def weights(module: nn.Module, network: Network) -> dict[str, NDArray[np.float32]]:
    """The numbers of `module` for its traced network, by `node id.parameter`; running statistics too. What has a shape
    only has none."""
    state, modules = module.state_dict(), dict(module.named_modules())
    return {
        f"{node.id}.{name}": np.ascontiguousarray(tensor.detach().to("cpu", torch.float32).numpy())
        for node in network.nodes.values()
        for name, tensor in _tensors(node, state, modules).items()
        if name != "num_batches_tracked" and not tensor.is_meta
    }


def _tensors(node: Node, state: Mapping[str, torch.Tensor], modules: Mapping[str, nn.Module]) -> Mapping[str, Any]:
    """What a node's module needs, by the names it has there."""
    if isinstance(node.layer, Opaque):
        names = node.layer.operations.weights
        return {name: state[f"{node.id}.{name}" if f"{node.id}.{name}" in state else name] for name in names}
    if isinstance(node.layer, Scale):
        return {"weight": state[node.id].flatten()}
    return modules[node.id].state_dict() if node.id in modules else {}


class _Tracer(fx.Tracer):
    """Goes into every module but those that are a layer as they are, torchvision's own among them, and those whose
    code cannot be followed on symbols."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        known = (*MODULES, *OVER_CHANNELS, *KEPT_WHOLE)
        whole = type(m) in known or super().is_leaf_module(m, module_qualified_name)
        return whole or lookalike(m) is not None

    def call_module(self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        last, depth = next(reversed(self.graph.nodes), None), len(self.module_stack)
        try:
            return super().call_module(m, forward, args, kwargs)
        except Exception:  # its code asks for the value of a symbol
            while len(self.module_stack) > depth:
                self.module_stack.popitem()
            while (step := next(reversed(self.graph.nodes), None)) is not last and step is not None:
                self.graph.erase_node(step)
            return self.create_proxy("call_module", self.path_of_module(m), args, kwargs)
