"""The description in a project file: JSON from and to a Project, strictly. docs/project-file.md has the format."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any, NoReturn, TypeVar

import explorer.layers  # noqa: F401  (fills Layer.kinds)
from explorer.formats.words import shown
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import SCALINGS, Place, Project, Recipe
from explorer.network.settings import SettingError

FORMAT = "cnn-explorer project"
VERSION = 1
KEYS = ("format", "version", "title", "origin", "recipe", "nodes", "places", "weights", "main")
LARGEST = 16_000_000
"""Bytes of JSON; Python needs some twenty times that while it parses."""

MOST_NODES = 100_000
MOST_TEXT = 10_000
"""Characters in one text."""

LEAST_CROP = 0.01
"""Of a recipe, above 0: a picture is made 1 / crop times as large as what is cut out of it."""

HALF_CHARACTER = re.compile("[\\ud800-\\udfff]")  # half a surrogate pair: it could be shown and written nowhere

T = TypeVar("T")


class Fault(ValueError):
    """What is wrong with a description, with the place: goes behind “file” in a sentence."""


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
        },
        "nodes": [
            {"id": n.id, "kind": n.layer.kind, "settings": _settings(n.layer), "inputs": n.inputs}
            for n in network.nodes.values()
        ],
        "places": {id: [float(x) for x in project.places[id]] for id in network.nodes if id in project.places},
        "weights": project.weights,
        "main": project.main,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def loaded(data: bytes) -> Project:
    """The project of a description. Raises Fault."""
    if len(data) > LARGEST:
        raise Fault(f"has a description of {len(data):,} bytes, at most {LARGEST:,} are read")
    document = _object(parsed(data), "the top")
    if document.get("format") != FORMAT:
        raise Fault(f"is no project: its “format” is not “{FORMAT}”")
    _check_version(document.get("version"))
    document = {"main": "", **document}  # files from before a network with several ends could run
    part = Part(document, "", KEYS)
    network = _network(part.items("nodes", MOST_NODES))
    places = _object(document["places"], "places")
    stray = next((id for id in places if id not in network.nodes), None)
    if stray is not None:
        raise Fault(f"places a node {_quoted(stray)} that is not there")
    weights = part.text("weights")
    if not re.fullmatch("([0-9a-f]{64})?", weights):
        raise Fault("has “weights” that are not 64 hexadecimal digits")
    main = part.text("main")
    if main and main not in network.nodes:
        raise Fault(f"has as its “main” a node {_quoted(main)} that is not there")
    return Project(
        network=network,
        places={id: _place(place, f"places.{_quoted(id)}") for id, place in places.items()},
        weights=weights,
        recipe=_recipe(document["recipe"]),
        title=part.text("title"),
        origin=part.text("origin"),
        main=main,
    )


def _settings(layer: Layer) -> dict[str, Any]:
    values = {f.name: (f.metadata["kind"], getattr(layer, f.name)) for f in fields(layer)}
    return {name: _setting(value, kind) for name, (kind, value) in values.items()}


def parsed(data: bytes, digits: int = 18) -> Any:
    """json.loads without what it lets through: twin keys, NaN, Infinity, overflow, endless digits or brackets.

    digits: that a whole number may have.
    """
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=lambda text: _whole(text, digits),
        )
    except Fault:
        raise
    except UnicodeDecodeError as error:
        raise Fault("has a description that is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise Fault(f"has a description that is not JSON (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise Fault("has a description nested too deeply") from error


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    together: dict[str, Any] = {}
    for name, value in pairs:
        if name in together:
            raise Fault(f"has {_quoted(name)} twice in one place")
        together[name] = value
    return together


def _no_number(text: str) -> NoReturn:
    raise Fault(f"has {text} where a number is due")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text[:20])


def _whole(text: str, digits: int) -> int:
    return int(text) if len(text) <= digits else _no_number(f"{text[:12]}… ({len(text)} digits)")


def _check_version(version: Any) -> None:
    if type(version) is not int or version < 1:
        raise Fault("does not say its format's version as a whole number")
    if version > VERSION:
        raise NewerFormat(f"was saved by a newer CNN Explorer (format {version}; this one reads up to {VERSION})")


class Part:
    """One JSON object that must have exactly these keys; `where` names it in messages."""

    def __init__(self, value: Any, where: str, keys: tuple[str, ...]) -> None:
        self.value = _object(value, where)
        self.where = where
        for key in keys:
            if key not in self.value:
                raise Fault(f"lacks “{key}”{self._in()}")
        for key in self.value:
            if key not in keys:
                raise Fault(f"has an unknown {_quoted(key)}{self._in()}")

    def text(self, key: str) -> str:
        return _text(self.value[key], self._name(key))

    def items(self, key: str, most: int) -> list[Any]:
        return _list(self.value[key], self._name(key), most)

    def number(self, key: str) -> float:
        return _number(self.value[key], self._name(key))

    def _name(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _in(self) -> str:
        return f" in {self.where}" if self.where else ""


def _network(described: list[Any]) -> Network:
    nodes: dict[str, Node] = {}
    for i, value in enumerate(described):
        where = f"nodes[{i}]"
        part = Part(value, where, ("id", "kind", "settings", "inputs"))
        id = part.text("id")
        if not 0 < len(id) <= 200 or not id.isprintable():
            raise Fault(f"has at {where} an id that is empty, longer than 200 characters or not printable")
        if id in nodes:
            raise Fault(f"has two nodes called {_quoted(id)}")
        inputs = tuple(_text(x, f"{where}.inputs") for x in part.items("inputs", MOST_NODES))
        nodes[id] = Node(id, _layer(part, f"{where} ({_quoted(id)})"), inputs)
    for node in nodes.values():
        for source in node.inputs:
            if source not in nodes:
                raise Fault(f"feeds {_quoted(node.id)} from {_quoted(source)}, which is not there")
    return Network(nodes)


def _layer(part: Part, where: str) -> Layer:
    kind = part.text("kind")
    if kind not in Layer.kinds:
        raise Fault(f"has at {where} a layer kind {_quoted(kind)} that is not known here")
    settings = _object(part.value["settings"], f"{where}.settings")
    known = {f.name: f.metadata["kind"] for f in fields(Layer.kinds[kind])}
    for name in settings:
        if name not in known:
            raise Fault(f"has at {where} a setting {_quoted(name)} that {kind} does not have")
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
    value = {"scaling": "bilinear", **_object(value, "recipe")}  # files from before there was a choice
    part = Part(value, "recipe", ("crop", "mean", "std", "labels", "scaling"))
    crop = part.number("crop")
    mean, std = (_several(part.items(key, 4096), f"recipe.{key}", _number) for key in ("mean", "std"))
    if crop != 0 and not LEAST_CROP <= crop <= 1:
        raise Fault(f"has a recipe.crop of {crop:g}, not 0 and not from {LEAST_CROP} to 1")
    if not mean or len(mean) != len(std) or min(std) <= 0:
        raise Fault("needs as many numbers in recipe.mean as in recipe.std, and those above 0")
    if part.text("scaling") not in SCALINGS:
        raise Fault(f"has a recipe.scaling {_quoted(part.text('scaling'))}, not {' or '.join(SCALINGS)}")
    labels = _several(part.items("labels", 1_000_000), "recipe.labels", _text)
    return Recipe(crop, mean, std, labels, part.text("scaling"))


def _place(value: Any, where: str) -> Place:
    place = _several(_list(value, where, 2), where, _number)
    if len(place) != 2:
        raise Fault(f"has at {where} {len(place)} numbers, not 2")
    return place[0], place[1]


def _several(values: list[Any], where: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
    return tuple(read(value, f"{where}[{i}]") for i, value in enumerate(values))


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(f"has something else than an object at {where}")
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise Fault(f"has something else than a list of at most {most:,} at {where}")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT or HALF_CHARACTER.search(value):
        raise Fault(f"has something else than a text of at most {MOST_TEXT:,} characters at {where}")
    return value


def _quoted(text: str) -> str:
    return f"“{shown(text, 40)}”"


def _number(value: Any, where: str) -> float:
    if type(value) not in (int, float):
        raise Fault(f"has something else than a number at {where}")
    return float(value)
