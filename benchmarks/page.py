"""What the page of figures says: a row for each goal, read out of the JSON lines that the benchmarks print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Measured = dict[str, Any]
"""A benchmark's line, with the command, the date, the machine and the load before it."""


@dataclass(frozen=True)
class Goal:
    """most or least: of the figure itself, or of ours divided by a peer's where one is named."""

    most: float | None = None
    least: float | None = None
    over: str = ""


@dataclass(frozen=True)
class Row:
    """One figure and its peers, as paths into the line's figures with “>” between the names."""

    what: str
    command: str
    ours: str
    unit: str = "ms"
    peers: Mapping[str, str] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()


def found(figures: Any, path: str) -> float | None:
    """The number at a path; None where it is not there."""
    for name in path.split(">"):
        if not isinstance(figures, dict) or name not in figures:
            return None
        figures = figures[name]
    return float(figures) if isinstance(figures, int | float) else None


def verdict(goal: Goal, ours: float, peers: Mapping[str, float | None]) -> str:
    """What the goal asks for, what there is, and whether that is enough."""
    peer = peers.get(goal.over) if goal.over else 1.0
    if not peer:
        return ""
    value = ours / peer
    bound = goal.most if goal.most is not None else goal.least
    assert bound is not None
    met = value <= bound if goal.most is not None else value >= bound
    asked = f"{'at most' if goal.most is not None else 'at least'} {bound:g}"
    ratio = f" of {goal.over}: {value:.3g}" if goal.over else ""
    return f"{asked}{ratio}, {'met' if met else '**missed**'}"


def table(kept: Mapping[str, Measured]) -> str:
    """The rows as Markdown; those that were not measured yet say so."""
    lines = ["| what | measured | beside it | goal | when, load |", "|---|---|---|---|---|"]
    last = ""
    for row in ROWS:
        line = kept.get(row.command)
        name = f"{row.what} (`{row.command}`)" if row.command != last else f"… {row.what}"
        last = row.command
        ours = found(line["figures"], row.ours) if line else None
        if line is None or ours is None:
            lines.append(f"| {name} | not measured | | | |")
            continue
        peers = {peer: found(line["figures"], path) for peer, path in row.peers.items()}
        beside = ", ".join(f"{peer} {value:,.4g}" for peer, value in peers.items() if value is not None)
        goals = "; ".join(filter(None, (verdict(goal, ours, peers) for goal in row.goals)))
        lines.append(f"| {name} | {ours:,.4g} {row.unit} | {beside} | {goals} | {line['date']}, {line['load']} |")
    return "\n".join(lines)


GAP = (Goal(most=33),)
FORWARD = (Goal(most=0.75, over="eager"), Goal(most=1.15, over="onnxruntime"))
SMALL = (Goal(most=0.75, over="eager"), Goal(most=1.7, over="onnxruntime"))


def forward(name: str) -> dict[str, str]:
    """The peers of a forward pass."""
    return {peer: f"{name}>ms>{peer}" for peer in ("eager", "channels_last", "onnxruntime")}


def speeds(*names: str) -> dict[str, str]:
    """Peers by the pictures that they take a second."""
    return {name: f"images per second>{name}" for name in names}


