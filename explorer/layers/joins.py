"""Layers that bring branches together."""

from __future__ import annotations

from typing import Any

from explorer.network.layer import Layer, Shape, ShapeError, Spans, described, everything


class Add(Layer, group="Join", inputs=-1):
    """Sum of equal-shaped inputs: the shortcut of a residual network. One that is 1×1 pixels shifts whole channels of
    the others.

    Source: He et al. 2015, Deep residual learning, arXiv:1512.03385.
    """

    def output(self, *x: Shape) -> Shape:
        return _together(x)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans) if x[1:] == (1, 1) else spans

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.Add()


class Multiply(Layer, group="Join", inputs=-1):
    """Product of equal-shaped inputs, number by number; one that is 1×1 pixels weighs whole channels of the others.

    Source: Hu et al. 2017, Squeeze-and-excitation networks, arXiv:1709.01507.
    """

    def output(self, *x: Shape) -> Shape:
        return _together(x)

    def sees(self, axis: int, spans: Spans, x: Shape) -> Spans:
        return [everything(axis, x)] * len(spans) if x[1:] == (1, 1) else spans

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.Multiply()


class Concat(Layer, group="Join", inputs=-1):
    """Lay the inputs' channels one behind the other; height and width must agree.

    Source: Szegedy et al. 2014, Going deeper with convolutions, arXiv:1409.4842.
    """

    def output(self, *x: Shape) -> Shape:
        if len({shape[1:] for shape in x}) != 1 or len({len(shape) for shape in x}) != 1:
            raise ShapeError(f"needs equal height and width, got {' and '.join(map(described, x))}")
        first, *rest = (shape[0] for shape in x)
        return sum(rest, start=first), *x[0][1:]

    def module(self, nn: Any, *x: Shape) -> Any:
        return nn.Concat()


def _together(x: tuple[Shape, ...]) -> Shape:
    """The shape of what joins these number by number. Raises ShapeError."""
    largest = max(x, key=lambda shape: tuple(map(int, shape[1:])))
    if any(shape not in (largest, (largest[0], *(1 for _ in largest[1:]))) for shape in x):
        raise ShapeError(f"needs equal shapes, or 1×1 for each channel, got {' and '.join(map(described, x))}")
    return largest
