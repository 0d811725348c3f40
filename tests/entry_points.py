"""Where Qt calls us: every event method and every slot, read from the source, and an error planted in one of them."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

PACKAGE = Path(__file__).resolve().parents[1] / "explorer"
PAINTING = {"paintEvent", "paint", "drawBackground", "drawForeground"}
EVENTS = PAINTING | {"event", "eventFilter"}

Place = tuple[str, int]
"""A file, and the first line of a function in it, with its decorators."""


class Planted(Exception):
    """What is planted."""


@cache
def entry_points() -> dict[Place, str]:
    """Every function that Qt calls, named "ui/panels/cost.py: CostPanel.paintEvent" or "…: CostPanel.follow.lambda"."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py")) if ours(path)}
    named: dict[str, list[Place]] = defaultdict(list)  # by a method's name
    names: dict[Place, str] = {}
    found: set[Place] = set()
    for path, tree in trees.items():
        for owner, node in functions(tree):
            place = where(path, node)
            name = node.name if isinstance(node, ast.FunctionDef) else "lambda"
            names[place] = f"{path.relative_to(PACKAGE).as_posix()}: {'.'.join((*owner, name))}"
            if isinstance(node, ast.FunctionDef):
                named[name].append(place)
                if owner and (name in EVENTS or (name.endswith("Event") and name[0].islower())):
                    found.add(place)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                for slot in {"connect": node.args[:1], "singleShot": node.args[-1:], "ask": node.args[2:]}.get(
                    node.func.attr, []
                ):
                    found.update(called(path, slot, named))
    return {place: names[place] for place in sorted(found)}


def ours(path: Path) -> bool:
    return path.relative_to(PACKAGE).parts[0] in ("ui", "workspace")


def functions(
    tree: ast.AST, owner: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef | ast.Lambda]]:
    """Every function with the names of what it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield owner, node
        inner = (*owner, node.name) if isinstance(node, ast.FunctionDef | ast.ClassDef) else owner
        yield from functions(node, inner)


def where(path: Path, node: ast.FunctionDef | ast.Lambda) -> Place:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return str(path), min(node.lineno, *(d.lineno for d in decorators)) if decorators else node.lineno


def called(path: Path, slot: ast.expr, named: dict[str, list[Place]]) -> list[Place]:
    """The functions a slot may be: all methods of its name, for whose it is the source does not say."""
    if isinstance(slot, ast.Lambda):
        return [where(path, slot)]
    if isinstance(slot, ast.Call):  # partial(function, …) and the like
        return [place for arg in slot.args[:1] for place in called(path, arg, named)]
    if isinstance(slot, ast.Attribute):
        near = [place for place in named[slot.attr] if place[0] == str(path)]
        return near if near and ast.unparse(slot.value) == "self" else list(named[slot.attr])
    if isinstance(slot, ast.Name):
        return [place for place in named[slot.id] if place[0] == str(path)]
    return []


@contextmanager
def heard(places: dict[Place, str], hear: Callable[[Place], object]) -> Iterator[None]:
    """`hear` is told each of the places that this thread enters; what it raises is raised there."""

    def tell(frame: FrameType, _event: str, _arg: object) -> None:
        code = frame.f_code
        place = code.co_filename, code.co_firstlineno
        if place in places:
            hear(place)

    before = sys.gettrace()
    sys.settrace(tell)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def planted(place: Place) -> Iterator[list[str]]:
    """The next time the function at this place is entered, it raises; the list then has the error's words."""
    raised: list[str] = []

    def fail(place: Place) -> None:
        raised.append(f"planted in {entry_points()[place]}")
        raise Planted(raised[0])  # Python stops telling after that

    with heard({place: ""}, fail):
        yield raised
