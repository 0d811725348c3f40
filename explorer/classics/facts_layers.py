"""The notes' facts on single layers: sizes, paddings, strides, filters, and the small networks of the course."""

from __future__ import annotations

from fractions import Fraction

from explorer.classics.facts import Fact, Value, found, n, node, rule, share, sum_of, whole
from explorer.layers.dense import Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AvgPool2d, Conv2d, MaxPool2d
from explorer.maths.filters import convolve, correlate, flipped, padded, windows_over
from explorer.network.symbol import ceiling

HALVES = [[10, 10, 10, 0, 0, 0]] * 6
MIRRORED = [[0, 0, 0, 10, 10, 10]] * 6
QUADRANTS = [[10, 10, 10, 0, 0, 0]] * 3 + [[0, 0, 0, 10, 10, 10]] * 3
EDGE = [[1, 0, -1]] * 3
ACROSS = [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]
SOBEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
SCHARR = [[3, 0, -3], [10, 0, -10], [3, 0, -3]]
ODD = [[3, 4, 5], [1, 0, 2], [-1, 9, 7]]


def _rows(matrix: list[list[int]]) -> str:
    return " / ".join(" ".join(map(str, row)) for row in matrix)


def _same_both_ways(operation: object) -> Value:
    """Whether (image ∗ a) ∗ b is image ∗ (a ∗ b), with room for all of a ∗ b."""
    assert callable(operation)
    image, two = QUADRANTS, padded(ODD, 2)
    one_by_one = operation(operation(image, ODD), SOBEL)
    return "yes" if one_by_one == operation(image, operation(two, SOBEL)) else "no"


