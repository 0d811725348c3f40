"""Classes for the parts of a network: parts that are built alike share one, with arguments for what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword

from explorer.formats.writers.arguments import Column, Variable, arguments
from explorer.formats.writers.forward import forward, variadic
from explorer.formats.writers.scopes import Leaf, Scope, shared, within
from explorer.formats.writers.source import Doc, Group, call, class_name, laid_out, named
from explorer.formats.writers.torch_layers import REQUIRED, Argument, Part
from explorer.layers.joins import Add
from explorer.network.analysis import Facts
from explorer.network.network import Network

REPEATED = 3
"""Equal modules in a row from which on they are written once."""


@dataclass(frozen=True)
class Made:
    """What makes a module: a class with arguments, or a Sequential of others, with names or without."""

    make: str
    arguments: tuple[Argument, ...] = ()
    parts: tuple[tuple[str, Made], ...] = ()
    named: bool = False

    def shape(self) -> object:
        """What must be equal for two to be built alike: all but the values."""
        words = tuple((a.name, a.default is REQUIRED) for a in self.arguments)
        return self.make, words, self.named, tuple((name, part.shape()) for name, part in self.parts)

    def columns(self, path: str) -> list[Column]:
        """Every argument in it, with the path of the module it belongs to."""
        own = [(path, argument) for argument in self.arguments]
        return own + [column for name, part in self.parts for column in part.columns(f"{path}_{name}")]

    def written(self, words: Iterator[str]) -> Doc:
        """As source; words: the next one is for the first column, and so on, "" where torch's default does."""
        if not self.parts:
            given = [(argument, word) for argument, word in zip(self.arguments, words, strict=False) if word]
            return call(
                self.make, *(word if argument.positional else named(argument.name, word) for argument, word in given)
            )
        docs = [(name, part.written(words)) for name, part in self.parts]
        if self.named:
            return call(self.make, _ordered(docs), tall=True)
        return call(self.make, *_folded([doc for _, doc in docs]), tall=len(docs) > 1)


def _ordered(docs: list[tuple[str, Doc]]) -> Doc:
    """Modules with their names, which no Python word may be."""
    if all(name.isidentifier() and not iskeyword(name) for name, _ in docs):
        return call("OrderedDict", *(named(name, doc) for name, doc in docs), tall=True)
    words = tuple(named(f'"{name}"', doc, ": ") for name, doc in docs)
    return call("OrderedDict", Group("{", words, "}", tall=True), tall=True)


def _folded(docs: list[Doc]) -> list[Doc]:
    """Equal modules in a row as one line."""
    folded: list[Doc] = []
    while docs:
        count = next((n for n, doc in enumerate(docs) if doc != docs[0]), len(docs))
        if count >= REPEATED:
            folded.append(call("*", f"{laid_out('', docs[0], 0)[0]} for _ in range({count})"))
        else:
            folded += docs[:count]
        docs = docs[count:]
    return folded


@dataclass
class Instance:
    """One place where a class is used. sizes: channels that come in and go out."""

    scope: Scope
    modules: tuple[tuple[str, Made], ...]
    forward: tuple[str, ...]
    sizes: tuple[int, int]

    def columns(self) -> list[Column]:
        return [column for name, made in self.modules for column in made.columns(name)]


