"""Darknet's best-known networks as texts, written down from their papers' tables and figures."""

from __future__ import annotations

COCO_V2 = "0.57273, 0.677385, 1.87446, 2.06253, 3.33843, 5.47434, 7.88282, 3.52778, 9.77052, 9.16828"
VOC_TINY_V2 = "1.08,1.19,  3.42,4.41,  6.63,11.38,  9.42,5.11,  16.62,10.52"
COCO_V3 = "10,13,  16,30,  33,23,  30,61,  62,45,  59,119,  116,90,  156,198,  373,326"
COCO_TINY = "10,14,  23,27,  37,58,  81,82,  135,169,  344,319"


def net(side: int = 416) -> str:
    return f"[net]\nbatch=64\nwidth={side}\nheight={side}\nchannels=3\nmomentum=0.9\n"


def conv(filters: int, size: int, stride: int = 1) -> str:
    return f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride={stride}\npad=1\n" + LEAKY


def plain(filters: int) -> str:
    return f"[convolutional]\nsize=1\nstride=1\npad=1\nfilters={filters}\nactivation=linear\n"


def maxpool(stride: int = 2) -> str:
    return f"[maxpool]\nsize=2\nstride={stride}\n"


def route(*layers: int, rest: str = "") -> str:
    return f"[route]\nlayers = {', '.join(map(str, layers))}\n{rest}"


def yolo(mask: str, anchors: str, classes: int = 80, rest: str = "") -> str:
    count = anchors.count(",") // 2 + 1
    return f"[yolo]\nmask = {mask}\nanchors = {anchors}\nclasses={classes}\nnum={count}\njitter=.3\n{rest}"


def region(anchors: str, classes: int) -> str:
    return f"[region]\nanchors = {anchors}\nclasses={classes}\ncoords=4\nnum=5\nsoftmax=1\nbias_match=1\n"


LEAKY = "activation=leaky\n"
UPSAMPLE = "[upsample]\nstride=2\n"
SHORTCUT = "[shortcut]\nfrom=-3\nactivation=linear\n"


def yolov2() -> str:
    """Redmon & Farhadi 2016, arXiv:1612.08242: Darknet-19 (table 6) without its end, and the passthrough."""
    stages = [[32], [64], [128, 64, 128], [256, 128, 256], [512, 256, 512, 256, 512], [1024, 512, 1024, 512, 1024]]
    body = maxpool().join("".join(conv(n, 1 if i % 2 else 3) for i, n in enumerate(stage)) for stage in stages)
    head = conv(1024, 3) * 2 + route(-9) + conv(64, 1) + "[reorg]\nstride=2\n" + route(-1, -4) + conv(1024, 3)
    return net(608) + body + head + plain(425) + region(COCO_V2, 80)


def yolov2_tiny_voc() -> str:
    """Its little sister for Pascal VOC."""
    body = "".join(conv(n, 3) + maxpool() for n in (16, 32, 64, 128, 256)) + conv(512, 3) + maxpool(1)
    return net() + body + conv(1024, 3) * 2 + plain(125) + region(VOC_TINY_V2, 20)


def yolov3() -> str:
    """Redmon & Farhadi 2018, arXiv:1804.02767: Darknet-53 (table 1) and three heads (section 2.3)."""
    body = conv(32, 3)
    for filters, blocks in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        body += conv(filters, 3, 2) + (conv(filters // 2, 1) + conv(filters, 3) + SHORTCUT) * blocks
    for filters, mask, back in ((512, "6,7,8", 61), (256, "3,4,5", 36), (128, "0,1,2", 0)):
        body += (conv(filters, 1) + conv(2 * filters, 3)) * 3 + plain(255) + yolo(mask, COCO_V3)
        if back:
            body += route(-4) + conv(filters // 2, 1) + UPSAMPLE + route(-1, back)
    return net() + body


def yolov3_tiny() -> str:
    """Its little sister."""
    body = "".join(conv(n, 3) + maxpool() for n in (16, 32, 64, 128, 256)) + conv(512, 3) + maxpool(1) + conv(1024, 3)
    first = conv(256, 1) + conv(512, 3) + plain(255) + yolo("3,4,5", COCO_TINY)
    second = route(-4) + conv(128, 1) + UPSAMPLE + route(-1, 8) + conv(256, 3) + plain(255) + yolo("0,1,2", COCO_TINY)
    return net() + body + first + second


def yolov4_tiny() -> str:
    """Wang et al. 2021, Scaled-YOLOv4, arXiv:2011.08036: half of the channels go through each block, three times."""
    body = conv(32, 3, 2) + conv(64, 3, 2)
    for n in (64, 128, 256):
        half = route(-1, rest="groups=2\ngroup_id=1\n") + conv(n // 2, 3) * 2 + route(-1, -2)
        body += conv(n, 3) + half + conv(n, 1) + route(-6, -1) + maxpool()
    rest = "scale_x_y = 1.05\nnms_kind=greedynms\nbeta_nms=0.6\n"
    first = conv(512, 3) + conv(256, 1) + conv(512, 3) + plain(255) + yolo("3,4,5", COCO_TINY, rest=rest)
    second = route(-4) + conv(128, 1) + UPSAMPLE + route(-1, 23) + conv(256, 3) + plain(255)
    return net() + body + first + second + yolo("1,2,3", COCO_TINY, rest=rest)
