"""What every layer kind must say about itself; `explorer.layers` holds the kinds."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar

from explorer.maths.sentences import Refusal
from explorer.network.settings import Letters, Settings
from explorer.network.symbol import Symbol

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]
"""One picture's tensor shape without the batch: (channels, height, width) or (features,)."""

Spans = list[tuple[int, int]]
"""Parts of one axis, each from its first to its last row or column."""

INPUT_LETTERS: dict[Letters, tuple[str, str, str, str]] = {
    "course": ("n_C", "n_H", "n_W", "n"),
    "torch": ("C", "H", "W", "N"),
}
"""Letters of an input's channels, height, width, and of a vector's length."""


class ShapeError(Refusal):
    """The input shapes do not fit the layer; the message is a sentence for the canvas."""


class Layer(Settings):
    """One kind of layer with its settings: a value, compared and hashed by content."""

    kinds: ClassVar[dict[str, type[Layer]]] = {}
    group: ClassVar[str] = ""
    inputs: ClassVar[int] = 1  # 0: a source; -1: two or more
    follows_place: ClassVar[bool] = True  # whether `sees` says what is seen, and not only what may be

    def __init_subclass__(cls, group: str = "", inputs: int = 1) -> None:
        cls.group = group
        if "inputs" not in cls.__dict__:  # a kind may say it itself, for each layer
            cls.inputs = inputs
        if cls.__name__ in Layer.kinds:
            raise TypeError(f"two layers are called {cls.__name__}")
        Layer.kinds[cls.__name__] = cls
        super().__init_subclass__()

    # Overrides name their inputs (`x`, or `*x`); Any lets mypy accept each arity.

    def output(self, *x: Any, **_: Any) -> Shape:
        """Output shape. Raises ShapeError with a sentence for the canvas."""
        raise NotImplementedError

    def parameters(self, *x: Any, **_: Any) -> int:
        """Trained numbers."""
        return 0

    def buffers(self, *x: Any, **_: Any) -> int:
        """Numbers remembered from training without being trained; torch's counter of steps is not one of them."""
        return 0

    def tensors(self, *x: Any, **_: Any) -> dict[str, Shape]:
        """The arrays that its parameters and buffers are, named and shaped as in torch; without the counter."""
        return {}

    def macs(self, *yx: Any, **_: Any) -> int:
        """Multiply-accumulates for one picture, from output then input shapes; biases not counted."""
        return 0

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        """What part of an input of shape `x` some rows (axis 0) or columns (axis 1) of the output depend on.

        Numbers outside of the input mean padding. A kind that mixes pixels says how; for others place is kept.
        """
        return spans

    def remarks(self, y: Shape, *x: Shape) -> tuple[str, ...]:
        """Sentences on what its numbers do not say by themselves, from output and input shapes."""
        return ()

    def module(self, nn: Any, *x: Any, **_: Any) -> nn.Module:
        """Build the torch module; `nn` is handed in, so describing a layer needs no torch."""
        raise NotImplementedError

    def brief(self) -> str:
        """The key settings in a few characters, for the node on the canvas."""
        return ""

    def symbolic(self, letters: Letters = "course") -> Layer:
        """This layer with `Symbol` settings: its own rules now return formulas."""
        named = {f.name: _named(getattr(self, f.name), f.metadata["letters"][letters]) for f in fields(self)}
        return replace(self, **named)


def _named(value: Any, letter: str) -> Any:
    if not letter or isinstance(value, bool | str | float):
        return value
    if isinstance(value, tuple):
        ends = ("_H", "_W") if len(value) == 2 else ("_top", "_bottom", "_left", "_right")
        return tuple(Symbol(letter + end, part) for end, part in zip(ends, value, strict=True))
    return Symbol(letter, value)


def affine(shape: Shape, scaled: bool, shifted: bool) -> dict[str, Shape]:
    """A weight and a bias of one shape, as far as a layer has them."""
    return {name: shape for name, there in (("weight", scaled), ("bias", shifted)) if there}


def everything(axis: int, x: Shape) -> tuple[int, int]:
    """All rows or columns of a shape, from the first to the last; a vector is one place."""
    return (0, x[1 + axis] - 1) if len(x) == 3 else (0, 0)


def described(shape: Shape) -> str:
    """A shape as people write it: 64×112×112, or 25,088 for a vector."""
    return f"{int(shape[0]):,}" if len(shape) == 1 else "×".join(str(int(n)) for n in shape)
