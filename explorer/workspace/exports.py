"""Write what is exported so that a full disk leaves the old file as it was."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from explorer.maths.records import FeatureMaps
from explorer.maths.sentences import Refusal, shortened
from explorer.workspace.disk import written

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def write_bytes(path: str, data: bytes) -> None:
    """Put `data` into a file, all of it or none. Raises Refusal with a sentence."""
    from explorer.formats.atomic import replacing  # nobody waits for it when the program starts

    def write() -> None:
        with replacing(path, len(data)) as file:
            file.write(data)

    written(path, write)


def write_image(path: str, image: QImage) -> None:
    """Write an image in the format that the file's name ends in. Raises Refusal with a sentence."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, Path(path).suffix[1:].encode()).write(image):
        name = shortened(Path(path).name, 60)
        raise Refusal(f"“{name}” could not be written as a picture: choose a name that ends in .png or .jpg.")
    write_bytes(path, bytes(buffer.data().data()))


def write_arrays(path: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays by their names as an NPZ file, which numpy reads. Raises Refusal with a sentence."""
    import numpy as np

    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    write_bytes(path, file.getvalue())


def write_numbers(path: str, maps: FeatureMaps, order: NDArray[np.int64], picture: str) -> None:
    """Write what a node puts out as an NPZ file. Raises Refusal with a sentence.

    Its arrays: values (C, H, W) float32 in the network's order; order (C,), the channels as they were shown; low and
    high (C,), which numbers were dark and bright; node and picture, their names.
    """
    import numpy as np

    names = {"node": np.array(maps.node), "picture": np.array(picture)}
    write_arrays(path, {"values": maps.values, "order": order, "low": maps.low, "high": maps.high, **names})
