"""Every layer kind; importing this package fills `Layer.kinds`, in the order in which kinds are offered."""

from explorer.layers import windows

# isort: split
from explorer.layers import activations, dense, detection, joins, norms, opaque, regions, resizing, shapes

__all__ = ["activations", "dense", "detection", "joins", "norms", "opaque", "regions", "resizing", "shapes", "windows"]