EDGES = (
    Fact("Scale", "1,000×1,000 colour pixels into 1,000 hidden units: weights", 3_000_000_000,
         rule(Linear(1000, False), (3, 1000, 1000), "parameters"), quote="3 billion parameters"),
    Fact("Edges", "6×6 convolved with 3×3", (4, 4, 1), rule(Conv2d(1, 3), (1, 6, 6)),
         quote="The output will be a `4 x 4` matrix"),
    Fact("Edges", "bright left half, vertical edge filter: each row", "0 30 30 0",
         found(lambda: _rows(correlate(HALVES, EDGE)[:1]), "10 · (1 + 1 + 1) where the filter lies over the edge")),
    Fact("Edges", "the same, dark left half", "0 -30 -30 0",
         found(lambda: _rows(correlate(MIRRORED, EDGE)[:1]), "−10 · (1 + 1 + 1) where the filter lies over the edge")),
    Fact("Edges", "horizontal filter over four quadrants",
         "0 0 0 0 / 30 10 -10 -30 / 30 10 -10 -30 / 0 0 0 0",
         found(lambda: _rows(correlate(QUADRANTS, ACROSS)), "top row minus bottom row of each window"),
         quote="-30 is the edge that dark on top and light on bottom"),
    Fact("Edges", "Sobel at the edge", 40, found(lambda: correlate(HALVES, SOBEL)[0][1], "10 · (1 + 2 + 1)")),
    Fact("Edges", "Scharr at the edge", 160, found(lambda: correlate(HALVES, SCHARR)[0][1], "10 · (3 + 10 + 3)")),
    Fact("Edges", "true convolution flips the filter both ways: 3 4 5 / 1 0 2 / -1 9 7", "7 9 -1 / 2 0 1 / 5 4 3",
         found(lambda: _rows(flipped(ODD)), "rows from the last, each from its end")),
    Fact("Edges", "true convolution at the same edge", -30,
         found(lambda: convolve(HALVES, EDGE)[0][1], "the flipped filter is −1 times this one")),
    Fact("Edges", "is (A ∗ B) ∗ C = A ∗ (B ∗ C)? true convolution", "yes",
         found(lambda: _same_both_ways(convolve), "both ways computed, number by number"),
         quote="Convolution satisfy **associativity**"),
    Fact("Edges", "and cross-correlation, which networks compute", "no",
         found(lambda: _same_both_ways(correlate), "both ways computed, number by number")),
    Fact("Padding", "a corner pixel of 6×6 lies in how many 3×3 windows", 1,
         found(lambda: windows_over(6, 3, (0, 0)), "windows counted"), quote="Corner pixel only be used once"),
    Fact("Padding", "a pixel in the middle", 9, found(lambda: windows_over(6, 3, (2, 2)), "windows counted")),
    Fact("Padding", "6×6, 3×3, p = 1", (6, 6, 1), rule(Conv2d(1, 3, padding=1), (1, 6, 6)),
         quote="is now a `8 x 8` matrix and the output after convolution operation will be a `6 x 6` matrix"),
    Fact("Padding", "p that keeps the size, f = 3", 1, sum_of(lambda: (n(3) - 1) // 2)),
    Fact("Padding", "p that keeps the size, f = 5", 2, sum_of(lambda: (n(5) - 1) // 2)),
    Fact("Padding", "6×6, f = 3, p = 1 by the notes' (n + 2pf) / s + 1", 13,
         rule(Conv2d(1, 3, padding=1), (1, 6, 6), "shape"), right=(6, 6, 1), quote="(n+2pf)/s + 1"),
    Fact("Stride", "7×7, f = 3, s = 2", (3, 3, 1), rule(Conv2d(1, 3, 2), (1, 7, 7))),
    Fact("Stride", "the same with the brackets elsewhere, (n + 2p − f / s) + 1", Fraction(13, 2),
         rule(Conv2d(1, 3, 2), (1, 7, 7)), right=(3, 3, 1), quote="(n[l-1] + 2p[l] - f[l] / s[l]) + 1"),
    Fact("Stride", "6×6, f = 3, s = 2: the half window is left out", (2, 2, 1), rule(Conv2d(1, 3, 2), (1, 6, 6))),
    Fact("Stride", "p = (ns − n + f − s) / 2 that keeps n = 6 at s = 2, f = 3: no such padding", Fraction(7, 2),
         found(lambda: Fraction(6 * 2 - 6 + 3 - 2, 2), "(6·2 − 6 + 3 − 2) / 2"), quote="p = (n*s - n + f - s) / 2"),
    Fact("Stride", "the same for n = 7", 4, sum_of(lambda: (n(7) * n(2) - n(7) + n(3) - n(2)) // 2)),
    Fact("Stride", "TensorFlow's “same” means ⌈n / s⌉: n = 6, s = 2", 3, sum_of(lambda: ceiling(n(6), n(2)))),
    Fact("Volumes", "one 3×3×3 filter: numbers without its bias, which one place in the notes writes 3×3×31", 279,
         rule(Conv2d(1, 3, bias=False), (3, 6, 6), "parameters"), right=27, quote="3x3x31"),
    Fact("Volumes", "ten 3×3×3 filters with biases", 280, rule(Conv2d(10, 3), (3, 6, 6), "parameters"),
         quote="10 filter has `28x10 = 280` parameters"),
    Fact("Volumes", "biases of ten filters over three channels, in the notes n_C of the layer before", 3,
         sum_of(lambda: n(280) - n(3) * n(3) * n(3) * n(10)), right=10,
         quote=r"\text{bias: } n_c^{\left[ l-1 \right]}"),
    Fact("Pooling", "parameters", 0, rule(MaxPool2d(2, 2), (16, 10, 10), "parameters")),
    Fact("Pooling", "f = 2, s = 2 halves 28×28×6", (14, 14, 6), rule(MaxPool2d(2, 2), (6, 28, 28))),
    Fact("Pooling", "7×7×1000 averaged", (1, 1, 1000), rule(AvgPool2d(7, 1), (1000, 7, 7)),
         quote="`7 x 7 x 1000` to `1 x 1 x 1000`"),
    Fact("Pooling", "2×3×4 flattened", (24,), rule(Flatten(), (4, 2, 3)), quote="[100, 24], where 24 = 2 _3_ 4"),
)  # fmt: skip

COURSE = (
    Fact("ConvNet 39×39×3", "first layer", (37, 37, 10), node("convnet39", "conv1"), quote="37 x 37 x 10"),
    Fact("ConvNet 39×39×3", "second layer", (17, 17, 20), node("convnet39", "conv2"), quote="17 x 17 x 20"),
    Fact("ConvNet 39×39×3", "third layer", (7, 7, 40), node("convnet39", "conv3"), quote="7 x 7 x 40"),
    Fact("ConvNet 39×39×3", "flattened", (1960,), node("convnet39", "flatten"), quote="7 x7 x 40 = 1960"),
    Fact("ConvNet 39×39×3", "parameters of the first layer", 280, node("convnet39", "conv1", "parameters")),
    Fact("ConvNet 39×39×3", "of the second", 5_020, node("convnet39", "conv2", "parameters")),
    Fact("ConvNet 39×39×3", "of the third", 20_040, node("convnet39", "conv3", "parameters")),
    Fact("ConvNet 39×39×3", "of the logistic unit", 1_961, node("convnet39", "logistic", "parameters")),
    Fact("ConvNet 39×39×3", "of all", 27_301, whole("convnet39", "parameters")),
    Fact("The course's LeNet", "CONV1", (28, 28, 8), node("lenet_course", "conv1"),
         quote="CONV1(f=5, s = 1) | (28,28,8)"),
    Fact("The course's LeNet", "numbers in CONV1", 6_272, node("lenet_course", "conv1", "size"),
         quote="(28,28,8) | 6272"),
    Fact("The course's LeNet", "parameters of CONV1 (other copies of the table: 208)", 608,
         node("lenet_course", "conv1", "parameters"), quote="608 `((5*5*3+1)*8)`"),
    Fact("The course's LeNet", "MACs of CONV1", 470_400, node("lenet_course", "conv1", "macs")),
    Fact("The course's LeNet", "POOL1", (14, 14, 8), node("lenet_course", "pool1"), quote="POOL1 | (14,14,8)"),
    Fact("The course's LeNet", "CONV2", (10, 10, 16), node("lenet_course", "conv2"),
         quote="CONV2(f=5, s=1) | (10,10,16)"),
    Fact("The course's LeNet", "parameters of CONV2 (other copies of the table: 416)", 3_216,
         node("lenet_course", "conv2", "parameters"), quote="3216 `(5*5*8+1)*16`"),
    Fact("The course's LeNet", "MACs of CONV2", 320_000, node("lenet_course", "conv2", "macs")),
    Fact("The course's LeNet", "POOL2", (5, 5, 16), node("lenet_course", "pool2"), quote="POOL2 | (5,5,16)"),
    Fact("The course's LeNet", "numbers in POOL2", 400, node("lenet_course", "pool2", "size"), quote="(5,5,16) | 400"),
    Fact("The course's LeNet", "parameters of FC3", 48_120, node("lenet_course", "fc3", "parameters"),
         quote="48120 `400*120+120`"),
    Fact("The course's LeNet", "parameters of FC4", 10_164, node("lenet_course", "fc4", "parameters"),
         quote="10164 `120*84 + 84`"),
    Fact("The course's LeNet", "parameters of the softmax layer", 850, node("lenet_course", "fc5", "parameters"),
         quote="Softmax | (10, 1) | 10 | 850"),
    Fact("The course's LeNet", "parameters of all", 62_958, whole("lenet_course", "parameters")),
    Fact("The course's LeNet", "share of the fully connected layers", Fraction(939, 1000),
         share("lenet_course", "fc")),
    Fact("The course's LeNet", "MACs of all", 849_320, whole("lenet_course", "macs")),
    Fact("LeNet-5", "as it is written today", 61_706, whole("lenet5", "parameters")),
    Fact("LeNet-5", "C1", 156, node("lenet5", "conv1", "parameters")),
    Fact("LeNet-5", "C3 with all its connections", 2_416, node("lenet5", "conv2", "parameters")),
    Fact("LeNet-5", "C3 of 1998: 6 maps see three, 9 see four, 1 sees all six", 1_516,
         sum_of(lambda: (n(6) * n(3) + n(9) * n(4) + n(1) * n(6)) * (n(5) * n(5)) + n(16))),
    Fact("LeNet-5", "trained in 1998: C1, S2, C3, S4, C5 and F6", 60_000,
         sum_of(lambda: n(156) + n(12) + n(1516) + n(32) + n(48120) + n(10164)),
         quote="The model was small (60K parameters)"),
    Fact("Why convolutions", "numbers in 28×28×6, in one place of the notes", 4_074,
         rule(Conv2d(6, 5), (3, 32, 32), "size"), right=4_704, quote="3072 x 4074"),
    Fact("Why convolutions", "weights if it were fully connected", 14_450_688, sum_of(lambda: n(3072) * n(4704)),
         quote="`3072 x 4074 = 14 million`"),
    Fact("Why convolutions", "parameters of the convolution, where the notes forget the colours", 156,
         rule(Conv2d(6, 5), (3, 32, 32), "parameters"), right=456, quote="(5 x 5 + 1 ) x 6 = 156"),
)  # fmt: skip
