"""The `forward` of a module: statements over a few variables, in the words people use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.formats.writers.scopes import Leaf, Scope
from explorer.formats.writers.source import Doc, Group, call, flat, laid_out
from explorer.formats.writers.torch_layers import Part
from explorer.layers.joins import Concat

FOLLOWERS = ("Activation", "Norm")
"""Groups whose layers are called around the one they follow."""

DEEPEST = 3
"""Calls within each other on one line."""


@dataclass
class Value:
    """What an item gives, while `forward` is written: its expression, and how many calls lie within each other."""

    expression: Doc
    depth: int = 0


def variadic(scope: Scope) -> bool:
    """Whether it first joins all that comes in: then it takes any number of values."""
    first = scope.items[0]  # a scope is never empty
    if len(scope.inputs) < 2 or isinstance(first, Scope) or not isinstance(first.node.layer, Concat):
        return False
    rest = (i for item in scope.items[1:] for i in (item.inputs if isinstance(item, Scope) else item.node.inputs))
    return first.node.inputs == scope.inputs and not set(rest) & set(scope.inputs)


def forward(scope: Scope, parts: Mapping[str, Part], shared: Mapping[str, str]) -> tuple[str, ...]:
    """Its lines, as they stand in a class. shared: for some nodes the attribute of another one's module."""
    return tuple(_Writing(scope, parts, shared).lines())


class _Writing:
    def __init__(self, scope: Scope, parts: Mapping[str, Part], shared: Mapping[str, str]) -> None:
        self.scope, self.parts, self.shared = scope, parts, shared
        self.takes = [item.inputs if isinstance(item, Scope) else item.node.inputs for item in scope.items]
        self.users: dict[str, list[int]] = {}
        for number, sources in enumerate(self.takes):
            for source in sources:
                self.users.setdefault(source, []).append(number)
        self.variables: dict[str, str] = {}  # value → the variable that holds it

    def lines(self) -> list[str]:
        scope = self.scope
        if variadic(scope):
            arguments = ["*features: Tensor"]
            self.variables = dict.fromkeys(scope.inputs, "")
        else:
            names = "xyz" if len(scope.inputs) <= 3 else [f"x{n}" for n in range(1, len(scope.inputs) + 1)]
            self.variables = dict(zip(scope.inputs, names, strict=False))
            arguments = [f"{name}: Tensor" for name in self.variables.values()]
        gives = "Tensor" if len(scope.outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(scope.outputs))}]"
        head = laid_out("def ", Group("forward(", ("self", *arguments)), 4, f" -> {gives}:")
        return [*head, *self.body()]

    def body(self) -> list[str]:
        lines: list[str] = []
        held: dict[str, Value] = {}  # what waits to be written into the next expression
        last = len(self.scope.items) - 1
        for number, item in enumerate(self.scope.items):
            value = self.value(number, item, held)
            gives = item.outputs if isinstance(item, Scope) else (item.node.id,)
            if len(gives) == 1 and self.nests(gives[0], number, value):
                held[gives[0]] = value
            elif number == last and gives == self.scope.outputs:
                return [*lines, *laid_out("return ", value.expression, 8)]
            else:
                names = self.names(number, item, gives)
                lines += laid_out(f"{', '.join(names)} = ", value.expression, 8)
        returned = ", ".join(self.variables[id] for id in self.scope.outputs)
        return [*lines, f"        return {returned}"]

    def value(self, number: int, item: Leaf | Scope, held: dict[str, Value]) -> Value:
        """The expression of one item."""
        takes = self.takes[number]
        came = [held.pop(i) if i in held else Value(self.variables[i]) for i in takes]
        depth = 1 + max(value.depth for value in came)
        written: list[Doc] = [value.expression for value in came]
        if not all(map(flat, written)):  # the Concat of a variadic scope
            return Value(call("torch.cat", "features", "dim=1"), depth)
        if isinstance(item, Leaf) and not self.parts[item.node.id].make:
            return Value(self.parts[item.node.id].written(written), depth)
        attribute = self.shared.get(item.node.id, item.name) if isinstance(item, Leaf) else item.name
        return Value(call(f"self.{attribute}", *written), depth)

    def module(self, item: Leaf | Scope) -> bool:
        return isinstance(item, Scope) or bool(self.parts[item.node.id].make)

    def nests(self, id: str, number: int, value: Value) -> bool:
        """Whether a value is written where it is used: an activation or a norm behind it takes it at once."""
        users = self.users.get(id, [])
        if users != [number + 1] or id in self.scope.outputs or value.depth >= DEEPEST:
            return False
        after = self.scope.items[number + 1]
        return isinstance(after, Leaf) and after.node.layer.group in FOLLOWERS and bool(self.parts[after.node.id].make)

    def names(self, number: int, item: Leaf | Scope, gives: tuple[str, ...]) -> list[str]:
        """Variables for what an item gives. What ends here frees its own."""
        needed = {i for i in self.variables if self.later(i, number)}
        for source in list(self.variables):
            if source not in needed:
                self.variables.pop(source)
        live = set(self.variables.values())
        names = []
        for id in gives:
            name = self.name(item, id, live)
            live.add(name)
            self.variables[id] = name
            names.append(name)
        return names

    def name(self, item: Leaf | Scope, id: str, live: set[str]) -> str:
        own = [item.name] if self.module(item) else []
        wide = any(len(set(self.takes[user])) > 2 for user in self.users.get(id, []))
        choices = [*own, "x", "y", "z"] if wide else ["x", "y", "z", *own]
        return next((name for name in choices if name not in live), self.unused(choices[-1], live))

    def unused(self, stem: str, live: set[str]) -> str:
        return next(name for n in range(1, len(live) + 2) if (name := f"{stem}{n}") not in live)

    def later(self, id: str, number: int) -> bool:
        """Whether a value is needed behind item `number`."""
        return id in self.scope.outputs or any(user > number for user in self.users.get(id, []))
