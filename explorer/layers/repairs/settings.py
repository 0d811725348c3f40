"""Edits of settings: of the node itself, and of the layers that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field, fields
from math import isqrt
from typing import Any

from explorer.layers.repairs.fault import (
    Edit,
    Fault,
    article,
    changed,
    count,
    given,
    learns,
    listed,
    named,
    passed,
    single,
    times,
)
from explorer.layers.sliding import both
from explorer.layers.windows import AvgPool2d, Conv2d, MaxPool2d
from explorer.network.layer import Layer, Shape
from explorer.network.network import Node

COSTS = {"padding": 1, "output_padding": 1, "dilation": 4}
"""What a change of some settings costs; of others 2."""

NEAR = 64
"""How far from its value a number is searched for one that fits, beside those that the shapes suggest."""


def own_settings(fault: Fault) -> Iterator[Edit]:
    """One setting of the node itself, or all it takes to make a grouped convolution depthwise."""
    layer, shapes = fault.node.layer, fault.shapes
    suggested = {d for shape in shapes for n in shape for d in _divisors(n)}
    for f in fields(layer):
        if f.name == "padding" and _far_too_wide(layer, shapes[0]):
            continue
        value = getattr(layer, f.name)
        around = (n for part in _parts(value) for n in range(part - NEAR, part + NEAR + 1))
        for other, new in _variants(layer, f, suggested.union(around)):
            if given(new, *shapes):
                text = f"Use {phrase(layer, f.name, other)}"
                yield Edit(COSTS.get(f.name, 2), text, fault.network.with_layer(fault.id, new))
                break
    if getattr(layer, "groups", 1) > 1 and hasattr(layer, "channels"):
        c = shapes[0][0]
        filters = c * max(1, round(layer.channels / c))
        depthwise = changed(layer, groups=c, channels=filters)
        if c > 1 and depthwise and given(depthwise, *shapes):
            text = f"Make it depthwise: {count(c, 'groups')}, {count(filters, 'filters')}"
            yield Edit(3, text, fault.network.with_layer(fault.id, depthwise))


def branch_settings(fault: Fault) -> Iterator[Edit]:
    """One setting of a layer that leads to one input; or without a layer that learns nothing and changes the shape."""
    for port in range(len(fault.shapes)):
        branch = fault.branch(port) if fault.may_be_odd(port) else []
        numbers = {1, 2, 3, 4, *_wanted(fault, port)} if branch else set()
        for i, node in enumerate(branch):
            x, y = fault.facts[node.inputs[0]].shape, fault.facts[node.id].shape
            if x is None:
                continue
            rest = [later.layer for later in reversed(branch[:i])]
            for f in fields(node.layer):
                for other, new in _variants(node.layer, f, numbers):
                    z = given(new, x)
                    if z != y and fault.fits(passed(rest, z), port):
                        text = f"Use {phrase(node.layer, f.name, other)} in {named(node.id)}"
                        cost = 4 if f.name in ("kernel", "dilation") else 3
                        yield Edit(cost, text, fault.network.with_layer(node.id, new))
                        break
            if x != y and not learns(node.layer) and fault.fits(passed(rest, x), port):
                yield Edit(4, f"Leave {named(node.id)} out", fault.network.without([node.id]))


def size_kept(fault: Fault) -> Iterator[Edit]:
    """No layer that leads to one input shrinks the image any more, except by its stride; more may be needed."""
    for port in range(len(fault.shapes)):
        branch = fault.branch(port) if fault.may_be_odd(port) else []
        if branch:
            yield from _size_kept(fault, branch)


def _size_kept(fault: Fault, branch: list[Node]) -> Iterator[Edit]:
    network, x = fault.network, fault.facts[branch[-1].inputs[0]].shape
    texts: dict[str, str] = {}
    for node in reversed(branch):
        y = passed([node.layer], x)
        for padding in _even_paddings(node.layer):
            new = changed(node.layer, padding=padding)
            wider = passed([new], x)
            if new and y and wider and wider[1:] > y[1:]:
                network, y = network.with_layer(node.id, new), wider
                texts[node.id] = phrase(node.layer, "padding", padding)
                break
        x = y
    if texts:
        what = "Keep the size by padding" if len(set(texts.values())) > 1 else f"Use {next(iter(texts.values()))}"
        yield Edit(1, f"{what} in {listed(texts)}", network)


def _wanted(fault: Fault, port: int) -> Iterator[int]:
    """The numbers of the other inputs; and the nearest channel count with which this one would fit."""
    x = fault.shapes[port]
    for i, shape in enumerate(fault.shapes):
        yield from shape if i != port else ()
    yield from nearest_channels(fault.node.layer, x, lambda shape: fault.fits(shape, port))


def nearest_channels(layer: Layer, x: Shape, fits: Callable[[Shape], bool]) -> Iterator[int]:
    """The channel count nearest to that of `x` with which it fits, where there is one near or in the settings."""
    settings = {n for f in fields(layer) for n in _parts(getattr(layer, f.name))}
    for n in sorted(settings.union(range(x[0] - NEAR, x[0] + NEAR + 1)), key=lambda n: (abs(n - x[0]), n)):
        if n > 0 and fits((n, *x[1:])):
            yield n
            break


def _variants(layer: Layer, f: Field[Any], numbers: Iterable[int]) -> Iterator[tuple[Any, Layer]]:
    """Other values of one setting and the layer with each: those that mean something, then the nearest numbers."""
    for value in _values(layer, f, numbers):
        new = changed(layer, **{f.name: value})
        if new and new != layer and not _idle(new):
            yield value, new


def _values(layer: Layer, f: Field[Any], numbers: Iterable[int]) -> Iterator[Any]:
    value, kind = getattr(layer, f.name), f.metadata["kind"]
    if kind == "switch":
        yield not value
    elif kind == "choice" and f.name != "over":  # what a layer works over is what it is
        yield from f.metadata["choices"]
    elif kind in ("number", "pair", "padding"):
        if f.name == "padding":
            yield from _even_paddings(layer)
        parts = _parts(value)
        most = max(parts)
        odd = f.name == "kernel" and most % 2 == 1  # an odd window has a middle, and stays odd
        for n in sorted((n for n in numbers if n % 2 or not odd), key=lambda n: (abs(n - most), n)):
            yield tuple(min(p, n) if n < most else max(p, n) for p in parts) if isinstance(value, tuple) else n


def _parts(value: Any) -> tuple[int, ...]:
    """The whole numbers of a setting; a padding in words counts as 0."""
    parts = value if isinstance(value, tuple) else (value,)
    return parts if all(isinstance(part, int) for part in parts) else (0,)


def _even_paddings(layer: Layer) -> list[Any]:
    """Paddings with which only the stride makes the image smaller."""
    rules = {f.name: f.metadata for f in fields(layer)}
    if "kernel" not in rules or "padding" not in rules:
        return []
    taps = zip(both(layer.kernel), both(getattr(layer, "dilation", 1)), strict=True)  # type: ignore[attr-defined]
    half = single(*(d * (k - 1) // 2 for k, d in taps))
    return [*(["same"] if "same" in rules["padding"]["choices"] else []), half]


def _far_too_wide(layer: Layer, x: Shape) -> bool:
    """Whether parts of the window would never see the image, however it is padded."""
    slides = isinstance(layer, Conv2d | MaxPool2d | AvgPool2d) and len(x) == 3
    return slides and max(both(getattr(layer, "kernel", 1))) > 2 * max(x[1:]) + 1


def _idle(layer: Layer) -> bool:
    """Whether it gives back what it gets: leaving it out says that more plainly."""
    return not learns(layer) and any(
        set(both(getattr(layer, name, 0))) == {1} for name in ("kernel", "factor", "groups", "scale")
    )


def _divisors(n: int) -> Iterator[int]:
    for d in range(1, min(isqrt(n), 1024) + 1):
        if n % d == 0:
            yield d
            yield n // d


def phrase(layer: Layer, name: str, value: Any) -> str:
    """A value of a setting in words: “same” padding, a 3×3 kernel, 96 filters, stride 2."""
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    if isinstance(value, str):
        return f"“{value}” {words}"
    if name == "kernel":
        return article(f"{'×'.join(map(str, both(value)))} kernel")
    if name in ("channels", "groups", "features"):
        noun = {"groups": "groups", "features": "outputs"}.get(name, "filters" if isinstance(layer, Conv2d) else words)
        return count(value, noun)
    return f"{words} {', '.join(map(str, value)) if isinstance(value, tuple) and len(value) > 2 else times(value)}"
