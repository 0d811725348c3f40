"""ONNX's operators that are not read, and why, as the user is told."""

from __future__ import annotations

BY_PICTURE = "gives as many results as the picture decides: export the network without this last step"
CHANCE = "draws by chance: export the network for running, not for training"
TRAINING = "is only for training: export the network for running"
LISTS = "works on lists, texts or files, which no layer does: export the network without it"
SOUND = "is for sound, not for pictures"
NO_LAYER = "is of no use in a network for pictures that we know of: export the network in another way"

UNREAD = {
    **dict.fromkeys(("NonMaxSuppression", "Compress", "Unique", "MaxRoiPool"), BY_PICTURE),
    **dict.fromkeys(
        ("Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"), CHANCE
    ),
    **dict.fromkeys(("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"), TRAINING),
    **dict.fromkeys((
        "ConcatFromSequence", "ImageDecoder", "Optional", "OptionalGetElement", "OptionalHasElement",
        "RegexFullMatch", "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert",
        "SequenceLength", "SequenceMap", "SplitToSequence", "StringConcat", "StringNormalizer", "StringSplit",
        "TfIdfVectorizer",
    ), LISTS),
    **dict.fromkeys(("BlackmanWindow", "DFT", "HammingWindow", "HannWindow", "MelWeightMatrix", "STFT"), SOUND),
    **dict.fromkeys((
        "BitCast", "BitShift", "CausalConvWithState", "CumProd", "Det", "LinearAttention", "RotaryEmbedding",
        "TensorScatter",
    ), NO_LAYER),
}  # fmt: skip
"""Why, behind the operator's name."""