ROWS: tuple[Row, ...] = (
    Row("from the start until the window is painted, CPU", "startup", "ours_cpu_s", "s",
        {"an empty PySide6 window": "empty_window_cpu_s"}, (Goal(most=0.5),)),
    Row("largest gap of a 16 ms timer: torch starts", "gaps", "torch_starts", goals=GAP),
    Row("MobileNetV2 is opened", "gaps", "model_opens", goals=GAP),
    Row("a photo is opened and run", "gaps", "picture_and_prediction", goals=GAP),
    Row("sixty layers are clicked", "gaps", "sixty_nodes_clicked", goals=GAP),
    Row("a video plays", "gaps", "video_plays", goals=GAP),
    Row("the same with maps", "gaps", "video_with_maps", goals=GAP),
    Row("a stride is edited", "gaps", "stride_edited", goals=GAP),
    Row("an edit of 1,000 shapes until painted, median", "canvas", "edit_1000_all_shapes_until_painted>median",
        goals=(Goal(most=16),)),
    Row("the longest of these", "canvas", "edit_1000_all_shapes_until_painted>max"),
    Row("an edit of one card of 1,000", "canvas", "edit_1000_one_card_until_painted>median", goals=(Goal(most=16),)),
    Row("repaint of 1,000 cards fitted", "canvas", "fitted_1000>median", goals=(Goal(most=2),)),
    Row("repaint of 3,000 cards fitted", "canvas", "fitted_3000>median", goals=(Goal(most=2),)),
    Row("repaint at full size", "canvas", "full_size_1000>median", goals=(Goal(most=5),)),
    Row("a click until its maps are painted, median", "activations", "click_to_mosaic", goals=(Goal(most=100),)),
    Row("the longest of these", "activations", "worst_click", goals=(Goal(most=100),)),
    Row("the largest gap meanwhile", "activations", "gap", goals=GAP),
    Row("X-ray of 154 nodes", "activations", "xray"),
    Row("forward, MobileNetV2", "forward", "mobilenet_v2>ms>ours", peers=forward("mobilenet_v2"), goals=SMALL),
    Row("every value kept", "forward", "mobilenet_v2>ms>ours, every value kept", peers=forward("mobilenet_v2"),
        goals=(Goal(most=0.8, over="eager"),)),
    Row("forward, ResNet-50", "forward", "resnet50>ms>ours", peers=forward("resnet50"), goals=FORWARD),
    Row("every value kept", "forward", "resnet50>ms>ours, every value kept", peers=forward("resnet50"),
        goals=(Goal(most=0.8, over="eager"),)),
    *(Row(f"forward, {title}", "forward", f"{name}>ms>ours", peers=forward(name), goals=goals)
      for title, name, goals in (
          ("VGG-16", "vgg16", FORWARD), ("SqueezeNet", "squeezenet1_0", SMALL), ("GoogLeNet", "googlenet", SMALL),
          ("EfficientNet-B0", "efficientnet_b0", SMALL), ("ResNet-18", "resnet18", SMALL))),
    Row("facts of ResNet-152 after an edit of every shape", "facts", "ours",
        peers={"torchinfo": "torchinfo", "the same on meta": "torchinfo, meta", "ShapeProp on meta": "ShapeProp, meta"},
        goals=(Goal(most=0.01, over="torchinfo"), Goal(most=0.05, over="ShapeProp on meta"))),
    Row("ResNet-50 opened, CPU", "opening", "resnet50>ours", peers={"symbolic_trace and ShapeProp": "resnet50>torch"},
        goals=(Goal(most=1.5, over="symbolic_trace and ShapeProp"),)),
    Row("Swin-T opened, CPU", "opening", "swin_t>ours", peers={"symbolic_trace and ShapeProp": "swin_t>torch"},
        goals=(Goal(most=1.5, over="symbolic_trace and ShapeProp"),)),
    Row("an ONNX file of ResNet-50 opened", "onnx_opening", "resnet50>ms>ours", peers={"onnx": "resnet50>ms>onnx"},
        goals=(Goal(most=0.2, over="onnx"),)),
    Row("of MobileNetV2", "onnx_opening", "mobilenet_v2>ms>ours", peers={"onnx": "mobilenet_v2>ms>onnx"},
        goals=(Goal(most=0.2, over="onnx"),)),
    Row("layout of 3,000 nodes", "layout", "layout>nodes3000>arranged_ms",
        peers={"networkx": "layout>nodes3000>networkx_ms"}, goals=(Goal(most=50),)),
    Row("layout of 3,016 layers in groups, all open", "grouped", "networks>layers3000>open>layout",
        goals=(Goal(most=50),)),
    Row("all closed", "grouped", "networks>layers3000>closed>layout", goals=(Goal(most=50),)),
    Row("a block opened amid all others, CPU", "grouped", "networks>layers3000>open>toggle until painted>median",
        goals=(Goal(most=16),)),
    Row("the largest group opened, all others closed, CPU", "grouped",
        "networks>layers3000>closed>toggle until painted>median", goals=(Goal(most=16),)),
    Row("nine strongest places of every channel of MobileNetV2, pictures a second", "patches mobilenet_v2 300",
        "images per second>ours", "/ s", speeds("plain", "plain, memory kept", "hooks", "stored"),
        (Goal(least=2, over="plain"),)),
    Row("of VGG-16", "patches vgg16 48", "images per second>ours", "/ s",
        speeds("plain", "plain, memory kept", "hooks", "stored"), (Goal(least=1.3, over="plain"),)),
    Row("a data set looked at, MobileNetV2, pictures a second", "dataset mobilenet_v2 160", "images per second>ours",
        "/ s", speeds("plain", "hooks", "stored")),
    Row("all channels of a layer ranked by effect", "effects", "seconds>ours", "s",
        {"hooks": "seconds>hooks", "hooks, batched": "seconds>hooks, batched"}),
    Row("an evaluation of style transfer with its slope, VGG-16 trunk", "style", "seconds>ours", "s",
        {"the PyTorch tutorial's recipe": "seconds>peer"}, (Goal(most=0.88, over="the PyTorch tutorial's recipe"),)),
    Row("the same with 16 bits", "style", "seconds>ours, 16 bits", "s",
        {"the PyTorch tutorial's recipe": "seconds>peer"}, (Goal(most=0.45, over="the PyTorch tutorial's recipe"),)),
    Row("non-maximum suppression of 10,000 boxes of one class, CPU", "suppression", "10000 boxes>ours",
        peers={"torchvision": "10000 boxes>torchvision"}),
    Row("of 80 classes", "suppression", "10000 boxes>ours_80_classes",
        peers={"torchvision": "10000 boxes>torchvision_80_classes"}),
)  # fmt: skip
