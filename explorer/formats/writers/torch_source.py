"""A network as PyTorch source: a module that a person would write, which needs nothing but torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.formats.writers.classes import Classes
from explorer.formats.writers.opaque_source import opaque_class
from explorer.formats.writers.scopes import paths, tree
from explorer.formats.writers.source import class_name, literal, title
from explorer.formats.writers.torch_helpers import HELPERS
from explorer.formats.writers.torch_layers import Part, part
from explorer.layers.dense import Input
from explorer.layers.opaque import Opaque
from explorer.network.analysis import Facts, totals
from explorer.network.project import Project


@dataclass(frozen=True)
class TorchSource:
    """The text of a Python file. modules: for each layer the path of its module, as its weights begin: `fc`."""

    text: str
    modules: Mapping[str, str]


def torch_source(project: Project, facts: Mapping[str, Facts], weights: str = "") -> TorchSource:
    """A network that has no problem. weights: the name of the file that has them, "" where none is written."""
    network = project.network
    inside = {node.id: node for node in network.nodes.values() if not isinstance(node.layer, Input)}
    parts = {id: part(node.layer, tuple(facts[i].shape or () for i in node.inputs)) for id, node in inside.items()}
    opaque, sources = _opaque({id: n.layer for id, n in inside.items() if isinstance(n.layer, Opaque)})
    parts |= opaque
    root = tree(network, {id for id in parts if parts[id].make})
    name = class_name([project.title]) if class_name([project.title]) != "Network" else "Network"
    classes = Classes(network, facts, parts, name)
    classes.write(root)
    helpers = [text.rstrip() for make, text in HELPERS.items() if any(p.make == make for p in parts.values())]
    body = "\n\n\n".join([*helpers, *sources, *classes.source])
    heading = _heading(project, facts, name, weights)
    return TorchSource(f"{heading}\n\n{_imports(body)}\n\n\n{body}\n", paths(root))


def _opaque(layers: Mapping[str, Opaque]) -> tuple[dict[str, Part], list[str]]:
    """Parts and classes of Opaque layers; equal ones share a class."""
    names: dict[str, str] = {}
    for layer in layers.values():
        if layer.program not in names:
            stem = f"Opaque{class_name([layer.name]).removeprefix('Network')}"
            number = sum(name.rstrip("0123456789_") == stem for name in names.values()) + 1
            names[layer.program] = stem if number == 1 else f"{stem}_{number}"
    sources = {layer.program: opaque_class(names[layer.program], layer.operations) for layer in layers.values()}
    return {id: Part(names[layer.program]) for id, layer in layers.items()}, list(sources.values())


def _heading(project: Project, facts: Mapping[str, Facts], name: str, weights: str) -> str:
    """The file's docstring: what it is, what goes in, how its weights are loaded."""
    recipe, nodes = project.recipe, project.network.nodes.values()
    sizes = [", ".join(map(str, ("N", *(facts[n.id].shape or ())))) for n in nodes if isinstance(n.layer, Input)]
    lines = [f"{title(project.title or name)}: {totals(facts).parameters:,} parameters.", ""]
    scaled = "0 to 1" if set(recipe.mean) == {0.0} and set(recipe.std) == {1.0} else (
        f"0 to 1, less the mean {literal(recipe.mean)}, divided by {literal(recipe.std)}"
    )  # fmt: skip
    lines.append(f"Input: {' and '.join(f'({size})' for size in sizes)}, pixels from {scaled}.")
    if weights:
        lines += [
            "", "    from safetensors.torch import load_file", "", f"    model = {name}().eval()",
            f'    model.load_state_dict(load_file("{title(weights)}"))',
        ]  # fmt: skip
    return '"""' + "\n".join(lines) + '\n"""'


def _imports(body: str) -> str:
    """What the source uses, as isort sorts it."""
    standard = ["from collections import OrderedDict", ""] if "OrderedDict(" in body else []
    used = ["import torch"] * bool(re.search(r"\btorch\.", body)) + ["import torch.nn.functional as F"] * ("F." in body)
    return "\n".join([*standard, *used, "from torch import Tensor, nn" if "Tensor" in body else "from torch import nn"])
