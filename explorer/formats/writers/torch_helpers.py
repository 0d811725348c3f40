"""Modules that torch lacks, written out in the source where they are used."""

from __future__ import annotations

HELPERS = {
    "PaddedConv2d": '''\
class PaddedConv2d(nn.Conv2d):
    """A convolution whose padding differs from side to side: top, bottom, left, right."""

    def __init__(self, *settings, sides: tuple[int, int, int, int], **more) -> None:
        super().__init__(*settings, **more)
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        top, bottom, left, right = self.sides
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        x = F.pad(x, (left, right, top, bottom), mode)
        return F.conv2d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)
''',
    "PaddedMaxPool2d": '''\
class PaddedMaxPool2d(nn.MaxPool2d):
    """The largest of each window, with a border of its own on each side: top, bottom, left, right."""

    def __init__(self, *settings, sides: tuple[int, int, int, int], **more) -> None:
        super().__init__(*settings, **more)
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        top, bottom, left, right = self.sides
        down, across = self.stride if isinstance(self.stride, tuple) else (self.stride, self.stride)
        y = super().forward(F.pad(x, (left, right, top, bottom), value=-torch.inf))
        high, wide = -(-(x.shape[2] + top) // down), -(-(x.shape[3] + left) // across)
        return y[:, :, :high, :wide]  # no window begins beyond the picture, as where torch pads
''',
    "Reorg": '''\
class Reorg(nn.Module):
    """Darknet's space to depth: r² channels where there was one, in Darknet's own order."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        r = self.factor
        blocks = x.reshape(n, c // r**2, h, r, w, r).permute(0, 3, 5, 1, 2, 4)
        return blocks.reshape(n, c * r**2, h // r, w // r)
''',
    "Yolo": '''\
class Yolo(nn.Module):
    """A YOLO head: in each cell, for each anchor, middle, size, objectness and classes of a box."""

    def __init__(
        self,
        anchors: tuple[tuple[float, float], ...],
        classes: int,
        chances: str = "sigmoid",
        reach: float = 1.0,
        suppression: str = "IoU",
        growth: str = "exp",
        beta: float = 0.6,
    ) -> None:
        super().__init__()
        self.anchors, self.classes, self.chances = anchors, classes, chances
        self.reach, self.suppression, self.growth, self.beta = reach, suppression, growth, beta

    def forward(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        boxes = x.reshape(n, len(self.anchors), 5 + self.classes, h, w)
        middle, size, there, what = torch.split(boxes, [2, 2, 1, self.classes], 2)
        if self.growth == "exp":  # else a sigmoid came before
            middle, there = middle.sigmoid(), there.sigmoid()
            what = what if self.chances == "softmax" else what.sigmoid()
        middle = middle * self.reach - (self.reach - 1) / 2
        what = what.softmax(2) if self.chances == "softmax" else what
        return torch.cat((middle, size, there, what), 2).reshape(x.shape)
''',
    "Proposals": '''\
class Proposals(nn.Module):
    """The first stage of a cascade: what it is given, chances and sides of boxes, and how these are to be used."""

    def __init__(
        self, smallest: int = 20, factor: float = 0.709, least: float = 0.6, within: float = 0.5, overlap: float = 0.7
    ) -> None:
        super().__init__()
        self.smallest, self.factor = smallest, factor
        self.least, self.within, self.overlap = least, within, overlap

    def forward(self, x: Tensor) -> Tensor:
        return x
''',
    "Refinement": '''\
class Refinement(nn.Module):
    """A later stage of a cascade: what it is given, of each box, and how this is to be used."""

    def __init__(self, landmarks: int = 0, least: float = 0.7, overlap: float = 0.7, share: str = "both") -> None:
        super().__init__()
        self.landmarks, self.least, self.overlap, self.share = landmarks, least, overlap, share

    def forward(self, x: Tensor) -> Tensor:
        return x
''',
    "ChannelLinear": '''\
class ChannelLinear(nn.Linear):
    """Fully connected over the channels, at each pixel by itself."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
''',
    "ChannelLayerNorm": '''\
class ChannelLayerNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each pixel."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
''',
    "Scale": '''\
class Scale(nn.Module):
    """Each channel times a learned number, plus another where there is a bias."""

    def __init__(self, channels: int, bias: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        shape = (-1,) + (1,) * (x.dim() - 2)
        y = x * self.weight.view(shape)
        return y if self.bias is None else y + self.bias.view(shape)
''',
    "Permute": '''\
class Permute(nn.Module):
    """The axes behind the batch in another order, the first of them called 1."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, *self.order)
''',
    "L2Norm": '''\
class L2Norm(nn.Module):
    """The channels at each pixel, as a vector of length 1."""

    def __init__(self, eps: float = 1e-12) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1, eps=self.eps)
''',
    "RoIAlign": '''\
class RoIAlign(nn.Module):
    """The whole of the last of some feature maps in size x size numbers, each the mean of a few blended points."""

    def __init__(self, size: int, samples: int, levels: int) -> None:
        super().__init__()
        self.size, self.samples, self.levels = size, samples, levels

    def forward(self, *x: Tensor) -> Tensor:
        x = x[self.levels - 1]
        down, across = (self.blend(length).to(x) for length in x.shape[2:])
        return down @ x @ across.T

    def blend(self, length: int) -> Tensor:
        points = (torch.arange(self.size * self.samples) + 0.5) * length / self.size / self.samples
        points = points.clamp(max=length - 1)
        weights = (1 - (points[:, None] - torch.arange(length)).abs()).clamp(min=0)
        return weights.reshape(self.size, self.samples, length).mean(1)
''',
    "Reshape": '''\
class Reshape(nn.Module):
    """Another shape for each picture, -1 for what is left."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), *self.shape)
''',
    "CenterCrop": '''\
class CenterCrop(nn.Module):
    """The middle of an image: one number, or height and width."""

    def __init__(self, size: int | tuple[int, int]) -> None:
        super().__init__()
        self.size = size if isinstance(size, tuple) else (size, size)

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.size
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return x[:, :, top : top + height, left : left + width]
''',
    "PadChannels": '''\
class PadChannels(nn.Module):
    """Channels of zeros behind those there are, so many in all."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x, (0, 0, 0, 0, 0, self.channels - x.shape[1]))
''',
    "Slice": '''\
class Slice(nn.Module):
    """Some of the channels, from the one numbered `start`."""

    def __init__(self, start: int, channels: int) -> None:
        super().__init__()
        self.start, self.channels = start, channels

    def forward(self, x: Tensor) -> Tensor:
        return x[:, self.start : self.start + self.channels]
''',
}
"""`explorer.engine.lookalikes` knows them again."""
