"""What timm calls the weights of networks that are torchvision's as well, where it calls them otherwise.

Checked against timm 1.0.31, weight by weight and output by output: tests/test_timm.py. Source: Wightman, PyTorch image
models, doi:10.5281/zenodo.4414861. Where the names of a family are not here but its weights come in the same order, as
those of EfficientNet, MobileNet and Swin do, the order tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

Rules = tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]
"""The beginning of a name as a pattern, and what stands there in torchvision."""

_LAYER = r"encoder.layers.encoder_layer_\1."
VIT: Rules = (
    (r"cls_token$", "class_token.class_token"),
    (r"pos_embed$", "encoder.pos_embedding.encoder.pos_embedding"),
    (r"patch_embed\.proj\.", "conv_proj."),
    (r"blocks\.(\d+)\.norm([12])\.", _LAYER + r"ln_\2."),
    (r"blocks\.(\d+)\.attn\.qkv\.", _LAYER + "self_attention.in_proj_"),
    (r"blocks\.(\d+)\.attn\.proj\.", _LAYER + "self_attention.out_proj."),
    (r"blocks\.(\d+)\.mlp\.fc1\.", _LAYER + "mlp.0."),
    (r"blocks\.(\d+)\.mlp\.fc2\.", _LAYER + "mlp.3."),
    (r"norm\.", "encoder.ln."),
    (r"head\.", "heads.head."),
)


def _block(rest: str) -> Callable[[re.Match[str]], str]:
    """Stages lie at odd places in torchvision's ConvNeXt, what halves the picture between them."""
    return lambda found: f"features.{2 * int(found[1]) + 1}.{found[2]}.{rest}"


CONVNEXT: Rules = (
    (r"stem\.", "features.0."),
    (r"stages\.(\d+)\.downsample\.", lambda found: f"features.{2 * int(found[1])}."),
    (r"stages\.(\d+)\.blocks\.(\d+)\.gamma$", _block("layer_scale.weight")),
    (r"stages\.(\d+)\.blocks\.(\d+)\.conv_dw\.", _block("block.0.")),
    (r"stages\.(\d+)\.blocks\.(\d+)\.norm\.", _block("block.2.")),
    (r"stages\.(\d+)\.blocks\.(\d+)\.mlp\.fc1\.", _block("block.3.")),
    (r"stages\.(\d+)\.blocks\.(\d+)\.mlp\.fc2\.", _block("block.5.")),
    (r"head\.norm\.", "classifier.0."),
    (r"head\.fc\.", "classifier.2."),
)


def _unit(found: re.Match[str]) -> str:
    part = {"conv1": "f.a.", "conv2": "f.b.", "conv3": "f.c.", "downsample": "proj.", "se": "f.se."}[found[3]]
    return f"trunk_output.block{found[1]}.block{found[1]}-{int(found[2]) - 1}.{part}{_INNER.get(found[4] or '', '')}"


_INNER = {"conv.": "0.", "bn.": "1."}
REGNET: Rules = (
    (r"stem\.conv\.", "stem.0."),
    (r"stem\.bn\.", "stem.1."),
    (r"s(\d)\.b(\d+)\.(conv\d|downsample|se)\.(conv\.|bn\.)?", _unit),
    (r"head\.fc\.", "fc."),
)
VGG: Rules = (
    (r"features\.", "features."),
    (r"pre_logits\.fc1\.", "classifier.0."),
    (r"pre_logits\.fc2\.", "classifier.3."),
    (r"head\.fc\.", "classifier.6."),
)

FAMILIES = (VIT, CONVNEXT, REGNET, VGG)


def renamed(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """For each family that has a rule for every one of these names: these, by what torchvision calls them."""
    names = tuple(names)
    for family in FAMILIES:
        found = {new: name for name in names if (new := _renamed(name, family))}
        if len(found) == len(names):
            yield found


def _renamed(name: str, rules: Rules) -> str:
    for pattern, new in rules:
        if re.match(pattern, name):
            return re.sub(rf"\A{pattern}", new, name)
    return ""
