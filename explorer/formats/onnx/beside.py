"""Two ONNX files that are one network: what one takes beside a picture is what another one beside it answers.

Networks for any style come so: one makes numbers of the style picture, the other paints by them. They belong together
where the value has the same name and the same sizes in both.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from onnx import ModelProto, TensorProto, ValueInfoProto, compose

from explorer.formats.onnx import file
from explorer.formats.onnx.file import Model
from explorer.formats.regular import NotReadable
from explorer.maths.records import Progress

MOST = 50
"""Files beside one that are looked at."""
PREFIX = "beside/"
"""Before every name of the file that is joined."""
CHANNELS = {1, 3, 4}

Sizes = tuple[int | str, ...]


def parts(path: Path) -> tuple[Path, ...]:
    """The file, those that have its tensors, and the same of the one that is joined to it. Raises NotReadable."""
    other, _ = answering(path)
    return (*file.parts(path), *(file.parts(other) if other else ()))


def read(path: Path) -> Generator[Progress, None, tuple[Model, str]]:
    """The model in a file, piece by piece, and the name of the file that was joined to it, "" for none.

    Raises NotReadable.
    """
    model = yield from file.read(path)
    other, value = answering(path)
    if other is None:
        return model, ""
    try:
        first = yield from file.read(other)
        proto = compose.merge_models(first.proto, model.proto, [(value, value)], prefix1=PREFIX)
    except (NotReadable, ValueError, TypeError):  # of another version, or broken: then it is fed by hand
        return model, ""
    inputs = [*proto.graph.input]
    own = {one.name for one in model.proto.graph.input}
    del proto.graph.input[:]
    proto.graph.input.extend(sorted(inputs, key=lambda one: one.name not in own))  # the picture's comes first
    return Model(proto, {**model.tables, **{PREFIX + name: table for name, table in first.tables.items()}}), other.name


def answering(path: Path) -> tuple[Path | None, str]:
    """The file that answers what this one takes beside a picture, and what that is called; None and "" where there is
    none. Raises NotReadable where this one cannot be read."""
    pictures, others = _inputs(file.measured(path)[0])
    if len(pictures) != 1 or len(others) != 1:
        return None, ""
    (value, sizes), *_ = others.items()
    for other in sorted(path.parent.glob(f"*{path.suffix}"))[:MOST]:
        if other != path and _answers(other, value, sizes):
            return other, value
    return None, ""


def _answers(path: Path, value: str, sizes: Sizes) -> bool:
    """Whether a file makes this of one picture, and nothing else."""
    try:
        model, *_ = file.measured(path)
    except NotReadable:
        return False
    pictures, others = _inputs(model)
    answers = [(one.name, _sizes(one)) for one in model.graph.output]
    return len(pictures) == 1 and not others and answers == [(value, sizes)]


def _inputs(model: ModelProto) -> tuple[dict[str, Sizes], dict[str, Sizes]]:
    """Pictures and others, by name; numbers of the file's own are none."""
    own = {tensor.name for tensor in model.graph.initializer}
    pictures: dict[str, Sizes] = {}
    others: dict[str, Sizes] = {}
    for one in model.graph.input:
        if one.name not in own:
            sizes = _sizes(one)
            picture = len(sizes) == 4 and bool(CHANNELS & {sizes[1], sizes[3]}) and sizes.count(1) < 3
            (pictures if picture else others)[one.name] = sizes
    return pictures, others


def _sizes(value: ValueInfoProto) -> Sizes:
    """Of each axis, a word where any fits; nothing of what is no float."""
    typed = value.type.tensor_type
    if typed.elem_type != TensorProto.FLOAT:
        return ()
    return tuple(axis.dim_value or axis.dim_param for axis in typed.shape.dim)
