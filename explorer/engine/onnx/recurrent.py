"""What ONNX's recurrent layers compute, as torch code: networks that read text in pictures have them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.engine.onnx.operators import Function, OperatorError, Settings

ORDERS = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Where torch's gates stand among ONNX's: input, forget, cell, output of input, output, forget, cell."""

USUAL = {"LSTM": ("sigmoid", "tanh", "tanh"), "GRU": ("sigmoid", "tanh"), "RNN": ("tanh",)}


def _recurrent(kind: str) -> Function:
    def over(
        a: Settings, x: Tensor, weight: Tensor, again: Tensor, bias: Tensor | None = None,
        lengths: Tensor | None = None, start: Tensor | None = None, cell: Tensor | None = None,
        peepholes: Tensor | None = None,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        """x: (T, N, inputs), or (N, T, inputs) in layout 1; weight and again: (directions, gates·hidden, …)."""
        curve = _plain(kind, a, lengths is not None or peepholes is not None)
        if a.get("layout"):
            x = x.transpose(0, 1)
        directions, hidden = len(weight), again.shape[2]
        if start is None:
            start = x.new_zeros(directions, x.shape[1], hidden)
        if a.get("direction", "forward") == "reverse":
            x = x.flip(0)
        tables = []
        for i in range(directions):
            shifts = x.new_zeros(2 * weight.shape[1]) if bias is None else bias[i]
            rows = (weight[i], again[i], *torch.split(shifts, weight.shape[1]))
            tables += [_ordered(table, ORDERS[kind]) for table in rows]
        settings = (True, 1, 0.0, False, directions == 2, False)
        if kind == "LSTM":
            cell = torch.zeros_like(start) if cell is None else cell
            y, *last = torch.lstm(x, (start, cell), tables, *settings)
        elif kind == "GRU":
            y, *last = torch.gru(x, start, tables, *settings)
        else:
            y, *last = (torch.rnn_tanh if curve == "tanh" else torch.rnn_relu)(x, start, tables, *settings)
        if a.get("direction", "forward") == "reverse":
            y = y.flip(0)
        whole = y.reshape(*y.shape[:2], directions, hidden).permute(0, 2, 1, 3)  # [T, directions, N, hidden]
        if a.get("layout"):
            whole, last = whole.permute(2, 0, 1, 3), [value.transpose(0, 1) for value in last]
        return whole, *last

    return over


def _plain(kind: str, a: Settings, more: bool) -> str:
    """The first activation. Raises OperatorError where the layer is not as torch's is."""
    curves = tuple(word.lower() for word in a.get("activations") or ()) or USUAL[kind] * 2
    curve = curves[0]
    usual = (curve,) if kind == "RNN" else USUAL[kind]
    fits = all(word == usual[i % len(usual)] for i, word in enumerate(curves)) and curve in ("sigmoid", "tanh", "relu")
    if not fits or more or a.get("clip") or a.get("input_forget"):
        raise OperatorError("has activations, limits, lengths or peepholes of its own")
    if kind == "GRU" and not a.get("linear_before_reset"):
        raise OperatorError("resets before it multiplies (linear_before_reset 0)")
    return curve


def _ordered(table: Tensor, order: Sequence[int]) -> Tensor:
    """The gates of a table in another order."""
    gates = table.chunk(len(order))
    return torch.cat([gates[i] for i in order])


RECURRENT: dict[str, Function] = {kind: _recurrent(kind) for kind in ORDERS}
"""What each operator computes."""
