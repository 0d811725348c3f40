"""Every layer kind; importing this package fills `Layer.kinds`."""

from explorer.layers import activations, dense, joins, norms, resizing, shapes, windows

__all__ = ["activations", "dense", "joins", "norms", "resizing", "shapes", "windows"]
