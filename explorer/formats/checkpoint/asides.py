"""What training programs put beside weights, as settings, paths and dates: it is passed over, and never made.

Which names these are is listed: what is not is refused by its name, for it could be what was meant.
Source: what the training programs of torchvision, timm, Lightning, OpenMMLab and PyTorch's own examples write.
"""

from __future__ import annotations

from explorer.formats.checkpoint.stored import NotRead

PLAIN = (
    "bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "long", "object", "range", "set", "slice",
    "str", "tuple",
)  # fmt: skip
LISTED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("__builtin__", "builtins"), PLAIN),
    **dict.fromkeys(("copy_reg", "copyreg"), ("_reconstructor",)),
    "_codecs": ("encode",),  # how bytes are written
    "argparse": ("Namespace",),
    "types": ("SimpleNamespace",),
    "collections": ("Counter", "deque"),
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "uuid": ("UUID",),
    **dict.fromkeys(
        ("pathlib", "pathlib._local"),
        ("Path", "PosixPath", "PurePath", "PurePosixPath", "PureWindowsPath", "WindowsPath"),
    ),
    "numpy": ("dtype", "ndarray"),
    **dict.fromkeys(("numpy.core.multiarray", "numpy._core.multiarray"), ("_reconstruct", "scalar")),
    "torch.serialization": ("_get_layout",),
    "torch.torch_version": ("TorchVersion",),
}
"""Names by their module."""
WHOLE = (
    "addict", "easydict", "lightning", "lightning_fabric", "lightning_utilities", "ml_collections", "mmcv", "mmengine",
    "omegaconf", "pytorch_lightning", "yacs",
)  # fmt: skip
"""Packages whose every class holds settings or what was noted in training."""

QUANTISED = ("torch._utils _rebuild_qtensor", "torch qint8", "torch quint8", "torch qint32")
TYPES = {
    "torch._utils _rebuild_tensor_v3": "of a type that is not read here, such as float8",
    **dict.fromkeys(QUANTISED, "of bytes with a scale, as torch quantises them"),
    "torch._utils _rebuild_sparse_tensor": "in sparse tensors",
}


class Aside:
    """Stands for whatever such a name makes; it holds nothing."""

    def __repr__(self) -> str:
        return "something beside the weights"


ASIDE = Aside()


def is_aside(module: str, name: str) -> bool:
    """Whether this is the name of something that only notes how the weights were made."""
    return name in LISTED.get(module, ()) or module.partition(".")[0] in WHOLE


def refuse_type(called: str) -> None:
    """Raises NotRead where a pickle makes tensors of numbers that are not read."""
    if called in TYPES:
        raise NotRead(f"has numbers {TYPES[called]}", "save them as float32 or float16")
