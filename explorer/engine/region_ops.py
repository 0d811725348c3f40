"""torchvision's compiled operators without the rest of it: the package brings torch's compiler along, two seconds and
160 MB, which a network without regions of its own has no use for."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import torch
from torch import Tensor

LIBRARIES = ("_C_stable", "_C")
"""What the library is called that has them, in torchvision 0.29 and before."""


def roi_align(maps: Tensor, regions: Tensor, size: int, scale: float, samples: int) -> Tensor:
    """Maps (N, C, H, W) in regions (n, 5), which picture and x0, y0, x1, y1 in pixels: (n, C, size, size). A pixel is
    `scale` cells.

    Source: He et al. 2017, Mask R-CNN, arXiv:1703.06870, section 3; corners are not moved by half a cell.
    """
    if maps.requires_grad or maps.is_mps or not _loaded():  # its slope, and ways round what is missing, are Python
        from torchvision.ops import roi_align as theirs

        y: Tensor = theirs(maps, regions, size, scale, samples)
        return y
    found: Tensor = torch.ops.torchvision.roi_align(maps, regions, scale, size, size, samples, False)
    return found


@cache
def _loaded() -> bool:
    """Load the library, where it lies beside torchvision's modules as we know it, and works without them."""
    if "torchvision" not in sys.modules:
        spec = importlib.util.find_spec("torchvision")
        folders = (spec and spec.submodule_search_locations) or ()
        load: Callable[[str], None] = torch.ops.load_library  # which says no types
        kinds = (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES)
        for folder in folders if sys.platform == "linux" else ():
            finder = importlib.machinery.FileFinder(folder, kinds)
            for file in filter(None, map(finder.find_spec, LIBRARIES)):
                with suppress(OSError):
                    load(str(file.origin))
    return hasattr(torch.ops.torchvision, "roi_align")
