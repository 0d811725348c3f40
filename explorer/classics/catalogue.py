"""Which classic networks there are, what each is famous for, and how it is built. Nothing here needs torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from explorer.classics import course, inception, plain
from explorer.classics.residual import Dense, Residual
from explorer.network.network import Network
from explorer.network.project import Project


@dataclass(frozen=True)
class Classic:
    """One network of the gallery.

    name: what the command line calls it, torchvision's name where it has the network. story: a paragraph of plain
    text. source: where it was first described. family: networks that differ in size only stand together.
    """

    name: str
    title: str
    year: int
    family: str
    story: str
    source: str
    build: Callable[[], Network]

    @cached_property
    def network(self) -> Network:
        """Built when it is first asked for, in a few milliseconds."""
        return self.build()

    @property
    def project(self) -> Project:
        """The network to open; its weights are random."""
        return Project(self.network, title=self.title, origin=f"{self.story}\n\nSource: {self.source}")


COURSE = "the notes of a course on convolutional networks"
LECUN = "LeCun et al. 1998, Gradient-based learning applied to document recognition"
KRIZHEVSKY = "Krizhevsky et al. 2012, ImageNet classification with deep convolutional neural networks"
SIMONYAN = "Simonyan & Zisserman 2014, Very deep convolutional networks, arXiv:1409.1556"
HE = "He et al. 2015, Deep residual learning for image recognition, arXiv:1512.03385"
SZEGEDY = "Szegedy et al. 2014, Going deeper with convolutions, arXiv:1409.4842"
IANDOLA = "Iandola et al. 2016, SqueezeNet, arXiv:1602.07360"
SERMANET = "Sermanet et al. 2013, OverFeat, arXiv:1312.6229"
REDMON = "Redmon et al. 2015, You only look once, arXiv:1506.02640"
HUANG = "Huang et al. 2016, Densely connected convolutional networks, arXiv:1608.06993"

VGG_STORY = (
    "Only 3×3 convolutions and 2×2 poolings: two 3×3 see as much as one 5×5 with fewer weights and a non-linearity "
    "between. Each pooling halves the size, and the channels double up to 512. Nine tenths of the parameters lie in "
    "the fully connected layers, nearly all the work in the convolutions."
)
RESNET_STORY = (
    "A shortcut around every block: its layers only learn what to add to what came in, and with weights of zero a "
    "block passes it on unchanged. So depth stopped hurting. Where sizes differ, the shortcut has a 1×1 "
    "convolution, W_s."
)
V15 = " This is version 1.5, as in torchvision: the 3×3 convolution of a block halves the size, not its first 1×1."
V1 = (
    " This is version 1, as in the paper: the first 1×1 convolution of a block halves the size, and so leaves three "
    "of four pixels out. It takes fewer MACs than version 1.5 and its units see more of the picture."
)
KERAS_STORY = (
    " As Keras has it: version 1, and every convolution has a bias, though the batch normalisation behind it would "
    "take it away. Count Keras's way, with moving means and variances, to see Keras's number."
)
DENSE_STORY = (
    "Within a dense block every layer takes what all layers before it put out, side by side, and adds a few channels "
    "of its own. So channels pile up, few are computed, and 1×1 convolutions thin them out between blocks."
)
SLIDING_STORY = (
    "A fully connected layer is a convolution as large as its input. Written so, a detector for 14×14 windows runs "
    "over a larger picture in one pass: each output cell is one window, and the pooling makes the windows step by "
    "two pixels. How much work this saves depends on the network: here the 5×5 layer costs most, and is not shared."
)
YOLO_STORY = (
    "The picture is divided into cells, and one network answers for all of them at once: for each anchor of each "
    "cell p_c, the box b_x, b_y, b_h, b_w, and the classes. An object belongs to the cell its midpoint lies in."
)
DEPTHS = {
    18: Residual((2, 2, 2, 2), deep=False), 34: Residual((3, 4, 6, 3), deep=False),
    50: Residual((3, 4, 6, 3)), 101: Residual((3, 4, 23, 3)), 152: Residual((3, 8, 36, 3)),
}  # fmt: skip
KERAS_EPS = 1.001e-5


def _vgg(depth: int, normalised: bool) -> Classic:
    name, title = f"vgg{depth}", f"VGG-{depth}"
    story = VGG_STORY
    if normalised:
        name, title = f"{name}_bn", f"{title} with batch normalisation"
        story += " This one normalises behind each convolution, which its authors did not know yet."
    return Classic(name, title, 2014, "VGG", story, SIMONYAN, partial(plain.vgg, depth, normalised))


def _resnet(depth: int, version: str = "") -> Classic:
    built, deep = DEPTHS[depth], depth >= 50
    name, title, story = f"resnet{depth}", f"ResNet-{depth}", RESNET_STORY + (V15 if deep else "")
    if version == "v1":
        built = Residual(built.blocks, early=True)
        name, title, story = f"{name}_v1", f"{title} v1", RESNET_STORY + V1
    elif version == "keras":
        built = Residual(built.blocks, early=True, bias=True, eps=KERAS_EPS)
        name, title, story = f"{name}_keras", f"{title} of Keras", RESNET_STORY + KERAS_STORY
    return Classic(name, title, 2015, "ResNet", story, HE, built.network)


def _wider(name: str, title: str, year: int, told: str, source: str, built: Residual) -> Classic:
    return Classic(name, title, year, "ResNet", f"{RESNET_STORY} {told}", source, built.network)


RESNEXT = "Its 3×3 convolutions work in groups that do not see each other: more, narrower paths at equal cost."
XIE = "Xie et al. 2016, Aggregated residual transformations, arXiv:1611.05431"
WIDE = "Its 3×3 convolutions have twice the channels: wider instead of deeper."
ZAGORUYKO = "Zagoruyko & Komodakis 2016, Wide residual networks, arXiv:1605.07146"

ENTRIES = (
    Classic("convnet39", "ConvNet 39×39×3", 2017, "Course",
        "The first whole network of the course: three convolutions shrink the picture while the channels grow, then "
        "1,960 numbers go into one logistic unit: is it a cat?", COURSE, course.convnet39),
    Classic("lenet_course", "The course's LeNet", 2017, "Course",
        "The table every student fills in once: two convolutions with poolings, then three fully connected layers. "
        "They hold 94 % of the parameters, the convolutions do 93 % of the work.", COURSE, course.lenet_course),
    Classic("lenet5", "LeNet-5", 1998, "LeNet",
        "It read digits on cheques. Written here as it is today: every map of the second convolution looks at all six "
        "before it, 61,706 parameters. In 1998 each looked at three, four or six of them by a table (1,516 instead "
        "of 2,416 parameters, to break the symmetry), and the poolings had a weight and a bias for each map: exactly "
        "60,000 trained parameters.", LECUN, course.lenet5),
    Classic("alexnet", "AlexNet of torchvision", 2014, "AlexNet",
        "The network that won in 2012, in its author's later form for one graphics card: 64 kernels in the first "
        "layer, no groups, no response normalisation. 96 % of the parameters are in the fully connected layers.",
        "Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks, arXiv:1404.5997",
        plain.alexnet),
    Classic("alexnet_2012", "AlexNet of 2012, two towers", 2012, "AlexNet",
        "ReLU, dropout, two graphics cards, and an error on ImageNet far below anything before: with it deep learning "
        "began to be believed. Two towers that meet in the third convolution only, written as two groups. The picture "
        "must be 227×227: with 224 the first layer would not come out even.", KRIZHEVSKY, plain.alexnet_2012),
    Classic("alexnet_one_tower", "AlexNet of the lectures, one tower", 2012, "AlexNet",
        "As it is drawn in most lectures: the same sizes without the groups of 2012, and so 1.4 million more weights "
        "than the network that won.", KRIZHEVSKY, partial(plain.alexnet_2012, 1)),
    *(_vgg(depth, normalised) for depth in plain.VGG for normalised in (False, True)),
    Classic("nin", "Network in Network", 2013, "NiN",
        "The 1×1 convolution: at each pixel a small fully connected network over the channels, which adds "
        "non-linearity where the course's notes say linearity. And no fully connected layers at the end: each of the "
        "last 1,000 channels is averaged to the score of a class.",
        "Lin et al. 2013, Network in network, arXiv:1312.4400", plain.nin),
    *map(_resnet, DEPTHS),
    *(_resnet(depth, version) for version in ("v1", "keras") for depth in (50, 101, 152)),
    Classic("plain34", "Plain network, 34 layers", 2015, "ResNet",
        "ResNet-34 without its shortcuts. The paper trained it beside the plain network of 18 layers: the deeper one "
        "was worse even on the pictures it had trained on, which no longer happened with shortcuts.", HE,
        Residual((3, 4, 6, 3), deep=False, shortcut=False).network),
    _wider("resnext50_32x4d", "ResNeXt-50 32×4d", 2016, RESNEXT, XIE, Residual((3, 4, 6, 3), groups=32, width=4)),
    _wider("resnext101_32x8d", "ResNeXt-101 32×8d", 2016, RESNEXT, XIE, Residual((3, 4, 23, 3), groups=32, width=8)),
    _wider("resnext101_64x4d", "ResNeXt-101 64×4d", 2016, RESNEXT, XIE, Residual((3, 4, 23, 3), groups=64, width=4)),
    _wider("wide_resnet50_2", "Wide ResNet-50-2", 2016, WIDE, ZAGORUYKO, Residual((3, 4, 6, 3), width=128)),
    _wider("wide_resnet101_2", "Wide ResNet-101-2", 2016, WIDE, ZAGORUYKO, Residual((3, 4, 23, 3), width=128)),
    Classic("inception_naive", "Inception module, naive", 2014, "Inception",
        "1×1, 3×3, 5×5 and pooling side by side: let training choose. But the 5×5 alone takes 120 million "
        "multiplications, and the pooling passes all 192 channels on, so that the next module would see 416.",
        SZEGEDY, inception.inception_naive),
    Classic("inception_module", "Inception module", 2014, "Inception",
        "1×1 convolutions as bottlenecks: before the 3×3 and the 5×5 they thin out the channels, behind the pooling "
        "too. The 5×5 branch takes a tenth of the multiplications, and 256 channels come out.", SZEGEDY,
        inception.inception_module),
    Classic("googlenet", "GoogLeNet of torchvision", 2014, "Inception",
        "Nine Inception modules, and an average instead of fully connected layers: a tenth of AlexNet's parameters. "
        "torchvision's has batch normalisation, and 3×3 where the paper has 5×5 (a slip that became its weights).",
        SZEGEDY, inception.googlenet),
    Classic("googlenet_sides", "GoogLeNet of torchvision with side branches", 2014, "Inception",
        "The same with both side branches, which only training listens to: they bring gradients to the middle of the "
        "network. They hold half of all parameters.", SZEGEDY, partial(inception.googlenet, True)),
    Classic("googlenet_2014", "GoogLeNet of 2014", 2014, "Inception",
        "As in the paper: real 5×5 convolutions, biases instead of batch normalisation, response normalisation at "
        "the start, and both side branches with their softmax.", SZEGEDY, inception.googlenet_2014),
    *(Classic(f"squeezenet{version}", f"SqueezeNet {version.replace('_', '.')}", 2016, "SqueezeNet",
        "AlexNet's accuracy with a fiftieth of its parameters: fire modules squeeze the channels by 1×1, then expand "
        f"them by 1×1 and 3×3 side by side.{told}", IANDOLA, partial(plain.squeezenet, version))
      for version, told in (("1_0", ""), ("1_1", " 1.1 pools earlier and takes less than half the work."))),
    Classic("mobilenet_v1", "MobileNet", 2017, "MobileNet",
        "For phones: each 3×3 convolution is split into one in every channel by itself (depthwise) and a 1×1 across "
        "them (pointwise), an eighth to a ninth of the work.",
        "Howard et al. 2017, MobileNets, arXiv:1704.04861", plain.mobilenet_v1),
    Classic("mobilenet_v2", "MobileNetV2", 2018, "MobileNet",
        "Inverted bottlenecks: few channels between blocks, six times as many within, where each is filtered by "
        "itself. The shortcut joins the narrow ends, which have no ReLU: it would lose too much there.",
        "Sandler et al. 2018, MobileNetV2, arXiv:1801.04381", plain.mobilenet_v2),
    *(Classic(f"densenet{depth}", f"DenseNet-{depth}", 2016, "DenseNet", DENSE_STORY, HUANG, built.network)
      for depth, built in ((121, Dense((6, 12, 24, 16))), (161, Dense((6, 12, 36, 24), 48, 96)),
                           (169, Dense((6, 12, 32, 32))), (201, Dense((6, 12, 48, 32))))),
    Classic("unet", "U-Net", 2015, "U-Net",
        "Down to see what is there, up again to say where: every pixel gets a class. Shortcuts bring the fine maps "
        "across; without padding they are larger than what comes up, so their middle is cut out.",
        "Ronneberger et al. 2015, U-Net, arXiv:1505.04597", course.unet),
    Classic("sliding_fc", "Window 14×14 with fully connected layers", 2013, "Sliding window",
        "The classifier for one window, before it is made convolutional: it takes 14×14 pixels and nothing else.",
        SERMANET, partial(course.sliding_window, 14, False)),
    *(Classic(f"sliding{size}", f"Sliding window on {size}×{size}", 2013, "Sliding window", SLIDING_STORY, SERMANET,
              partial(course.sliding_window, size)) for size in (14, 16, 28)),
    *(Classic(f"yolo_{name}", f"YOLO head {shown}", 2015, "YOLO", f"{YOLO_STORY} {told}", REDMON,
              partial(course.yolo_head, size, anchors)) for name, shown, size, anchors, told in (
        ("3x3x8", "3×3×8", 100, 1, "Here 3×3 cells, one box each, three classes: 8 numbers a cell."),
        ("3x3x16", "3×3×2×8", 100, 2, "Here two anchors a cell: two objects may share one, 2·8 numbers."),
        ("19x19x40", "19×19×40", 608, 5, "Here 19×19 cells and five anchors: 5·8 numbers a cell, 1,805 boxes."))),
    Classic("siamese_trunk", "Siamese trunk", 2015, "Siamese",
        "Is it the same letter? Two pictures go through the same weights, and the distance between the two codes "
        "answers. This is the part that is there once and used twice.",
        "Koch et al. 2015, Siamese neural networks for one-shot image recognition", course.siamese_trunk),
)  # fmt: skip

CLASSICS = {entry.name: entry for entry in ENTRIES}
KERAS = {f"resnet{depth}": f"resnet{depth}_keras" for depth in (50, 101, 152)}
"""Networks that Keras builds otherwise than torchvision under the same name."""
