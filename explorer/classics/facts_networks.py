"""The notes' facts on famous networks, on detection, and on what units see."""

from __future__ import annotations

from fractions import Fraction

from explorer.classics.facts import Fact, found, n, node, part, plus, ratio, rule, share, sum_of, times, whole
from explorer.layers.dense import Linear
from explorer.layers.windows import Conv2d
from explorer.maths.boxes import iou

KERAS = ("parameters", "buffers")
"""What Keras counts: also the moving means and variances."""

FAMOUS = (
    Fact("AlexNet", "parameters, by one place of the notes", 160_000_000, whole("alexnet_2012", "parameters"),
         right=60_965_224, quote="the AlexNet have 160M parameters"),
    Fact("AlexNet", "one tower, as the lectures draw it", 62_378_344, whole("alexnet_one_tower", "parameters")),
    Fact("AlexNet", "torchvision's", 61_100_840, whole("alexnet", "parameters")),
    Fact("AlexNet", "the fully connected layers", 58_631_144, part("alexnet_2012", "parameters", "fc")),
    Fact("AlexNet", "their share", Fraction(962, 1000),
         share("alexnet_2012", "fc")),
    *(Fact("AlexNet", f"{id} of 2012", size, node("alexnet_2012", id)) for id, size in (
        ("conv1", (55, 55, 96)), ("pool1", (27, 27, 96)), ("conv2", (27, 27, 256)), ("pool2", (13, 13, 256)),
        ("pool5", (6, 6, 256)), ("flatten", (9216,)))),
    Fact("AlexNet", "first layer on 224×224 without padding: the paper's 55×55 is a famous slip", (54, 54, 96),
         rule(Conv2d(96, 11, 4), (3, 224, 224))),
    Fact("AlexNet", "torchvision's first layer, with padding 2", (55, 55, 64), node("alexnet", "features.0")),
    *(Fact("AlexNet", f"pixels that a unit of conv{number} sees", size, node("alexnet_2012", f"conv{number}", "field"))
      for number, size in enumerate((11, 51, 99, 131, 163), 1)),
    Fact("VGG", "parameters of VGG-16", 138_357_544, whole("vgg16", "parameters"), quote="~138M parameters"),
    Fact("VGG", "of its convolutions", 14_714_688, part("vgg16", "parameters", "features")),
    Fact("VGG", "of its fully connected layers", 123_642_856, part("vgg16", "parameters", "classifier")),
    Fact("VGG", "their share", Fraction(894, 1000), share("vgg16", "classifier")),
    *(Fact("VGG", f"fully connected layer {number}", count, node("vgg16", f"classifier.{id}", "parameters"))
      for number, id, count in ((1, 0, 102_764_544), (2, 3, 16_781_312), (3, 6, 4_097_000))),
    Fact("VGG", "MACs of VGG-16", 15_470_264_320, whole("vgg16", "macs")),
    Fact("VGG", "parameters of VGG-19", 143_667_240, whole("vgg19", "parameters")),
    Fact("VGG", "MACs of VGG-19", 19_632_062_464, whole("vgg19", "macs")),
    *(Fact("VGG", f"pixels that a unit sees after pooling {number}", size, node("vgg16", f"features.{id}", "field"))
      for number, (id, size) in enumerate(((4, 6), (9, 16), (16, 44), (23, 100), (30, 212)), 1)),
    Fact("VGG", "two 3×3 in 64 channels, weights", 73_728, sum_of(lambda: n(2) * n(3) * n(3) * n(64) * n(64))),
    Fact("VGG", "one 5×5, which sees as much", 102_400,
         rule(Conv2d(64, 5, bias=False), (64, 56, 56), "parameters")),
    *(Fact("ResNet", f"parameters of ResNet-{depth}", count, whole(f"resnet{depth}", "parameters"))
      for depth, count in ((18, 11_689_512), (34, 21_797_672), (50, 25_557_032), (101, 44_549_160), (152, 60_192_808))),
    Fact("ResNet", "MACs of ResNet-50, version 1.5", 4_089_184_256, whole("resnet50", "macs")),
    Fact("ResNet", "MACs of version 1, whose first 1×1 has the stride", 3_857_973_248, whole("resnet50_v1", "macs")),
    Fact("ResNet", "pixels that a unit of the last stage sees, version 1.5", 427,
         node("resnet50", "layer4.2.relu_2", "field")),
    Fact("ResNet", "version 1", 483, node("resnet50_v1", "layer4.2.relu_2", "field")),
    Fact("ResNet", "W_s from 128 to 256 numbers", 32_768, rule(Linear(256, False), (128, 1, 1), "parameters")),
    Fact("ResNet", "an identity block of 256 channels", 70_400, part("resnet50", "parameters", "layer1.1.")),
    Fact("ResNet", "the same in Keras, with biases, moving means and variances", 71_552,
         plus(*(part("resnet50_keras", what, "layer1.1.") for what in KERAS))),
    Fact("ResNet", "the convolutional block from 64 channels", 75_008, part("resnet50", "parameters", "layer1.0.")),
    Fact("ResNet", "the same in Keras", 76_928,
         plus(*(part("resnet50_keras", what, "layer1.0.") for what in KERAS))),
    Fact("ResNet", "Keras's ResNet-50", 25_636_712,
         plus(*(whole("resnet50_keras", what) for what in KERAS))),
    Fact("1×1 convolution", "28×28×192 to 32 channels: parameters", 6_176,
         rule(Conv2d(32, 1), (192, 28, 28), "parameters")),
    Fact("1×1 convolution", "and MACs", 4_816_896, rule(Conv2d(32, 1), (192, 28, 28), "macs")),
    Fact("1×1 convolution", "on 6×6×1 each filter is one number and a bias", 2,
         rule(Conv2d(1, 1), (1, 6, 6), "parameters")),
    Fact("Inception", "5×5 from 192 to 32 channels, MACs", 120_422_400,
         rule(Conv2d(32, 5, padding=2), (192, 28, 28), "macs"), quote="28x28x32 x 5x5x192 = 120M"),
    Fact("Inception", "with a bottleneck of 16, where one place of the notes has 5×5×32 for 5×5×16", 22_478_848,
         part("inception_module", "macs", "inception.branch3"), right=12_443_648, quote="28x28x32 x 5x5x32 = 12M"),
    Fact("Inception", "how many times less", Fraction(968, 100),
         ratio(rule(Conv2d(32, 5, padding=2), (192, 28, 28), "macs"),
               part("inception_module", "macs", "inception.branch3"))),
    Fact("Inception", "parameters of the 5×5 alone", 153_632,
         rule(Conv2d(32, 5, padding=2), (192, 28, 28), "parameters")),
    Fact("Inception", "with the bottleneck", 15_920, part("inception_module", "parameters", "inception.branch3")),
    Fact("Inception", "what the module puts out", (28, 28, 256), node("inception_module", "inception.cat"),
         quote="outputs 28x28x256"),
    Fact("Inception", "its parameters", 163_696, whole("inception_module", "parameters")),
    Fact("Inception", "its MACs", 128_049_152, whole("inception_module", "macs")),
    Fact("Inception", "channels where the pooling is not projected, which the notes give as 256", (28, 28, 256),
         node("inception_naive", "inception.cat"), right=(28, 28, 416), quote="outputs 28x28x256"),
    Fact("Inception", "torchvision's GoogLeNet", 6_624_904, whole("googlenet", "parameters")),
    Fact("Inception", "with both side branches", 13_004_888, whole("googlenet_sides", "parameters")),
    Fact("Inception", "its first side branch", 3_188_968, part("googlenet_sides", "parameters", "aux1")),
    Fact("Inception", "its second", 3_191_016, part("googlenet_sides", "parameters", "aux2")),
    Fact("Inception", "GoogLeNet of 2014 without them", 6_998_552,
         part("googlenet_2014", "parameters", "conv", "inception", "fc")),
)  # fmt: skip

