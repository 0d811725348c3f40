"""torchvision's detectors with random numbers that find things in a picture, and what torchvision makes of them."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torchvision.models import get_model

from explorer.engine import torchvision_detectors as detectors

SPREADS = {
    "cls_logits": 1.0, "cls_score": 1.0, "classification_head.module_list": 1.0, "bbox_reg.": 0.2, "bbox_pred": 0.1,
    "regression_head.module_list": 0.7, "bbox_ctrness": 1.0,
}  # fmt: skip
"""How far the numbers of the last layers are to differ, by a part of their names."""
SMALL = {"min_size": 96, "max_size": 160}


@pytest.fixture(scope="module")
def photo(assets: Path) -> NDArray[np.uint8]:
    """As small as it is looked at: else differences grow with it."""
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        image.thumbnail((160, 160))
        return np.asarray(image.convert("RGB"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose "cache" is where models are kept."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache" / "models").mkdir(parents=True)
    return tmp_path


def tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """A picture (H, W, 3) as torchvision takes it."""
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255


@torch.no_grad()
def detector(name: str, pixels: NDArray[np.uint8], seed: int = 3, small: bool = True, **settings: Any) -> Any:
    """torchvision's module with random numbers, normalised for this picture as if it had been trained.

    Blocks add little to what they pass on: else rounding grows on its way through fifty layers. small: look at
    pictures in fewer pixels, where the network has no size of its own. settings: as torchvision's builder takes them.
    """
    torch.manual_seed(seed)
    settings |= {} if name.startswith("ssd") or not small else SMALL
    module = get_model(name, weights=None, weights_backbone=None, **settings).eval()
    return settled(module, pixels, sharp=name in detectors.SHARP)


@torch.no_grad()
def settled(module: Any, pixels: NDArray[np.uint8], sharp: bool = False) -> Any:
    """A detector with random numbers as `detector` has them. sharp: its normalisation adds nothing under the root."""
    for path, part in module.named_modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
        if isinstance(part, nn.BatchNorm2d):
            part.eps = 0.0 if sharp else part.eps
            part.weight.fill_(0.2 if path.endswith("bn3") else 1.0)
            part.bias.uniform_(-0.1, 0.1)
    for part in module.modules():
        if getattr(part, "use_res_connect", False):
            [*_, last] = (norm for norm in part.modules() if isinstance(norm, nn.BatchNorm2d))
            last.weight.fill_(0.2)
    handles = []
    for path, part in module.named_modules():
        if isinstance(part, nn.BatchNorm2d):
            handles.append(part.register_forward_pre_hook(_measure))
        elif isinstance(part, nn.Conv2d | nn.Linear):
            spread = next((value for end, value in SPREADS.items() if end in f"{path}."), 0)
            if spread and not path.endswith(".0.0"):
                handles.append(part.register_forward_hook(_spread(spread)))
    module([tensor(pixels)])
    for handle in handles:
        handle.remove()
    return module


def _measure(part: nn.BatchNorm2d, given: tuple[Tensor]) -> None:
    """Remember the mean and the variance of what is given."""
    (x,) = given
    part.running_mean.copy_(x.mean((0, 2, 3)) * (x.shape[2] > 1))
    part.running_var.copy_(x.var((0, 2, 3), unbiased=False).clamp(min=0.01) if x.shape[2] > 1 else x.var())


def _spread(wanted: float) -> Callable[..., Tensor]:
    """Scale the weights once so that what they give has this deviation, around 0."""
    seen: set[int] = set()

    def scale(part: Any, given: tuple[Tensor], y: Tensor) -> Tensor | None:
        if id(part) in seen or y.numel() < 2:
            return None
        seen.add(id(part))
        factor = wanted / float(y.std())
        part.weight.mul_(factor)
        part.bias.mul_(factor)
        centre = y.mean((0, 2, 3) if y.ndim == 4 else 0) * factor
        part.bias.sub_(centre)
        return part(*given)

    return scale


@torch.inference_mode()
def found(module: Any, pixels: NDArray[np.uint8]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Boxes (N, 4), scores (N,) and labels (N,) by torchvision's own forward, in double precision: in single it is as
    far from that as we are. Masks and points of the boxes, which take most of the time, are not computed."""
    exact = copy.deepcopy(module).double()
    if hasattr(exact, "roi_heads"):
        exact.roi_heads.mask_roi_pool = exact.roi_heads.keypoint_roi_pool = None
    (one,) = exact([tensor(pixels).double()])
    boxes, scores, labels = (one[key].numpy() for key in ("boxes", "scores", "labels"))
    return boxes, scores, labels


def saved(module: Any) -> bytes:
    """The file as torchvision publishes it: without counters where normalisation was frozen."""
    state = {key: value for key, value in module.state_dict().items() if not key.endswith("num_batches_tracked")}
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()
