"""The large YOLOv4 networks as Darknet's texts, written down from their papers' figures and tables.

Bochkovskiy et al. 2020, YOLOv4, arXiv:2004.10934, section 3.4; Wang et al. 2020, Scaled-YOLOv4, arXiv:2011.08036,
sections 3.2 and 4.2 and figure 4: half of the channels goes through the blocks of a stage, and of what joins the
scales (CSP).
"""

from __future__ import annotations

from tests.darknet_networks import UPSAMPLE, route

ANCHORS = "12, 16, 19, 36, 40, 28, 36, 75, 76, 55, 72, 146, 142, 110, 192, 243, 459, 401"
MASKS = ("0,1,2", "3,4,5", "6,7,8")
SHORTCUT = "[shortcut]\nfrom=-3\nactivation=linear\n"


def conv(filters: int, size: int = 1, stride: int = 1, activation: str = "mish") -> str:
    settings = f"filters={filters}\nsize={size}\nstride={stride}\npad=1\nactivation={activation}\n"
    return f"[convolutional]\nbatch_normalize=1\n{settings}"


def net(side: int, letterbox: bool = False) -> str:
    rest = "momentum=0.949\nburn_in=1000\npolicy=steps\nscales=.1,.1\nmosaic=1\n" + "letter_box=1\n" * letterbox
    return f"[net]\nbatch=64\nsubdivisions=8\nwidth={side}\nheight={side}\nchannels=3\n{rest}"


def head(mask: str, classes: int, reach: float, scaled: bool) -> str:
    """The last convolution, and what makes boxes of it; the scaled networks have the sigmoid before the head."""
    last = f"[convolutional]\nsize=1\nstride=1\npad=1\nfilters={3 * (5 + classes)}\n"
    last += f"activation={'logistic' if scaled else 'linear'}\n"
    boxes = f"[yolo]\nmask = {mask}\nanchors = {ANCHORS}\nclasses={classes}\nnum=9\njitter=.1\nscale_x_y = {reach}\n"
    boxes += f"iou_loss=ciou\nnms_kind={'diounms' if scaled else 'greedynms'}\nbeta_nms=0.6\n"
    return last + boxes + "objectness_smooth=1\nresize=1.5\nnew_coords=1\nmax_delta=5\n" * scaled


def residuals(filters: int, inner: int, count: int) -> str:
    return (conv(inner) + conv(filters, 3) + SHORTCUT) * count


def stage(filters: int, count: int, first: bool = False) -> str:
    """Half as large, and then two ways, one of them through `count` blocks. first: both have all of the channels."""
    each = filters if first else filters // 2
    blocks = residuals(each, filters // 2, count)
    ways = conv(each) + route(-2) + conv(each) + blocks + conv(each) + route(-1, -3 * count - 4)
    return conv(filters, 3, 2) + ways + conv(filters)


def pooled() -> str:
    """What lies around, within 5, 9 and 13 pixels, beside the map itself (SPP)."""
    sizes = [f"[maxpool]\nstride=1\nsize={size}\n" for size in (5, 9, 13)]
    return sizes[0] + route(-2) + sizes[1] + route(-4) + sizes[2] + route(-1, -3, -5, -6)


def yolov4(side: int = 608, classes: int = 80) -> str:
    """CSPDarknet-53, pooled surroundings, and the scales joined on the way down and up again (PANet), five
    convolutions each time."""

    def leaky(filters: int, size: int = 1, stride: int = 1) -> str:
        return conv(filters, size, stride, "leaky")

    def five(filters: int) -> str:
        return (leaky(filters) + leaky(2 * filters, 3)) * 2 + leaky(filters)

    text = net(side) + conv(32, 3) + stage(64, 1, first=True)
    for filters, count in ((128, 2), (256, 8), (512, 8), (1024, 4)):
        text += stage(filters, count)
    three = leaky(512) + leaky(1024, 3) + leaky(512)
    text += three + pooled() + three
    for filters, back in ((256, 85), (128, 54)):
        text += leaky(filters) + UPSAMPLE + route(back) + leaky(filters) + route(-1, -3) + five(filters)
    text += leaky(256, 3) + head(MASKS[0], classes, 1.2, scaled=False)
    for filters, back, mask, reach in ((256, -16, MASKS[1], 1.1), (512, -37, MASKS[2], 1.05)):
        text += route(-4) + leaky(filters, 3, 2) + route(-1, back) + five(filters)
        text += leaky(2 * filters, 3) + head(mask, classes, reach, scaled=False)
    return text


def scaled(side: int, widths: tuple[int, ...], blocks: tuple[int, ...], pairs: int, classes: int) -> str:
    """Scaled-YOLOv4. widths: channels of the stem and the five stages, the first of which has one way; blocks: of each;
    pairs: of convolutions in what joins two scales."""
    text = net(side, letterbox=True) + conv(widths[0], 3) + conv(widths[1], 3, 2)
    text += residuals(widths[1], widths[1] // 2, blocks[0])
    count, ends = 2 + 3 * blocks[0], []
    for filters, number in zip(widths[2:], blocks[1:], strict=True):
        text += stage(filters, number)
        count += 7 + 3 * number
        ends.append(count - 1)

    def both(filters: int, times: int) -> str:
        return (conv(filters) + conv(filters, 3)) * times

    def joined(filters: int) -> str:
        ways = conv(filters) + route(-2) + both(filters, pairs) + route(-1, -2 * pairs - 2)
        return conv(filters) + ways + conv(filters)

    long = 2 * pairs + 5  # sections of what joins
    coarse = widths[5] // 2
    text += conv(coarse) + route(-2) + both(coarse, 1) + conv(coarse) + pooled() + both(coarse, pairs - 1)
    text += route(-1, -9 - 2 * pairs) + conv(coarse)
    for filters, end in ((widths[4] // 2, ends[2]), (widths[3] // 2, ends[1])):
        text += conv(filters) + UPSAMPLE + route(end) + conv(filters) + route(-1, -3) + joined(filters)
    text += conv(widths[3], 3) + head(MASKS[0], classes, 2.0, scaled=True)
    for filters, back, mask in ((widths[3], long + 11, MASKS[1]), (widths[4], 3 * long + 22, MASKS[2])):
        text += route(-4) + conv(filters, 3, 2) + route(-1, -back) + joined(filters)
        text += conv(2 * filters, 3) + head(mask, classes, 2.0, scaled=True)
    return text


def yolov4_csp(side: int = 512, classes: int = 80) -> str:
    return scaled(side, (32, 64, 128, 256, 512, 1024), (1, 2, 8, 8, 4), 2, classes)


def yolov4x_mish(side: int = 640, classes: int = 80) -> str:
    """A quarter wider, and a quarter deeper."""
    return scaled(side, (32, 80, 160, 320, 640, 1280), (1, 3, 10, 10, 5), 3, classes)