USES = (
    Fact("Transfer learning", "ResNet-18 for three classes", 11_178_051,
         plus(part("resnet18", "parameters", "conv", "bn", "layer"), rule(Linear(3), (512, 1, 1), "parameters"))),
    Fact("Transfer learning", "ResNet-18's head", 1_539, rule(Linear(3), (512, 1, 1), "parameters")),
    Fact("Transfer learning", "VGG-16 for three classes", 134_272_835,
         plus(part("vgg16", "parameters", "features", "classifier.0", "classifier.3"),
              rule(Linear(3), (4096, 1, 1), "parameters"))),
    Fact("Transfer learning", "VGG-16's head", 12_291, rule(Linear(3), (4096, 1, 1), "parameters")),
    Fact("Localisation", "p_c, four box numbers, three classes; the notes' list has nine lines, b_x twice", 9,
         sum_of(lambda: n(1) + n(4) + n(3)), right=8,
         quote=r"P_c \\ b_x \\ b_y \\ b_h \\ b_w \\ b_x \\ c_1 \\ c_2 \\ c_3"),
    *(Fact("Sliding window", f"{size}×{size}: {id}", out, node(f"sliding{size}", id), quote=quote)
      for size, id, out, quote in (
        (14, "conv1", (10, 10, 16), ""), (14, "pool", (5, 5, 16), "`5 x 5 x 16` fully-connected"),
        (14, "fc2", (1, 1, 400), "convolve it to `1 x 1 x 400`"), (14, "fc4", (1, 1, 4), "output size `1 x 1 x 4`"),
        (16, "conv1", (12, 12, 16), r"12 \times 12 \times 16"), (16, "pool", (6, 6, 16), ""),
        (16, "fc2", (2, 2, 400), r"2 \times 2 \times 400"), (16, "fc4", (2, 2, 4), r"2 \times 2 \times 4 @<"),
        (28, "fc4", (8, 8, 4), ""))),
    Fact("Sliding window", "16×16: pool, as a drawing of the notes has it", (6, 6, 3), node("sliding16", "pool"),
         right=(6, 6, 16), quote=r"6 \times 6 \times 3"),
    Fact("Sliding window", "what one window of 14×14 gives, in the notes 2×2×4", (2, 2, 4), node("sliding14", "fc4"),
         right=(1, 1, 4), quote="the upper-left`2 x 2 x 4` gives the result of upper-left corner `14 x 14 x 3`"),
    Fact("Sliding window", "numbers of one filter of the first layer, in the notes 5×5×16", 400,
         sum_of(lambda: n(5) * n(5) * n(3)), right=75, quote=r"\text{16 filters } 5 \times 5 \times 16"),
    Fact("Sliding window", "parameters", 323_620, whole("sliding14", "parameters")),
    Fact("Sliding window", "the same with fully connected layers", 323_620, whole("sliding_fc", "parameters")),
    Fact("Sliding window", "one crop, MACs", 441_600, whole("sliding_fc", "macs")),
    Fact("Sliding window", "four crops", 1_766_400, times(4, whole("sliding_fc", "macs"))),
    Fact("Sliding window", "16×16 in one pass", 1_459_200, whole("sliding16", "macs")),
    Fact("Sliding window", "64 crops", 28_262_400, times(64, whole("sliding_fc", "macs"))),
    Fact("Sliding window", "28×28 in one pass", 21_273_600, whole("sliding28", "macs")),
    Fact("YOLO", "3×3 cells, one box of three classes", (3, 3, 8), node("yolo_3x3x8", "head"),
         quote="output volume is `3 x 3 x 8`"),
    Fact("YOLO", "two anchors", (3, 3, 16), node("yolo_3x3x16", "head"), quote="y size is `3 x 3 x 16`"),
    Fact("YOLO", "19×19 cells, five anchors", (19, 19, 40), node("yolo_19x19x40", "head"),
         quote="y will be `19 x 19 x 40`"),
    Fact("YOLO", "boxes", 1_805, sum_of(lambda: n(19) * n(19) * n(5))),
    Fact("YOLO", "IoU of (2, 1, 4, 3) and (1, 2, 3, 4)", Fraction(1, 7),
         found(lambda: iou((2, 1, 4, 3), (1, 2, 3, 4)), "1 / (4 + 4 − 1)")),
)  # fmt: skip
