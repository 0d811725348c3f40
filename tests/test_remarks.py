"""What a layer's numbers do not say by themselves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.layers.sliding import left_out
from explorer.layers.windows import AvgPool2d, Conv2d, MaxPool2d
from explorer.network.layer import ShapeError
from tests.test_layers import layers, shapes


def said(layer, x) -> str:
    return "\n".join(layer.remarks(layer.output(x), x))


def test_why_not_fully_connected() -> None:
    assert "14,450,688 weights; this has 456 parameters" in said(Conv2d(6, 5), (3, 32, 32))


@pytest.mark.parametrize(
    ("layer", "x", "words"),
    [
        (Conv2d(96, 11, 4), (3, 224, 224), "1 row and 1 column at the bottom and at the right lie in no window"),
        (Conv2d(1, 3, 2), (1, 6, 6), "1 row and 1 column at the bottom"),
        (Conv2d(1, 3, 2, 1), (1, 6, 6), "(of the padding) lie in no window"),
        (MaxPool2d(2, 2), (8, 5, 4), "1 row at the bottom lies in no window"),
        (AvgPool2d(3, (1, 3)), (8, 5, 8), "2 columns at the right lie in no window"),
    ],
)
def test_what_is_left_out(layer, x, words) -> None:
    assert words in said(layer, x)


def test_even_steps_leave_nothing_out() -> None:
    assert "no window" not in said(Conv2d(96, 11, 4), (3, 227, 227))
    assert said(MaxPool2d(2, 2), (8, 4, 4)) == ""
    assert said(MaxPool2d(2, 2, ceil_mode=True), (8, 5, 5)) == ""


def test_both_meanings_of_same() -> None:
    assert "(f − 1) / 2 on each side; TensorFlow's “same” means ⌈n / s⌉" in said(
        Conv2d(8, 3, padding="same"), (3, 9, 9)
    )
    told = said(Conv2d(8, 3, 2), (1, 6, 6))
    assert "TensorFlow's “same” would give 3×3, with 0 added before and 1 behind." in told
    assert "TensorFlow" not in said(Conv2d(8, 3, 2, 1), (1, 7, 7))  # 1 and 1 there too
    assert "3×3 pixels" not in told


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 20), st.integers(1, 6), st.integers(1, 5), st.integers(0, 3), st.integers(1, 3))
def test_left_out_by_brute_force(n: int, kernel: int, stride: int, padding: int, dilation: int) -> None:
    """Rows after the last pixel that any window reaches."""
    try:
        count = Conv2d(1, (kernel, 1), (stride, 1), (padding, 0), (dilation, 1)).output((1, n, 1))[1]
    except ShapeError:
        return
    last = (count - 1) * stride + dilation * (kernel - 1)
    behind = n + 2 * padding - 1 - last
    (text,) = left_out((1, n, 1), (kernel, 1), (stride, 1), (padding, 0), (dilation, 1)) or ("",)
    found = re.search(r"(\d+) row", text)
    assert (int(found[1]) if found else 0) == behind
    assert ("of the padding" in text) == bool(behind and behind <= padding)


@settings(max_examples=1000, deadline=None)
@given(layers, shapes)
def test_no_remark_ever_raises(layer, x) -> None:
    inputs = (x,) * (layer.inputs if layer.inputs >= 0 else 2)
    try:
        y = layer.output(*inputs)
    except ShapeError:
        return
    assert all(isinstance(text, str) and text.endswith(".") for text in layer.remarks(y, *inputs))
