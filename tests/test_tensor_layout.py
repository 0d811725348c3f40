"""Weights are written as the safetensors library would write them, to the last byte."""

from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from safetensors.numpy import save

from explorer.formats import tensors
from explorer.formats.tensor_layout import NAMES, laid_out

TENSOR = st.sampled_from(sorted(NAMES)).flatmap(
    lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)


@settings(max_examples=30)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), TENSOR, max_size=6))
def test_the_bytes_are_the_library_s(given: dict[str, NDArray[np.generic]]) -> None:
    assert b"".join(laid_out(given)) == save({name: np.asarray(value, order="C") for name, value in given.items()})


def test_what_lies_otherwise_in_memory_is_written_row_by_row() -> None:
    table = np.arange(12, dtype=np.float32).reshape(3, 4)
    turned = {"turned": table.T, "swapped": table.astype(">f4"), "parts": table[:, ::2]}
    assert b"".join(laid_out(turned)) == b"".join(laid_out({n: np.array(v, "<f4") for n, v in turned.items()}))


def test_nothing_is_copied() -> None:
    table = np.zeros((1000, 1000), np.float32)
    _, rows = laid_out({"table": table})
    assert np.shares_memory(np.frombuffer(rows, np.uint8), table)


def test_weights_are_kept_under_the_hash_of_these_bytes() -> None:
    weights = {"fc.bias": np.arange(3, dtype=np.float32), "fc.count": np.int64(7)}
    sha = tensors.keep({name: np.asarray(value) for name, value in weights.items()})
    assert hashlib.sha256(tensors.path(sha).read_bytes()).hexdigest() == sha
    assert all(np.array_equal(value, weights[name]) for name, value in tensors.read(sha).items())