class Classes:
    """The classes a network needs; `source` has them in the order in which they use each other."""

    def __init__(self, network: Network, facts: Mapping[str, Facts], parts: Mapping[str, Part], name: str) -> None:
        self.network, self.facts, self.parts = network, facts, parts
        self.weightless = {id: not (fact.parameters or fact.buffers) for id, fact in facts.items()}
        self.source: list[str] = []
        self.names = {name, *(part.make for part in parts.values())}
        self.made: dict[int, Made] = {}  # by the identity of a scope
        self.title = name

    def write(self, root: Scope) -> None:
        """Write every class; the network's own comes last."""
        by_height: dict[int, list[Scope]] = {}
        _heights(root, by_height)
        for height in sorted(by_height):
            groups: dict[object, list[Instance]] = {}
            for scope in by_height[height]:
                instance = self.instance(scope)
                key = (tuple((name, made.shape()) for name, made in instance.modules), instance.forward)
                groups.setdefault(key, []).append(instance)
            for alike in groups.values():
                self.write_class(alike, root)

    def instance(self, scope: Scope) -> Instance:
        again = shared(scope, self.weightless)
        modules = []
        for item in scope.items:
            if isinstance(item, Scope) or (self.parts[item.node.id].make and item.node.id not in again):
                modules.append((item.name, self.make(item)))
        enters = [node.id for node in within(scope)][:1] if variadic(scope) else scope.inputs
        came, gone = (self.facts[ids[0]].shape or (0,) for ids in (enters, scope.outputs))
        lines = () if scope.sequential else forward(scope, self.parts, again)
        return Instance(scope, tuple(modules), lines, (came[0], gone[0]))

    def make(self, item: Leaf | Scope) -> Made:
        if isinstance(item, Leaf):
            part = self.parts[item.node.id]
            return Made(part.make, part.arguments)
        if not item.sequential:
            return self.made[id(item)]
        parts = tuple((part.name, self.make(part)) for part in item.items)
        return Made(
            "nn.Sequential", (), parts, named=[name for name, _ in parts] != [str(n) for n in range(len(parts))]
        )

    def write_class(self, alike: list[Instance], root: Scope) -> None:
        first = alike[0]
        if first.scope is root:
            name = self.title
        elif len(alike) == 1 and _plain_chain(first):
            self.made[id(first.scope)] = Made("nn.Sequential", (), first.modules, named=True)
            return
        else:
            name = self.name(first)
        variables, words = arguments([i.columns() for i in alike], [i.sizes for i in alike])
        for number, instance in enumerate(alike):
            self.made[id(instance.scope)] = Made(name, tuple(variable.given(number) for variable in variables))
        self.source.append(_class_source(name, first, variables, words))

    def name(self, instance: Instance) -> str:
        """A class's name: what its block is known as where its own name is a number, else that name without digits."""
        stem = class_name([instance.scope.name.rstrip("0123456789_")])
        if instance.scope.name.isdigit() or not stem.removeprefix("Network"):
            stem = _kind_of_block(instance.scope)
        elif instance.scope.name[-1].islower() and (head := instance.scope.name[:-1])[-1:].isdigit():
            stem = class_name([head.rstrip("0123456789_")])  # inception3a
        name, number = stem, 1
        while name in self.names:
            number += 1
            name = f"{stem}{number}"
        self.names.add(name)
        return name


def _heights(scope: Scope, found: dict[int, list[Scope]], root: bool = True) -> int:
    """How many classes lie within each other up to each scope that becomes one."""
    inside = max((_heights(item, found, False) for item in scope.items if isinstance(item, Scope)), default=0)
    if scope.sequential and not root:
        return inside
    found.setdefault(inside, []).append(scope)
    return inside + 1


def _plain_chain(instance: Instance) -> bool:
    """Whether a Sequential with names does what the scope does."""
    return instance.scope.chain and len(instance.modules) == len(instance.scope.items)


def _kind_of_block(scope: Scope) -> str:
    """He et al. 2015, arXiv:1512.03385, have identity and projection shortcuts."""
    for node in reversed(within(scope)):
        if isinstance(node.layer, Add):
            return "ResidualBlock" if set(node.inputs) & set(scope.inputs) else "ProjectionBlock"
    return "Block"


def _class_source(name: str, instance: Instance, variables: list[Variable], words: list[str]) -> str:
    base = "nn.Sequential" if instance.scope.sequential else "nn.Module"
    signature = call("__init__", "self", *(variable.declared for variable in variables))
    lines = [f"class {name}({base}):", *laid_out("def ", signature, 4, " -> None:")]
    left = iter(words)
    docs = [(attribute, made.written(left)) for attribute, made in instance.modules]
    if instance.scope.sequential:
        return "\n".join(
            [*lines, *laid_out("", call("super().__init__", *_folded([d for _, d in docs]), tall=True), 8)]
        )
    lines.append("        super().__init__()")
    lines += (line for attribute, doc in docs for line in laid_out(f"self.{attribute} = ", doc, 8))
    return "\n".join([*lines, "", *instance.forward])
