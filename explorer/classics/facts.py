"""What a course's notes claim, and what our own rules make of it: claim, proof, verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from explorer.classics.catalogue import CLASSICS
from explorer.classics.draft import begun
from explorer.layers.shapes import Flatten
from explorer.network.analysis import Facts, analyse, totals
from explorer.network.formulas import formulas
from explorer.network.layer import Layer, Shape, described
from explorer.network.network import Network
from explorer.network.receptive_field import receptive_field
from explorer.network.symbol import Symbol

Value = int | Fraction | str | tuple[int, ...]
"""A count, an exact share, words, or sizes as the course writes them: height, width, channels."""


@dataclass(frozen=True)
class Proof:
    """How a value is computed: the value, the calculation in words, and what can be opened to see it."""

    value: Callable[[], Value]
    text: Callable[[], str]
    network: Callable[[], Network] | None = None
    title: str = ""
    node: str = ""


@dataclass(frozen=True)
class Fact:
    """One claim. noted: what the notes say. right: what is right where that is something else.

    quote: the notes' own words for it, perhaps rounded; "" where they do not say it, and it was worked out from them.
    """

    topic: str
    claim: str
    noted: Value
    proof: Proof
    right: Value | None = None
    quote: str = ""

    @cached_property
    def computed(self) -> Value:
        """What our rules give."""
        return self.proof.value()

    @property
    def holds(self) -> bool:
        """Whether the notes are right; a share may be rounded to the digits they give."""
        if isinstance(self.noted, Fraction) and isinstance(self.computed, Fraction):
            digits = self.noted.denominator
            return round(self.computed * digits) == self.noted * digits
        return self.computed == self.noted


def shown(value: Value) -> str:
    """A value as people write it."""
    if isinstance(value, tuple):
        return described(value)
    if isinstance(value, Fraction):
        return f"{100 * float(value):.1f} %" if value < 1 else f"{float(value):.2f}"
    return value if isinstance(value, str) else f"{int(value):,}"


def _course(shape: Shape | None) -> tuple[int, ...]:
    """Channels last, as the course writes a shape."""
    return (*shape[1:], shape[0]) if shape else ()


def whole(name: str, what: str) -> Proof:
    """A sum over all layers of a classic: "parameters" or "macs"."""
    network = _classic(name)
    return Proof(
        lambda: int(getattr(totals(analyse(network())), what)),
        lambda: f"the sum over all layers of {CLASSICS[name].title}",
        network, CLASSICS[name].title,
    )  # fmt: skip


def part(name: str, what: str, *stems: str) -> Proof:
    """The same over the layers whose ids begin so."""
    network = _classic(name)

    def some() -> dict[str, Facts]:
        return {id: fact for id, fact in analyse(network()).items() if id.startswith(stems)}

    return Proof(
        lambda: int(getattr(totals(some()), what)),
        lambda: " + ".join(f"{getattr(f, what):,}" for f in some().values() if getattr(f, what)),
        network, CLASSICS[name].title, "",
    )  # fmt: skip


def node(name: str, id: str, what: str = "shape") -> Proof:
    """Of one layer of a classic: "shape", "parameters", "macs", "size" (its numbers) or "field" (pixels it sees)."""
    network = _classic(name)
    return Proof(lambda: _of(network, id, what), lambda: _worked(network, id, what), network, CLASSICS[name].title, id)


def rule(layer: Layer, x: Shape, what: str = "shape") -> Proof:
    """Of one layer that is fed a shape (channels, height, width); a fully connected one gets it flattened."""

    name = layer.kind.lower().removesuffix("2d")

    def network() -> Network:
        draft = begun(*x)
        if layer.group == "Dense":
            draft.add("flatten", Flatten())
        draft.add(name, layer)
        return draft.network

    return Proof(lambda: _of(network, name, what), lambda: _worked(network, name, what), network, layer.kind, name)


def sum_of(expression: Callable[[], int]) -> Proof:
    """An expression of `n(…)`: its value and its text."""

    def text() -> str:
        found = expression()
        return found.numbers if isinstance(found, Symbol) else str(found)

    return Proof(lambda: int(expression()), text)


def found(value: Callable[[], Value], text: str) -> Proof:
    """A little calculation told in words."""
    return Proof(value, lambda: text)


def plus(*parts: Proof) -> Proof:
    """The sum of counts."""
    return Proof(lambda: sum(map(_count, parts)), lambda: " + ".join(f"{_count(p):,}" for p in parts))


def times(factor: int, one: Proof) -> Proof:
    """So many times the same."""
    return Proof(lambda: factor * _count(one), lambda: f"{factor}·{_count(one):,}", one.network, one.title)


def ratio(over: Proof, under: Proof) -> Proof:
    """One count divided by another."""
    return Proof(
        lambda: Fraction(_count(over), _count(under)), lambda: f"{_count(over):,} / {_count(under):,}",
        under.network, under.title,
    )  # fmt: skip


def share(name: str, *stems: str) -> Proof:
    """Which part of a classic's parameters lies in the layers whose ids begin so."""
    return ratio(part(name, "parameters", *stems), whole(name, "parameters"))


def _count(proof: Proof) -> int:
    value = proof.value()
    assert isinstance(value, int)
    return value


def n(number: int) -> Symbol:
    """A number that remembers what is done with it."""
    return Symbol(f"{number:,}", number)


def _classic(name: str) -> Callable[[], Network]:
    return lambda: CLASSICS[name].network


def _of(make: Callable[[], Network], id: str, what: str) -> Value:
    network = make()
    facts = analyse(network)
    fact = facts[id]
    if what == "shape":
        return _course(fact.shape)
    if what == "size":
        count = 1
        for size in fact.shape or ():
            count *= size
        return count
    if what == "field":
        field = receptive_field(network, facts, id)
        return field.size[0] if field else 0
    return int(getattr(fact, what))


def _worked(make: Callable[[], Network], id: str, what: str) -> str:
    network = make()
    facts = analyse(network)
    if what == "field":
        return str(receptive_field(network, facts, id) or "")
    rows = {"parameters": ("parameters",), "macs": ("MACs",)}.get(what, ("height", "width", "channels", "features"))
    worked = ", ".join(f"{row.name} {row}" for row in formulas(network, id, facts) if row.name in rows)
    return worked or f"{network.nodes[id].layer.kind}: {what} {shown(_of(make, id, what))}"
