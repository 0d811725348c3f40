"""Turn a traced graph into a network: each step becomes a node, another view of one, or a plain Python value."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, fx, nn
from torch.func import functional_call

from explorer.engine.call_readings import FUNCTIONS, METHODS, NAMES, SPLITS, part
from explorer.engine.capture import captured, fingerprint
from explorer.engine.growing import Growing, where
from explorer.engine.lookalikes import lookalike
from explorer.engine.readings import MODULES, OVER_CHANNELS, TraceError, of_module
from explorer.engine.recording import CaptureError
from explorer.engine.symbols import Held, Seen, Several, filled, inverse, leaves, permuted
from explorer.layers.activations import PReLU, Softmax
from explorer.layers.dense import Input
from explorer.layers.joins import Add, Multiply
from explorer.layers.norms import Scale
from explorer.layers.shapes import Flatten, Reshape
from explorer.network.layer import Layer
from explorer.network.network import Network
from explorer.network.settings import SettingError


class Reading(Growing):
    """Walks the traced graph; `values` says what each step gives, `ends` what the module returns. Raises TraceError."""

    def __init__(self, module: nn.Module, graph: fx.Graph, shape: tuple[int, int, int]) -> None:
        super().__init__(module)
        self.state = dict(module.named_parameters()) | dict(module.named_buffers())
        self.trained = {name for name, _ in module.named_parameters()}
        self.values: dict[fx.Node, Any] = {}
        self.known: dict[Any, Layer | None] = {}  # what was taken down before
        self.ends: list[str] = []
        self.shape = shape
        for step in graph.nodes:
            self.values[step] = getattr(self, step.op)(step)
            if self.writes_over(step):
                self.values[step.args[0]] = self.values[step]
        self.network = Network(self.nodes)

    # One method for each kind of step

    def placeholder(self, step: fx.Node) -> Any:
        if self.nodes:
            if step.users:
                raise TraceError(f"the module has a second input, {step.target}: only one picture can enter")
            return None
        return self.place("input", Input(*self.shape), ())

    def get_attr(self, step: fx.Node) -> Any:
        name = str(step.target)
        if name not in self.state:
            owner, _, attribute = name.rpartition(".")
            return getattr(self.modules[owner], attribute)
        return Held((name,), lambda state: state[name], raw=True)

    def call_module(self, step: fx.Node) -> Any:
        path = str(step.target)
        module, args = self.modules[path], self.arguments([*step.args, *step.kwargs.values()])
        if path in self.nodes and module.state_dict():
            raise TraceError(f"{path} is called twice: two layers of a network cannot share their weights")

        def call(state: Mapping[str, Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
            return functional_call(module, _below(state, path), tuple(args), dict(kwargs))

        seen = next((value for value in args if isinstance(value, Seen)), None)
        layer: Any = False
        over = OVER_CHANNELS.get(type(module))
        if seen and len(args) == 1:
            if over and seen.axes[-1] == 1:
                layer = self.tried(lambda: over(module, len(seen.axes)))
            elif not over:
                layer = self.tried(lambda: of_module(module)) if type(module) in MODULES else lookalike(module) or False
        if layer is False or seen is None:
            return self.opaque(step, path, type(module).__name__, call, self.below(path))
        return self.layer(step, path, layer, [seen], fits=over is not None)

    def call_function(self, step: fx.Node) -> Any:
        name = getattr(step.target, "__name__", str(step.target))
        args = self.arguments([*step.args, *step.kwargs.values()])
        if isinstance(step.target, type) and issubclass(step.target, tuple):
            return tuple(args)  # a named tuple is made of what is returned
        if step.target is getattr and isinstance(args[0], Seen) and args[1] == "shape":
            return self.size(args[0])
        if step.target is operator.getitem and isinstance(args[0], Several):
            return args[0].take(args[1]) if step.users else None
        return self.call(step, name, FUNCTIONS.get(step.target), cast("Callable[..., Any]", step.target))

    def call_method(self, step: fx.Node) -> Any:
        name = str(step.target)
        first, *rest = self.arguments(step.args)
        if isinstance(first, Seen) and name in ("size", "dim"):
            size = self.size(first)
            return len(size) if name == "dim" else size[rest[0]] if rest else size
        return self.call(step, name, METHODS.get(name), lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs))

    def output(self, step: fx.Node) -> Any:
        given = [value for value in leaves(self.value(step.args)) if isinstance(value, Seen)]
        self.ends = [self.plain(step, value).id for value in given]  # whatever else feeds nothing is an end, too

    def writes_over(self, step: fx.Node) -> bool:
        """Whether a step puts its result in the place of its first input, which later steps then find there."""
        if not step.args or not isinstance(step.args[0], fx.Node):
            return False
        if step.op == "call_module":
            return bool(getattr(self.modules[str(step.target)], "inplace", False))
        method = step.op == "call_method" and str(step.target).endswith("_")
        return method or step.target in (operator.iadd, operator.imul) or step.kwargs.get("inplace") is True

    # What they share

    def call(self, step: fx.Node, name: str, reading: Callable[..., Any] | None, function: Callable[..., Any]) -> Any:
        """A function's or a tensor method's call."""
        args, kwargs = self.value(step.args), self.value(step.kwargs)
        given = list(leaves([args, kwargs]))
        seen = [value for value in given if isinstance(value, Seen)]
        held = [value for value in given if isinstance(value, Held)]
        name = NAMES.get(name, name).partition(".")[0]  # without ATen's overload
        if not seen:
            if not held:
                return function(*args, **kwargs)
            names = tuple(dict.fromkeys(key for value in held for key in value.names))
            return Held(names, lambda state: function(*filled(args, state), **filled(kwargs, state)))
        stem = step.meta.get("called") or (f"{path}.{name}" if (path := where(step)) else name)
        if axes := permuted(name, args, seen[0]):
            return Seen(seen[0].id, axes)
        if name in SPLITS or step.target in SPLITS:
            pieces = self.tried(lambda: (SPLITS.get(step.target) or SPLITS[name])(*args, **kwargs))
            if pieces is not False and seen[0].plain:
                return Several(lambda index: self.slice(step, seen[0], pieces, index))
        scale = self.scaled(step, name, seen, held)
        if scale is not None:
            return scale
        if name in ("reshape", "view") and len(given) > len(seen) and (shaped := self.reshaped(stem, seen[0], args)):
            return shaped
        layer: Any = self.tried(lambda: reading(*args, **kwargs)) if reading and not held else False
        if layer is False:
            state = {key: self.state[key] for value in held for key in value.names}
            stem = held[0].names[0] if len(held) == 1 and len(held[0].names) == 1 else stem

            def compute(state: Mapping[str, Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
                return function(*filled(args, state), **filled(kwargs, state))

            return self.opaque(step, stem, name, compute, state)
        return self.layer(step, stem, layer, seen)

    def layer(self, step: fx.Node, stem: str, layer: Layer | None, seen: list[Seen], fits: bool = False) -> Any:
        """A node for a layer of ours, fed by these values; None lets the first one pass.

        fits: whether the layer takes the value in our order of axes, whatever the module's is.
        """
        if layer is None:
            return seen[0]
        alike = len({value.axes for value in seen}) == 1
        if alike and (fits or _anywhere(layer)):
            made = self.place(self.fresh(step, stem), layer, seen)
            return Seen(made.id, seen[0].axes if len(self.shapes[made.id]) + 1 == len(seen[0].axes) else made.axes)
        return self.place(self.fresh(step, stem), layer, [self.plain(step, value) for value in seen])

    def opaque(
        self,
        step: fx.Node,
        stem: str,
        name: str,
        call: Callable[[Mapping[str, Tensor], Sequence[Any], Mapping[str, Any]], Any],
        state: Mapping[str, Tensor],
    ) -> Any:
        """A node that does what the call does; Several where it gives several results."""
        args, kwargs = self.value(step.args), self.value(step.kwargs)
        seen = list(dict.fromkeys(value for value in leaves([args, kwargs]) if isinstance(value, Seen)))
        if not seen:
            raise TraceError(f"{stem} has no input that comes from the picture")
        axes, shapes = seen[0].axes, [self.shapes[value.id] for value in seen]

        def result(state: Mapping[str, Tensor], x: Sequence[Tensor]) -> Any:
            tensors = {s: value.permute(s.axes) for s, value in zip(seen, x, strict=True)}
            return call(state, filled(args, state, tensors), filled(kwargs, state, tensors))

        def node(pick: Callable[[Any], Any], which: int | None = None) -> Any:
            id = self.fresh(step, stem)
            long = {key.removeprefix(f"{id}."): key for key in state}  # tensors of the node itself by short names

            def compute(held: Mapping[str, Tensor], x: Sequence[Tensor]) -> Tensor:
                y: Tensor = pick(result({long[key]: tensor for key, tensor in held.items()}, x))
                return y.permute(inverse(axes)) if y.dim() == len(axes) else y

            short = {key: state[whole] for key, whole in long.items()}
            same = self.same(step, name, [(seen.index(v), v.axes) if v in seen else v for v in leaves([args, kwargs])])
            key = (same, which, tuple(shapes), tuple(long)) if same else None
            layer = self.known.get(key)
            if layer is None:
                try:
                    layer = captured(name, compute, short, lambda key: long[key] in self.trained, shapes)
                except CaptureError as error:
                    raise TraceError(f"{stem}: no layer stands for {name}, and it {error}") from None
                if key:
                    self.known[key] = layer
            made = self.place(id, layer, seen)
            return Seen(made.id, axes) if len(made.axes) == len(axes) else made

        users = list(step.users)
        if users and all(user.target is operator.getitem and isinstance(user.args[1], int) for user in users):
            if step.target is not operator.getitem and self.gives_several(result, state, seen):
                return Several(lambda index: node(operator.itemgetter(index), index))
        return node(lambda y: y)

    def same(self, step: fx.Node, name: str, arguments: list[Any]) -> Any:
        """What two steps have in common where the same is taken down for both; None where that cannot be told."""
        made = fingerprint(self.modules[str(step.target)]) if step.op == "call_module" else None
        plain = all(isinstance(value, tuple | int | float | str | bool | None) for value in arguments)
        return (name, made, tuple(arguments), tuple(step.kwargs)) if made and plain else None

    def gives_several(self, result: Callable[..., Any], state: Mapping[str, Tensor], seen: list[Seen]) -> bool:
        """Whether a call gives a tuple, found out on tensors without numbers."""
        empty = {key: tensor.to("meta") for key, tensor in state.items()}
        try:
            return isinstance(
                result(empty, [torch.empty(1, *self.shapes[s.id], device="meta") for s in seen]), tuple | list
            )
        except Exception:  # taking it down says what is wrong
            return False

    def scaled(self, step: fx.Node, name: str, seen: list[Seen], held: list[Held]) -> Any:
        """A Scale where each channel is multiplied by a number of its own."""
        if name != "mul" or len(seen) != 1 or len(held) != 1 or not held[0].raw:
            return None
        key, value = held[0].names[0], seen[0]
        shape = tuple(self.state[key].shape)
        shape = (*(1 for _ in range(len(value.axes) - len(shape))), *shape)
        channels = self.shapes[value.id][0]
        wanted = tuple(channels if axis == 1 else 1 for axis in value.axes)
        if shape != wanted or self.state[key].numel() != channels or key not in self.trained or key in self.nodes:
            return None
        return Seen(self.place(key, Scale(), [value]).id, value.axes)

    def reshaped(self, stem: str, seen: Seen, args: Any) -> Any:
        """A Flatten or a Reshape, where each picture keeps its numbers."""
        target = args[1] if len(args) == 2 and isinstance(args[1], list | tuple) else args[1:]
        if not all(type(n) is int for n in target):
            return None
        try:
            one, *shape = torch.empty(self.size(seen), device="meta").reshape(tuple(target)).shape
        except RuntimeError as error:
            raise TraceError(f"{stem}: {error}") from None
        if one != 1 or not shape or not seen.plain:
            return None
        layer = Flatten() if len(shape) == 1 else Reshape(tuple(shape))
        return self.place(self.free(stem), layer, [seen])

    def slice(self, step: fx.Node, seen: Seen, pieces: int, index: int) -> Any:
        """One of the parts that channels are taken apart into."""
        path = where(step)
        stem = f"{path}.slice" if path else "slice"
        return self.place(self.free(stem), part(self.shapes[seen.id][0], pieces, index), [seen])

    def below(self, path: str) -> dict[str, Tensor]:
        return {key: tensor for key, tensor in self.state.items() if key.startswith(f"{path}.")}

    def tried(self, reading: Callable[[], Any]) -> Any:
        """What `reading` gives; False where no kind stands for it."""
        try:
            return reading()
        except (TraceError, SettingError, TypeError):
            return False

    def value(self, argument: Any) -> Any:
        """What an argument is by now."""
        return fx.node.map_arg(argument, lambda step: self.values[step])

    def arguments(self, arguments: Sequence[Any]) -> list[Any]:
        return [self.value(argument) for argument in arguments]


def _anywhere(layer: Layer) -> bool:
    """Whether it does the same to each number, wherever it stands."""
    return isinstance(layer, Add | Multiply) or (layer.group == "Activation" and not isinstance(layer, PReLU | Softmax))


def _below(state: Mapping[str, Tensor], path: str) -> dict[str, Tensor]:
    return {key.removeprefix(f"{path}."): tensor for key, tensor in state.items()}
