"""The description in a project file: JSON from and to a Project, strictly. docs/project-file.md has the format."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import explorer.layers  # noqa: F401  (fills Layer.kinds)
from explorer.formats.fed_json import described_fed, fed_of
from explorer.formats.group_json import described_groups, place_of, read_groups
from explorer.formats.project_marks import annotations_as_json, annotations_of, bookmarks_as_json, bookmarks_of
from explorer.formats.strict_json import Fault, Part, list_of, number_of, object_of, parsed, quoted, several, text_of
from explorer.layers.bypass import CannotBypass, bypassed
from explorer.network.ablation import Ablation, WrongAblation, by_node
from explorer.network.direction import Direction
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import PADDINGS, SCALINGS, Project, Recipe
from explorer.network.settings import SettingError

FORMAT = "cnn-explorer project"
VERSION = 1
WITHOUT: dict[str, Any] = {
    "main": "", "ablations": {}, "bypassed": [], "annotations": {}, "bookmarks": {}, "groups": [], "fed": {},
    "direction": Direction.TOP_DOWN.value,
}  # fmt: skip
"""What may be left out, and what it is then."""
KEYS = ("format", "version", "title", "origin", "recipe", "nodes", "places", "weights", *WITHOUT)
LARGEST = 16_000_000
"""Bytes of JSON; Python needs some twenty times that while it parses."""

MOST_NODES = 100_000
MOST_CHANNELS = 1_000_000
"""That are switched off or scaled in one node."""

LEAST_CROP = 0.01
"""Of a recipe, above 0: a picture is made 1 / crop times as large as what is cut out of it."""
MOST_SIDE = 10_000
"""Pixels, of a picture that a detector looks at in its own size."""


class NewerFormat(Fault):
    """The file is of a version that this program does not know."""


def dumped(project: Project) -> bytes:
    """The description: the same bytes for the same project. All settings are written: a default may change."""
    network, recipe = project.network, project.recipe
    document = {
        "format": FORMAT,
        "version": VERSION,
        "title": project.title,
        "origin": project.origin,
        "recipe": {
            "crop": float(recipe.crop),
            "mean": [float(x) for x in recipe.mean],
            "std": [float(x) for x in recipe.std],
            "labels": recipe.labels,
            "scaling": recipe.scaling,
            "padding": recipe.padding,
            "least": float(recipe.least),
            "overlap": float(recipe.overlap),
            **({"shorter": recipe.shorter, "longer": recipe.longer} if recipe.shorter else {}),
        },
        "nodes": [
            {"id": n.id, "kind": layer.kind, "settings": _settings(layer), "inputs": n.inputs}
            for n in network.nodes.values()
            for layer in [project.layer(n.id)]
        ],
        "places": {id: [float(x) for x in project.places[id]] for id in network.nodes if id in project.places},
        "weights": project.weights,
        "main": project.main,
    }
    if project.ablations:  # where there are none, the file is one that older programs read
        factors = by_node(project.ablations).items()
        document["ablations"] = {id: [[i, float(x)] for i, x in found.items()] for id, found in factors}
    if project.bypassed:
        document["bypassed"] = [id for id in network.nodes if id in project.bypassed]
    if project.annotations:
        document["annotations"] = annotations_as_json(project.annotations)
    if project.bookmarks:
        document["bookmarks"] = bookmarks_as_json(project.bookmarks)
    if project.groups:
        document["groups"] = described_groups(project.groups, project.places)
    if project.fed:
        document["fed"] = described_fed(project.fed)
    if project.direction is not Direction.TOP_DOWN:
        document["direction"] = project.direction.value
    return json.dumps(document, separators=(",", ":")).encode()


def loaded(data: bytes) -> Project:
    """The project of a description. Raises Fault."""
    if len(data) > LARGEST:
        raise Fault(f"has a description of {len(data):,} bytes, at most {LARGEST:,} are read")
    document = object_of(parsed(data), "the top")
    if document.get("format") != FORMAT:
        raise Fault(f"is no project: its “format” is not “{FORMAT}”")
    _check_version(document.get("version"))
    document = {**WITHOUT, **document}  # files from before there were any
    part = Part(document, "", KEYS)
    network = _network(part.items("nodes", MOST_NODES))
    places = object_of(document["places"], "places")
    stray = next((id for id in places if id not in network.nodes), None)
    if stray is not None:
        raise Fault(f"places a node {quoted(stray)} that is not there")
    weights = part.text("weights")
    if not re.fullmatch("([0-9a-f]{64})?", weights):
        raise Fault("has “weights” that are not 64 hexadecimal digits")
    groups, cards = read_groups(part.items("groups", MOST_NODES), network.nodes)
    main = part.text("main")
    if main and main not in network.nodes:
        raise Fault(f"has as its “main” a node {quoted(main)} that is not there")
    project = Project(
        network=network,
        places={**{id: place_of(place, f"places.{quoted(id)}") for id, place in places.items()}, **cards},
        weights=weights,
        recipe=_recipe(document["recipe"]),
        title=part.text("title"),
        origin=part.text("origin"),
        main=main,
        ablations=_ablations(document["ablations"], network),
        groups=groups,
        annotations=annotations_of(document["annotations"]),
        bookmarks=bookmarks_of(document["bookmarks"]),
        fed=fed_of(document["fed"], network),
        direction=_direction(part.text("direction")),
    )
    ids = several(part.items("bypassed", MOST_NODES), "bypassed", text_of)
    if len(set(ids)) < len(ids) or not network.nodes.keys() >= set(ids):
        raise Fault("bypasses a node that is not there, or one twice")
    try:
        return bypassed(project, ids)
    except CannotBypass as error:
        raise Fault(f"bypasses a node that cannot be: {error}") from error


def _settings(layer: Layer) -> dict[str, Any]:
    values = {f.name: (f.metadata["kind"], getattr(layer, f.name)) for f in fields(layer)}
    return {name: _setting(value, kind) for name, (kind, value) in values.items()}


def _check_version(version: Any) -> None:
    if type(version) is not int or version < 1:
        raise Fault("does not say its format's version as a whole number")
    if version > VERSION:
        raise NewerFormat(f"was saved by a newer CNN Explorer (format {version}; this one reads up to {VERSION})")


def _network(described: list[Any]) -> Network:
    nodes: dict[str, Node] = {}
    alike: dict[str, Layer] = {}  # what is described alike is one value: it is checked, kept and looked up once
    for i, value in enumerate(described):
        where = f"nodes[{i}]"
        part = Part(value, where, ("id", "kind", "settings", "inputs"))
        id = part.text("id")
        if not 0 < len(id) <= 200 or not id.isprintable():
            raise Fault(f"has at {where} an id that is empty, longer than 200 characters or not printable")
        if id in nodes:
            raise Fault(f"has two nodes called {quoted(id)}")
        inputs = tuple(text_of(x, f"{where}.inputs") for x in part.items("inputs", MOST_NODES))
        said = repr((part.value["kind"], part.value["settings"]))
        layer = alike.get(said) or alike.setdefault(said, _layer(part, f"{where} ({quoted(id)})"))
        nodes[id] = Node(id, layer, inputs)
    for node in nodes.values():
        for source in node.inputs:
            if source not in nodes:
                raise Fault(f"feeds {quoted(node.id)} from {quoted(source)}, which is not there")
    return Network(nodes)


def _layer(part: Part, where: str) -> Layer:
    kind = part.text("kind")
    if kind not in Layer.kinds:
        raise Fault(f"has at {where} a layer kind {quoted(kind)} that is not known here")
    settings = object_of(part.value["settings"], f"{where}.settings")
    known = {f.name: f.metadata["kind"] for f in fields(Layer.kinds[kind])}
    for name in settings:
        if name not in known:
            raise Fault(f"has at {where} a setting {quoted(name)} that {kind} does not have")
    try:
        return Layer.kinds[kind](**{name: _setting(value, known[name]) for name, value in settings.items()})
    except SettingError as error:
        raise Fault(f"has at {where} a wrong setting, {error}") from error


def _setting(value: Any, kind: str) -> Any:
    """A value as settings have it: tuples, and floats where fractions are allowed."""
    if isinstance(value, list | tuple):
        return tuple(_setting(part, kind) for part in value)
    return float(value) if kind in ("fraction", "sizes") and type(value) is int else value


def _recipe(value: Any) -> Recipe:
    usual = {name: getattr(Recipe, name) for name in ("scaling", "padding", "least", "overlap", "shorter", "longer")}
    value = {**usual, **object_of(value, "recipe")}  # files from before there was a choice
    part = Part(value, "recipe", ("crop", "mean", "std", "labels", *usual))
    crop = part.number("crop")
    mean, std = (several(part.items(key, 4096), f"recipe.{key}", number_of) for key in ("mean", "std"))
    if crop != 0 and not LEAST_CROP <= crop <= 1:
        raise Fault(f"has a recipe.crop of {crop:g}, not 0 and not from {LEAST_CROP} to 1")
    if not mean or len(mean) != len(std) or min(std) <= 0:
        raise Fault("needs as many numbers in recipe.mean as in recipe.std, and those above 0")
    if part.text("scaling") not in SCALINGS:
        raise Fault(f"has a recipe.scaling {quoted(part.text('scaling'))}, not {' or '.join(SCALINGS)}")
    if part.text("padding") not in PADDINGS:
        raise Fault(f"has a recipe.padding {quoted(part.text('padding'))}, not {' or '.join(filter(None, PADDINGS))}")
    if crop and part.text("padding"):
        raise Fault(f"has a recipe.crop of {crop:g} with a recipe.padding, not 0")
    for name in ("least", "overlap"):
        if not 0 <= part.number(name) <= 1:
            raise Fault(f"has a recipe.{name} of {part.number(name):g}, not from 0 to 1")
    sides = part.number("shorter"), part.number("longer")
    if not all(side == int(side) and 0 <= side <= MOST_SIDE for side in sides) or bool(sides[0]) != bool(sides[1]):
        raise Fault(f"has recipe.shorter and recipe.longer that are no two sides up to {MOST_SIDE:,} pixels, nor 0")
    if sides[0] and part.text("padding") != "mean":
        raise Fault("has a recipe.shorter without the recipe.padding mean")
    labels = several(part.items("labels", 1_000_000), "recipe.labels", text_of)
    marks = part.number("least"), part.number("overlap")
    return Recipe(crop, mean, std, labels, part.text("scaling"), part.text("padding"), *marks, *map(int, sides))


def _direction(name: str) -> Direction:
    if name not in [one.value for one in Direction]:
        raise Fault(f"has a direction {quoted(name)}, not {' or '.join(one.value for one in Direction)}")
    return Direction(name)


def _ablations(value: Any, network: Network) -> tuple[Ablation, ...]:
    found = []
    for id, pairs in object_of(value, "ablations").items():
        where = f"ablations.{quoted(id)}"
        if id not in network.nodes:
            raise Fault(f"switches channels off in a node {quoted(id)} that is not there")
        channels = [_ablation(id, pair, where) for pair in list_of(pairs, where, MOST_CHANNELS)]
        if len({one.channel for one in channels}) < len(channels):
            raise Fault(f"has a channel twice at {where}")
        found += channels
    return tuple(sorted(found))


def _ablation(id: str, value: Any, where: str) -> Ablation:
    pair = list_of(value, where, 2)
    if len(pair) != 2 or type(pair[0]) is not int or pair[1] == 1:
        raise Fault(f"has at {where} something else than a channel and a factor that is not 1")
    try:
        return Ablation(id, pair[0], number_of(pair[1], where))
    except WrongAblation as error:
        raise Fault(f"has at {where} a pair that cannot be: {error}") from error
