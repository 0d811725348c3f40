"""Formulas to take away, and where their letters come from."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from explorer.classics.catalogue import CLASSICS
from explorer.layers.activations import PReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse
from explorer.network.conventions import Conventions
from explorer.network.formulas import Origin, Row, formulas, origin
from explorer.network.latex import latex, markdown
from explorer.network.network import Network, Node
from explorer.network.symbol import Constant, Symbol, constants
from explorer.ui.controls.formula_view import FormulaView, typesetter
from tests.test_layers import Known, arithmetic, cases

RESNET = CLASSICS["resnet50"].network
FACTS = analyse(RESNET)


def row(id: str, name: str, conventions: Conventions = Conventions()):  # noqa: B008
    return next(row for row in formulas(RESNET, id, FACTS, conventions) if row.name == name)


def test_latex() -> None:
    assert latex(row("conv1", "height")) == (
        r"\left\lfloor \frac{n_H + 2 \cdot p - f}{s} \right\rfloor + 1 = "
        r"\left\lfloor \frac{224 + 2 \cdot 3 - 7}{2} \right\rfloor + 1 = 112"
    )
    assert (
        latex(row("fc", "parameters"))
        == r"\left(n + 1\right) \cdot n' = \left(2{,}048 + 1\right) \cdot 1{,}000 = 2{,}049{,}000"
    )
    assert latex(row("layer1.0.add", "height")) == "n_H^{(1)} = 56"
    assert markdown(row("fc", "features")) == "**features** $n' = 1{,}000$"


def test_a_count_no_letter_stands_for_is_shown_too() -> None:
    """Found by the storm: PReLU's one slope was counted and had no formula."""
    net = Network({"in": Node("in", Input(3, 8, 8)), "act": Node("act", PReLU(), ("in",))})
    (parameters,) = (row for row in formulas(net, "act", analyse(net)) if row.name == "parameters")
    assert (str(parameters), parameters.reasons) == ("1", ("One slope for all channels.",))
    assert markdown(parameters) == "**parameters** $1$"


def test_why_constants_are_there() -> None:
    assert [number.why for number in constants(row("conv1", "height").symbol)] == [
        "Padding lies on both sides.",
        "The first position counts too: the division counts the steps from there.",
    ]
    assert row("fc", "parameters").reasons == ("One bias for each output, added to its weighted sum.",)
    keras = row("bn1", "parameters", Conventions("keras", "FLOP"))
    assert keras.reasons == (
        "A scale γ and a shift β for each channel.", "A moving mean and a moving variance for each channel.",
    )  # fmt: skip
    assert row("fc", "FLOPs", Conventions("keras", "FLOP")).reasons[0].startswith("A multiplication and an addition")
    assert all(type(n) is int for fact in FACTS.values() for n in (*fact.shape, fact.parameters, fact.macs))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_every_constant_has_its_reason(case) -> None:
    """In the formulas of every kind, in one sentence; and plain numbers stay plain."""
    layer, x = case
    net = Network({f"x{i}": Node(f"x{i}", Known(shape)) for i, shape in enumerate(x)})
    net = net.with_node(Node("y", layer, tuple(net.nodes)))
    facts = analyse(net)
    assert all(type(n) is int for n in (*(facts["y"].shape or ()), facts["y"].parameters, facts["y"].buffers))
    for letters in ("course", "torch"):
        for found in formulas(net, "y", facts, Conventions("keras", "FLOP", letters=letters)):
            for number in constants(found.symbol):
                assert isinstance(number, Constant), str(found)
                assert re.fullmatch(r"[A-Z][^.]+\.", number.why)


def test_a_formula_without_padding_has_none() -> None:
    net = Network({"in": Node("in", Known((3, 9, 9))), "y": Node("y", Conv2d(2, 3, padding="valid"), ("in",))})
    assert "⌊(n_H − f) / s⌋ + 1 = ⌊(9 − 3) / 1⌋ + 1 = 7" in {str(found) for found in formulas(net, "y", analyse(net))}


def readable(text: str) -> str:
    """A LaTeX line of numbers as arithmetic."""
    text = text.replace("{,}", "").replace(r"\cdot", "·").replace(" - ", " − ")
    text = text.replace(r"\left(", "(").replace(r"\right)", ")")
    while r"\frac" in text:
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1) / (\2)", text)
    for left, right, sign in (("lfloor", "rfloor", "⌊⌋"), ("lceil", "rceil", "⌈⌉")):
        text = text.replace(rf"\left\{left} ", sign[0]).replace(rf" \right\{right}", sign[1])
    return text


@settings(max_examples=400, deadline=None)
@given(cases())
def test_latex_says_what_the_text_says(case) -> None:
    """Read as arithmetic, the numbers of every formula give its result."""
    layer, x = case
    net = Network({f"x{i}": Node(f"x{i}", Known(shape)) for i, shape in enumerate(x)})
    net = net.with_node(Node("y", layer, tuple(net.nodes)))
    for found in formulas(net, "y", analyse(net)):
        *_, numbers, result = [found.symbol.letter, *latex(found).split(" = ")]
        assert readable(result) == str(found.value)
        if found.symbol.sign:
            assert arithmetic(readable(numbers)) == found.value
        assert latex(found).count("{") == latex(found).count("}")


@pytest.mark.parametrize(
    ("id", "letter", "letters", "found"),
    [
        ("conv1", "f", "course", Origin("setting", "kernel")),
        ("conv1", "K", "torch", Origin("setting", "kernel")),
        ("conv1", "n_C′", "course", Origin("setting", "channels")),
        ("conv1", "n_H", "course", Origin("node", "input")),
        ("conv1", "H", "torch", Origin("node", "input")),
        ("conv1", "n_H′", "course", Origin("row", "height")),
        ("layer1.0.add", "n_H⁽2⁾", "course", Origin("node", "layer1.0.downsample.1")),
        ("fc", "n", "course", Origin("node", "flatten")),
        ("fc", "n′", "course", Origin("setting", "features")),
        ("conv1", "q", "course", None),
    ],
)
def test_where_a_letter_comes_from(id, letter, letters, found) -> None:
    assert origin(RESNET, id, letter, letters) == found


def test_every_letter_of_every_formula_is_found() -> None:
    def letters(symbol) -> set[str]:
        if not hasattr(symbol, "sign"):
            return set()
        return set().union(*map(letters, symbol.parts)) if symbol.sign else {symbol.letter}

    for name in ("resnet50", "googlenet_2014", "unet", "densenet121", "squeezenet1_0"):
        network = CLASSICS[name].network
        facts = analyse(network)
        for id in network.nodes:
            for found in formulas(network, id, facts):
                assert all(origin(network, id, letter) for letter in letters(found.symbol)), (name, id, str(found))


def test_what_a_formula_gives_is_set_as_its_letters_are(qapp) -> None:
    """b_x = … stood there with a stroke, beside letters with indices."""
    typeset = typesetter()
    assert typeset.name("G_12").width == typeset.leaf("G_12", "").width < typeset.text("G_12").width
    assert typeset.name("area A").width == typeset.text("area A").width
    product = Symbol("F_11", 2) * Symbol("F_21", 3)
    view = FormulaView(Row("G_12", product.formula, product.numbers, 6, (), product))
    assert {mark.text for mark in view.marks()} == {"F_11", "F_21"}, "where G_12 comes from is what is shown"
    view.deleteLater()
