"""Layers put on a link, so that what comes out of it fits; and branches that stay maps instead of vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

from explorer.layers.dense import Linear
from explorer.layers.repairs.fault import STEPS_BACK, Edit, Fault, count, given, made, named, passed, single, times
from explorer.layers.repairs.settings import nearest_channels, size_kept
from explorer.layers.resizing import Upsample
from explorer.layers.shapes import CenterCrop, Flatten, PadChannels, ZeroPad2d
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.network.analysis import analyse
from explorer.network.layer import Layer, Shape, described
from explorer.network.network import Network, Node

Bridge = tuple[int, str, list[Layer]]
"""What it costs, in words, and the layers in their order."""


def bridged(fault: Fault) -> Iterator[Edit]:
    """Layers on the one link that does not fit; where several branches are odd, on each of them."""
    node, shapes = fault.node, fault.shapes
    if len(shapes) == 1:
        for cost, words, layers in bridges(node.layer, shapes[0]):
            what, colon, how = words.partition(":")
            yield Edit(cost, f"Put {what} before it{colon}{how}", inserted(fault.network, node, {0: layers}))
        return
    alike = _compares_channels(node.layer, shapes[0])
    ways = {source: fault.network.before([source]) for source in node.inputs} if alike else {}
    # Of a shortcut the same output also goes a longer way to another input.
    shortcuts = [any(source in way for end, way in ways.items() if end != source) for source in node.inputs]
    for t in dict.fromkeys(shapes):
        odd = {port: list(bridges(node.layer, x, t)) for port, x in enumerate(shapes) if not given(node.layer, t, x)}
        if len(odd) == 1:
            ((port, found),) = odd.items()
            whom = "the shortcut" if shortcuts[port] else f"the branch from {named(node.inputs[port])}"
            # The longer way gives what was meant, unless that is one weight for each channel of the shortcut.
            weights = [x[1:] == (1, 1) for x in shapes]
            meant = weights[port] if any(weights) else shortcuts[port] or not any(shortcuts)
            for cost, words, layers in found:
                yield Edit(cost + (not meant), f"Give {whom} {words}", inserted(fault.network, node, {port: layers}))
        elif odd and all(odd.values()):
            best = {port: found[0] for port, found in odd.items()}
            kinds = dict.fromkeys(layer.kind for _, _, layers in best.values() for layer in layers)
            network = inserted(fault.network, node, {port: layers for port, (_, _, layers) in best.items()})
            cost = sum(cost for cost, _, _ in best.values())
            to = described(t if len(t) == 1 or alike else t[1:])
            yield Edit(cost, f"Bring all branches to {to} by {' and '.join(kinds)}", network)


def bridges(layer: Layer, x: Shape, t: Shape | None = None) -> Iterator[Bridge]:
    """What brings `x` to something that fits the layer, for a join beside `t`; nothing longer where less would do."""

    def fits(y: Shape | None) -> bool:
        return y is not None and given(layer, *((t, y) if t else (y,))) is not None

    seen: list[set[str]] = []
    for cost, words, candidates in _beside(layer, x, t) if t else _alone(layer, x, fits):
        layers = [each for each in candidates if each]
        kinds = {each.kind for each in layers}
        if len(layers) == len(candidates) and not any(less <= kinds for less in seen) and fits(passed(layers, x)):
            seen.append(kinds)
            yield cost, words, layers


def _alone(layer: Layer, x: Shape, fits: Callable[[Shape], bool]) -> Iterator[tuple[int, str, list[Layer | None]]]:
    if len(x) == 3 and isinstance(layer, Linear):
        yield 2, "a Flatten", [Flatten()]
        yield 3, "a GlobalAvgPool", [GlobalAvgPool()]
    elif len(x) == 3:
        for n in nearest_channels(layer, x, fits):
            yield 4, f"a 1×1 convolution: {count(n, 'filters')}", [made(Conv2d, n, 1, bias=False)]
        if not hasattr(layer, "padding"):
            for down, right in sorted(product(range(9), repeat=2), key=sum):
                words = f"a ZeroPad2d: {down} at the bottom, {right} at the right"
                yield 4, words, [ZeroPad2d((0, down, 0, right))]


def _beside(layer: Layer, x: Shape, t: Shape) -> Iterator[tuple[int, str, list[Layer | None]]]:
    alike = _compares_channels(layer, t)
    if len(x) == 3 and len(t) == 1:
        yield 2, "a Flatten", [Flatten()]
        yield 3, "a GlobalAvgPool", [] if alike else [GlobalAvgPool()]
    if len(x) == len(t) == 1:
        yield 2, f"a Linear to {t[0]:,}", [made(Linear, t[0], bias=False)]
    if len(x) == len(t) == 3:
        (h, w), (wanted_h, wanted_w) = x[1:], t[1:]
        if alike:
            # W_s of He et al. 2015, arXiv:1512.03385, equation 2.
            for stride in (1, single(-(-h // wanted_h), -(-w // wanted_w))):
                words = f"a 1×1 convolution: {count(t[0], 'filters')}" + (
                    f", stride {times(stride)}" if stride != 1 else ""
                )
                yield 2, words, [made(Conv2d, t[0], 1, stride, bias=False)]
            # Option A there: no weights; a pooling over single pixels only leaves some out.
            thinner = single(-(-h // wanted_h), -(-w // wanted_w))
            fewer = [made(MaxPool2d, 1, thinner)] if thinner != 1 else []
            yield 5, f"zeros for {count(max(0, t[0] - x[0]), 'channels')} more", [*fewer, made(PadChannels, t[0])]
        mixing, mixed = made(Conv2d, t[0], 1, bias=False), f"and a 1×1 convolution: {count(t[0], 'filters')}"
        scale = single(max(1, wanted_h // h), max(1, wanted_w // w))
        enlarged = f"an Upsample by {times(scale)}"
        if scale != 1:
            yield 2, enlarged, [made(Upsample, scale)]
            yield 4, f"{enlarged} {mixed}", [mixing, made(Upsample, scale)]
        if h <= wanted_h <= 1.5 * h and w <= wanted_w <= 1.5 * w:  # more would be border rather than image
            down, right = wanted_h - h, wanted_w - w
            border = (down // 2, down - down // 2, right // 2, right - right // 2)
            yield 3, f"a ZeroPad2d to {wanted_h}×{wanted_w}", [made(ZeroPad2d, border)]
        if wanted_h <= h <= 1.5 * wanted_h and wanted_w <= w <= 1.5 * wanted_w:
            yield 3, f"a CenterCrop to {wanted_h}×{wanted_w}", [made(CenterCrop, single(wanted_h, wanted_w))]
        if wanted_h <= h and wanted_w <= w:
            pool = made(AdaptiveAvgPool2d, single(wanted_h, wanted_w))
            pooled = f"an AdaptiveAvgPool2d to {wanted_h}×{wanted_w}"
            yield 3, pooled, [pool]
            yield 5, f"{pooled} {mixed}", [pool, mixing]


def _compares_channels(join: Layer, x: Shape) -> bool:
    return given(join, x, (x[0] + 1, *x[1:])) is None


def padded_and_bridged(fault: Fault) -> Iterator[Edit]:
    """Padding that keeps the size of one branch; where channels differ as well, with a layer on a link."""
    for edit in size_kept(fault):
        facts = analyse(edit.network, fault.network, fault.facts)
        yield edit
        if facts[fault.id].problem and len(fault.shapes) > 1:
            what, _, _ = edit.text.partition(" in ")
            for more in bridged(Fault(edit.network, facts, fault.id)):
                yield Edit(edit.cost + more.cost, f"{what}, and {more.text[0].lower()}{more.text[1:]}", more.network)


def inserted(network: Network, node: Node, layers: dict[int, list[Layer]]) -> Network:
    """The network with layers put on the links into some inputs of a node."""
    inputs = list(node.inputs)
    for port, chain in layers.items():
        for layer in chain:
            new = Node(network.fresh_id(layer.kind), layer, (inputs[port],))
            network = network.with_node(new)
            inputs[port] = new.id
    return network.with_node(replace(node, inputs=tuple(inputs)))


def kept_as_map(fault: Fault) -> Iterator[Edit]:
    """Where a vector comes and a map is wanted: the map it was before; a Linear on 1×1 pixels is a 1×1 convolution."""
    network, facts = fault.network, fault.facts
    for port, x in enumerate(fault.shapes):
        path: list[Node] = []
        node = network.nodes[fault.node.inputs[port]]
        while len(x) == 1 and len(facts[node.id].shape or ()) == 1 and len(node.inputs) == 1 and len(path) < STEPS_BACK:
            path.insert(0, node)
            node = network.nodes[node.inputs[0]]
        m = facts[node.id].shape
        if not path or not m or len(m) != 3:
            continue
        first, *rest = path
        if isinstance(first.layer, Flatten) and not any(isinstance(each.layer, Linear) for each in rest):
            if all(len(network.users[each.id]) == 1 for each in path):
                yield Edit(2, f"Leave {named(first.id)} out", network.without([first.id]))
            if fault.fits(m, port):
                inputs = list(fault.node.inputs)
                inputs[port] = node.id
                text = f"Feed it from {named(node.id)}, before {named(first.id)}"
                yield Edit(3, text, network.with_node(replace(fault.node, inputs=tuple(inputs))))
        elif isinstance(first.layer, GlobalAvgPool) and all(len(network.users[each.id]) == 1 for each in path):
            new, text = network.with_layer(first.id, AdaptiveAvgPool2d(1)), "an AdaptiveAvgPool2d to 1×1"
            for each in rest:
                if isinstance(each.layer, Linear):
                    layer = made(Conv2d, each.layer.features, 1, bias=each.layer.bias)
                    new = new.with_layer(each.id, layer) if layer else new
                    text = "an AdaptiveAvgPool2d to 1×1 and 1×1 convolutions"
            yield Edit(2, f"Use {text} from {named(first.id)} on", new)
