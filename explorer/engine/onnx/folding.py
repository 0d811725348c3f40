"""What an ONNX graph computes before a picture is there: done while the file is read, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from explorer.engine.onnx.moving import MOVING
from explorer.engine.onnx.norms import NORMS
from explorer.engine.onnx.numbers import NUMBERS
from explorer.engine.onnx.operators import OperatorError
from explorer.engine.onnx.recurrent import RECURRENT
from explorer.engine.onnx.resizing import RESIZING
from explorer.engine.onnx.sampling import SAMPLING
from explorer.engine.onnx.values import Known
from explorer.engine.onnx.windows import WINDOWS
from explorer.formats.words import amount

COMPUTES = NUMBERS | MOVING | WINDOWS | RESIZING | NORMS | SAMPLING | RECURRENT

BY_VALUE = ("NonZero",)
"""Operators whose result is as large as their input's numbers say."""

ROOM = 1 << 28
"""Bytes that may be computed from next to nothing: a file of some hundred bytes can ask for any size."""
TIMES, MOST = 16, 1 << 31
"""What a file's own numbers may become besides: so many times their bytes (bytes become floats, these are scaled and
turned), at most so many bytes."""
FLOAT, WHOLE = 4, 8
"""Bytes of a number."""


class Folding:
    """Computes what is known, and counts its memory. given: bytes of the file's own numbers."""

    def __init__(self, given: int) -> None:
        self._made, self._most = 0, min(MOST, ROOM + TIMES * given)

    def make(self, size: int) -> None:
        """So many more bytes are needed. Raises OperatorError where these are too many."""
        self._made += size
        if self._made > self._most:
            raise OperatorError(
                f"brings what is computed before a picture is there to {amount(self._made)}; "
                f"at most {amount(self._most)} are for this file"
            )

    def fold(self, kind: str, settings: Mapping[str, Any], inputs: Sequence[Any]) -> list[Known]:
        """What an operator gives; its size is found out first. Raises OperatorError."""
        if kind == "Identity":
            return list(inputs)
        tensors = [value.tensor if value is not None else None for value in inputs]
        if kind in BY_VALUE:
            self.make(sum(WHOLE * t.dim() * t.numel() for t in tensors if t is not None))
        else:
            self._measure(kind, settings, tensors)
        trained = any(value is not None and value.trained for value in inputs)
        with torch.no_grad():
            found = several(COMPUTES[kind](settings, *tensors))
        return [Known(t, trained and t.is_floating_point() and t.numel() > 1) for t in found]

    def _measure(self, kind: str, settings: Mapping[str, Any], tensors: Sequence[Tensor | None]) -> None:
        """Count what an operator's results take; those that only look at an input in another way take nothing."""
        with torch.device("meta"):
            empty = [t if t is None else t.to("meta") for t in tensors]
            found = several(COMPUTES[kind](settings, *empty))
        inputs = {t.untyped_storage()._cdata for t in empty if t is not None}
        made = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in found}
        self.make(sum(size for storage, size in made.items() if storage not in inputs))


def several(result: Any) -> Sequence[Tensor]:
    """The results of an operator, also where it is one."""
    return result if isinstance(result, tuple) else (result,)
