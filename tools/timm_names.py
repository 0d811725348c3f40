"""Write down what timm calls the weights of networks that are torchvision's too: `python -m tools.timm_names`.

Made with timm 1.0.31; only tests read it, so that they need no timm.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

TARGET = Path(__file__).parents[1] / "tests" / "timm_names.json.gz"

SAME = {
    "resnet18": "resnet18", "resnet50": "resnet50", "resnext50_32x4d": "resnext50_32x4d",
    "wide_resnet50_2": "wide_resnet50_2", "densenet121": "densenet121", "inception_v3": "inception_v3",
    "vgg11": "vgg11", "vgg16_bn": "vgg16_bn", "mobilenetv2_100": "mobilenet_v2",
    "mobilenetv3_large_100": "mobilenet_v3_large", "mobilenetv3_small_100": "mobilenet_v3_small",
    "efficientnet_b0": "efficientnet_b0", "efficientnet_b4": "efficientnet_b4",
    "tf_efficientnetv2_s": "efficientnet_v2_s", "mnasnet_100": "mnasnet1_0", "convnext_tiny": "convnext_tiny",
    "convnext_base": "convnext_base", "regnety_004": "regnet_y_400mf", "regnetx_032": "regnet_x_3_2gf",
    "vit_base_patch16_224": "vit_b_16", "vit_base_patch32_224": "vit_b_32", "vit_large_patch16_224": "vit_l_16",
    "swin_tiny_patch4_window7_224": "swin_t", "swin_small_patch4_window7_224": "swin_s",
}  # fmt: skip
"""timm's names, and torchvision's for the same networks."""


def written() -> bytes:
    """The file: for each of timm's networks torchvision's name, and the shapes of its weights in their order."""
    import timm
    import torch

    found = {}
    for name, ours in SAME.items():
        with torch.device("meta"):
            state = timm.create_model(name).state_dict()
        shapes = {weight: list(value.shape) for weight, value in state.items() if value.is_floating_point()}
        found[name] = {"torchvision": ours, "shapes": shapes}
    text = json.dumps({"timm": timm.__version__, "networks": found}, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


if __name__ == "__main__":
    TARGET.write_bytes(written())
