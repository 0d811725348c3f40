"""The notes' words and formulas on training, checked by little calculations."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from explorer.classics.catalogue import CLASSICS
from explorer.classics.facts import Fact, found, node, part, plus, rule
from explorer.layers.dense import Linear
from explorer.maths.boxes import iou
from explorer.maths.losses import chi_square, descended, gram, object_loss, squared_distance, triplet_loss
from explorer.network.analysis import analyse, totals

HERE = (1, 4, 5, 2, 3, 0, 1, 0)
"""p_c, b_x, b_y, b_h, b_w and three classes, of a cell with an object."""
NOWHERE = (0,) * len(HERE)


def _terms(truth: tuple[int, ...]) -> int:
    """In how many of its numbers an answer can be wrong so that the loss tells."""
    wrong = ([*truth[:i], truth[i] + 1, *truth[i + 1 :]] for i in range(len(truth)))
    return sum(object_loss(truth, answer) > 0 for answer in wrong)


def _loss_says_the_condition() -> str:
    """Whether the loss is 0 where, and only where, ‖A − P‖² − ‖A − N‖² + α ≤ 0, for all small codes."""
    codes = list(product(range(3), repeat=2))
    tried = [
        (triplet_loss(a, p, other, 1) == 0) == (squared_distance(a, p) - squared_distance(a, other) + 1 <= 0)
        for a, p, other in product(codes, repeat=3)
    ]
    return "yes" if all(tried) else "no"


def _falls(rate: Fraction) -> str:
    """Whether gradient descent on 2·x² comes nearer to 0 from 1."""
    return "yes" if abs(descended(lambda x: 4 * x, 1, rate, 10)) < 1 else "no"


def _kernel_of_the_module() -> int:
    """The filter size of its second branch for which an Inception module has as many parameters as GoogLeNet's."""
    network, branch = CLASSICS["inception_module"].network, "inception.branch2.1.conv"
    sums = {f: totals(analyse(network.with_settings(branch, kernel=f, padding=f // 2))).parameters for f in (1, 3, 5)}
    (size,) = (f for f, parameters in sums.items() if parameters == 163_696)
    return size


def _conditions() -> int:
    """How many different answers “d ≤ 1” has over pairs of small codes: one for the same person, one for another."""
    codes = list(product(range(3), repeat=2))
    return len({squared_distance(a, b) <= 1 for a, b in product(codes, repeat=2)})


def _left_boxes() -> int:
    """What discarding and suppression leave of two boxes of a car, a third that is unsure, and a pedestrian's."""
    boxes = {"car": {(0, 0, 10, 10): 9, (1, 0, 11, 10): 8, (40, 0, 50, 10): 6}, "pedestrian": {(0, 0, 10, 10): 7}}
    left = 0
    for scores in boxes.values():
        sure = sorted((box for box in scores if scores[box] > 6), key=lambda box: -scores[box])
        while sure:
            best, left = sure[0], left + 1
            sure = [box for box in sure[1:] if iou(best, box) < Fraction(1, 2)]
    return left


def _places_taken() -> int:
    """Places in the label that three objects of one cell get, each at the anchor it is most alike to."""
    anchors, objects = ((0, 0, 1, 3), (0, 0, 3, 1)), ((0, 0, 1, 2), (0, 0, 2, 1), (0, 0, 4, 1))
    return len({max(anchors, key=lambda anchor: iou(anchor, thing)) for thing in objects})


def _in_the_range() -> str:
    """Whether each network of the gallery for 1,000 classes has from 10 to 100 million parameters."""
    known = (analyse(classic.network) for classic in CLASSICS.values())
    counts = [totals(facts).parameters for facts in known if (1000,) in {f.shape for f in facts.values()}]
    return "yes" if all(10**7 <= count <= 10**8 for count in counts) else "no"


LOSSES = (
    Fact("Classic networks", "have the gallery's ImageNet networks 10 to 100 million parameters, as often seen today?",
         "yes", found(_in_the_range, "counted for each: SqueezeNet has about 1 million, VGG-16 138 million"),
         right="no", quote="Today, often see a network with 10 million to 100 million parameters"),
    Fact("YOLO", "boxes left of two on one car, one of p_c = 0.6, and one on a pedestrian", 2,
         found(_left_boxes, "p_c ≤ 0.6 goes; then, class by class, what overlaps the best by IoU 0.5 or more"),
         quote=r"Discard all boxes with $$P_c \leq 0.6$$"),
    Fact("YOLO", "places in the label for three objects of one cell, with two anchors: one object is lost", 2,
         found(_places_taken, "each goes to the anchor of highest IoU: 1×2 to the tall, 2×1 and 4×1 to the wide one"),
         quote="anchor box for the grid cell with"),
    Fact("Faces", "different conditions for the same person and for another; the notes print one formula twice", 1,
         found(_conditions, "d ≤ 1 for all pairs of two-number codes from 0 to 2: it holds for some, not for others"),
         right=2, quote=r"are the different person, $$ d\left( x^{"),
    Fact("Inception", "filters of branch 2, for the module to have its 163,696 parameters; one place has 5×5", 5,
         found(_kernel_of_the_module, "1×1, 3×3 and 5×5 tried, and the module's parameters counted"),
         right=3, quote="128 `5 x 5` filters"),
    Fact("Transfer learning", "ResNet-18 with “freeze = 0” in all layers but the last: numbers that are trained", 1_539,
         plus(part("resnet18", "parameters", "conv", "bn", "layer"), rule(Linear(3), (512, 1, 1), "parameters")),
         right=11_178_051, quote="`trainable = 0 or freeze = 0`"),
    Fact("Localisation", "terms of the loss where there is an object", 8,
         found(lambda: _terms(HERE), "each of the numbers made wrong by 1, and the loss asked whether it tells"),
         quote=r"\left( \hat y_8 - y_8 \right)^2 & \text{for y = 1}"),
    Fact("Localisation", "terms where there is none", 1,
         found(lambda: _terms(NOWHERE), "each of the numbers made wrong by 1, and the loss asked whether it tells"),
         quote=r"\left( \hat y_1 - y_1 \right)^2 & \text{for y = 0}"),
    Fact("Faces", "triplet loss where every code is 0 and there is no margin: nothing would be learned", 0,
         found(lambda: triplet_loss((0, 0), (0, 0), (0, 0), 0), "max(0 − 0 + 0, 0)"),
         quote="f always output zero, will satisfy this equation"),
    Fact("Faces", "the same with a margin of 1", 1,
         found(lambda: triplet_loss((0, 0), (0, 0), (0, 0), 1), "max(0 − 0 + 1, 0)")),
    Fact("Faces", "A = (0, 0), P = (1, 2), N = (2, 0), margin 1: the stranger is nearer", 2,
         found(lambda: triplet_loss((0, 0), (1, 2), (2, 0), 1), "max((1² + 2²) − 2² + 1, 0)")),
    Fact("Faces", "is the loss 0 just where ‖A − P‖² − ‖A − N‖² + α is at most 0? one line ends before that", "yes",
         found(_loss_says_the_condition, "computed for all triplets of two-number codes from 0 to 2, α = 1"),
         quote=r"- f\left( N \right) \|_2^2 + \alpha $$"),
    Fact("Faces", "χ² distance of (0, 2) and (0, 6): without a guard, 0 / 0", 2,
         found(lambda: int(chi_square((0, 2), (0, 6))), "nothing where both are 0, then (2 − 6)² / (2 + 6)")),
    Fact("Style transfer", "Gram matrix of the channels 1 2 and 3 4; the notes end before it (Gatys et al. 2015)",
         "5 11 / 11 25",
         found(lambda: " / ".join(" ".join(map(str, row)) for row in gram([(1, 2), (3, 4)])),
               "1·1 + 2·2, 1·3 + 2·4 / 3·1 + 4·2, 3·3 + 4·4")),
    Fact("Style transfer", "does G := G − ∂J/∂G come nearer to the least 2·x² from x = 1? without a learning rate",
         "yes", found(lambda: _falls(Fraction(1)), "each step takes x to x − 4·x = −3·x"), right="no",
         quote=r"G := G - \frac{\partial}{\partialG} J\left( G \right)"),
    Fact("Style transfer", "and with a learning rate of 0.1", "yes",
         found(lambda: _falls(Fraction(1, 10)), "each step takes x to x − 0.1·4·x = 0.6·x")),
    Fact("What units see", "a first-layer unit's patch of AlexNet, pixels across: 3×3 is the grid of nine patches", 3,
         node("alexnet_2012", "conv1", "field"), right=11, quote="nine different image patches(`3 x 3` )"),
)  # fmt: skip
