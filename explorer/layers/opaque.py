"""What no kind stands for: shown, counted and run as it came."""

from __future__ import annotations

from typing import Any

from explorer.layers.operations import Fault, Operations, read
from explorer.layers.other_sizes import resized
from explorer.network.layer import Layer, Shape, ShapeError, Spans, described, everything
from explorer.network.settings import SettingError, setting

NOTHING = Operations(((1,),), (1,), {}, {}, 0, (), "%0").written()


class Opaque(Layer, group="Other"):
    """A part of a network that no layer kind stands for, such as attention, as the list of tensor operations it is.

    It was read from another program's network, for inputs of one shape; others it takes where each of its operations
    follows (see `layers.other_sizes`). Nothing in it can be set. Its field of view is said to be everything, for place
    is not followed through it.
    """

    follows_place = False

    name: str = setting("", "text", "what it was called where it came from")
    program: str = setting(NOTHING, "text", "the tensor operations it consists of")

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        try:
            self.operations  # noqa: B018  (reading it is the check)
        except Fault as error:
            raise SettingError(f"Opaque's program {error}") from None

    @property
    def operations(self) -> Operations:
        """What it computes."""
        return read(self.program)

    @property
    def inputs(self) -> int:  # type: ignore[override]
        """One, or -1 for several."""
        return 1 if len(self.operations.takes) == 1 else -1

    def output(self, *x: Shape) -> Shape:
        found = self._taking(x)
        if found is None:
            wanted, got = (" and ".join(map(described, shapes)) for shapes in (self.operations.takes, x))
            raise ShapeError(f"was read for an input of {wanted}, and cannot take {got}")
        return found.gives

    def _taking(self, x: tuple[Shape, ...]) -> Operations | None:
        """What it computes of inputs of these shapes, None where it does not take them."""
        shapes = tuple(tuple(map(int, shape)) for shape in x)
        return self.operations if shapes == self.operations.takes else resized(self.program, shapes)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans)

    def parameters(self, *x: Shape) -> int:
        return self.operations.parameters

    def buffers(self, *x: Shape) -> int:
        return self.operations.buffers

    def tensors(self, *x: Shape) -> dict[str, Shape]:
        return dict(self.operations.weights)

    def macs(self, y: Shape, *x: Shape) -> int:
        return self.operations.macs

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        names = self.operations.names
        shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        return (f"{len(self.operations.steps)} tensor operations that no layer kind stands for: {shown}",) * bool(names)

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.Opaque(self._taking(x) or self.operations)

    def brief(self) -> str:
        return self.name
