"""Files with weights and no network: recognised, put into the network they belong to, with a report of what fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import ARCHITECTURES
from explorer.classics.signatures import aliases, signature, signatures, twins
from explorer.classics.timm import as_timm, from_tensorflow, timms
from explorer.engine import library
from explorer.engine.sources import hashed
from explorer.engine.trained import Torchvision
from explorer.formats import tensors
from explorer.formats.checkpoint.broken import broken_of
from explorer.formats.checkpoint.detectors import detector
from explorer.formats.checkpoint.fitting import fitted, with_head
from explorer.formats.checkpoint.guessing import guessed
from explorer.formats.checkpoint.reading import COUNTER, Checkpoint, CheckpointError, read
from explorer.formats.checkpoint.recognition import Match, best_names, head, recognised, same, trunk
from explorer.formats.class_names import chosen
from explorer.formats.in_pieces import kept, told
from explorer.formats.words import refusal, shown
from explorer.maths.records import Progress
from explorer.maths.weight_records import Differing, WeightReport
from explorer.network.analysis import analyse
from explorer.network.ends import main_end
from explorer.network.layer import Shape
from explorer.network.network import Network
from explorer.network.project import Project, Recipe

Steps = Iterator[Progress | WeightReport | Project]
CLASSES = 1000  # of ImageNet
FROM_MINUS_ONE = ("googlenet", "googlenet_sides", "inception_v3")
"""Networks whose published weights, born in TensorFlow, take pixels from −1 to 1."""
HALF = (0.5, 0.5, 0.5)
FOLDERS = 4
"""Of a path: the file, and the folders in which a cache of downloads keeps it."""
TIMM = {
    True: "It has TensorFlow's padding and ε, as timm's weights called tf_… have.",
    False: "It has timm's ε; weights called tf_… there need that name here, too, to get TensorFlow's padding.",
}
"""What is said of networks with timm's names, by whether they are called as those from TensorFlow."""
FED = {
    True: " How a picture was prepared for it is not in the file: it is fed as those of ImageNet usually are.",
    False: " How a picture was prepared for it is not in the file: it is fed with numbers from 0 to 1.",
}
"""What is said where the file is none of the library's, by whether another network's usual way was taken."""


def open_checkpoint(path: Path) -> Steps:
    """The network that the weights in a file belong to, with them; a report on these comes before it.

    Raises CheckpointError, CannotSave.
    """
    checkpoint = yield from _opened(path)
    shapes = checkpoint.weights
    if not shapes:
        raise CheckpointError(refusal(path, "holds no weights, only counters or texts", "choose another file"))
    found = detector(shapes, checkpoint.counts)
    if found is not None:
        from explorer.engine.detector_files import open_detector

        yield from open_detector(checkpoint, found)
        return
    match = recognised(shapes)
    if match is None:
        network, names, what = guessed(shapes), {name: name for name in shapes}, _unknown(shapes)
        title, recipe = f"{shown(path.stem, 60)} (a guess)", Recipe()
        if not network.nodes:
            raise CheckpointError(refusal(path, "has weights that no layer here has", "choose another file"))
    else:
        yield Progress(f"Building {match.network}")
        known = library.architecture(match.network)
        if (whole := _without_sides(known, match.names)) is not known.network:
            match = replace(match, how="exact" if match.how == "part" else match.how)
        network, names = _built(whole, match, shapes)
        title = _title(known, match, network)
        what = _said(title, match)
        if not any(f"{id}.weight" in names for id in head(signature(network))):
            what = f"{what} Its last layers are not in the file: they have random weights."
        if timms(match.names.values()):
            tensorflow = any(map(from_tensorflow, path.parts[-FOLDERS:]))
            network, what = as_timm(network, tensorflow), f"{what} {TIMM[tensorflow]}"
        recipe = yield from _recipe(path, match, network)
    fed = "" if recipe.labels else FED[recipe.mean != Recipe().mean]
    labels, said = chosen(checkpoint.classes, network)
    if labels:
        recipe = replace(recipe, labels=labels)
    placed = yield from _put(checkpoint, network, names, {}, what + said)
    yield placed.report
    yield Project(
        network, weights=placed.sha, recipe=recipe, title=title, origin=_origin(checkpoint, placed.report) + fed
    )


def load_weights(project: Project, path: Path) -> Steps:
    """The project with those weights of a file that fit its network; the others stay. A report comes before it.

    Raises CheckpointError also where none fits.
    """
    checkpoint = yield from _opened(path)
    shapes, wanted = checkpoint.weights, signature(project.network)
    names = best_names(wanted, aliases(project.network), shapes)
    had = tensors.read(project.weights) if project.weights else {}
    placed = yield from _put(checkpoint, project.network, names, had, f"Loaded onto {project.title or 'the network'}.")
    if not placed.report.matched:
        reason = f"has {len(shapes):,} weights, and none has the name and the shape of one of this network"
        raise CheckpointError(refusal(path, reason, "open the file by itself to see what it is"))
    yield placed.report
    yield replace(project, weights=placed.sha)


@dataclass(frozen=True)
class _Placed:
    """Weights in the store, and the report on how they came there."""

    sha: str
    report: WeightReport


def _opened(path: Path) -> Generator[Progress, None, Checkpoint]:
    yield Progress(f"Reading {shown(path.name, 60)}")
    return (yield from read(path))


def _without_sides(known: Project, names: Mapping[str, str]) -> Network:
    """The network without those of its side branches that have no weights at all in the file: people save it so."""
    network, there = known.network, {name.rpartition(".")[0] for name in names}
    ends = [id for id in network.nodes if not network.users[id]]
    needed = network.before([main_end(network, ends, known.main)])
    weighty = {name.rpartition(".")[0] for name in signature(network)}
    for end in ends:
        side = network.before([end]) - needed
        if side and not side & weighty & there:
            network = network.without(side)
    return network


def _built(network: Network, match: Match, shapes: Mapping[str, Shape]) -> tuple[Network, dict[str, str]]:
    """The known network as the weights have it, and the file's names for its weights."""
    wanted = signatures()[match.network]
    names = dict(match.names)
    ends = head(wanted)
    if any(f"{id}.weight" not in names for id in ends):
        body = {names[name] for name in trunk(wanted) if name in names}
        left = {name: full for name, full in match.called.items() if full not in body}
        if not any(name.endswith(".weight") for name in left):
            left |= _beside(match, shapes, network)
        before = analyse(network)[network.nodes[ends[0]].inputs[0]].shape or ()
        other = with_head(network, ends, {n: shapes[full] for n, full in left.items()}, before[0])
        if other is not network:
            network = other
            names = {name: full for name, full in names.items() if full in body} | {
                name: left[name] for name in signature(network) if name in left
            }
    return fitted(network, {name: shapes[full] for name, full in names.items()}), names


def _beside(match: Match, shapes: Mapping[str, Shape], network: Network) -> dict[str, str]:
    """The one fully connected layer whose weights lie outside of what has all others: `backbone.…` and `head.fc.…`."""
    inside = set(match.called.values())
    flat = [name for name in shapes if name not in inside and name.endswith(".weight") and len(shapes[name]) == 2]
    id = flat[0].removesuffix(".weight") if len(flat) == 1 else ""
    if not id or id in network.nodes:
        return {}
    return {name: name for name in (f"{id}.weight", f"{id}.bias") if name in shapes}


def _put(
    checkpoint: Checkpoint, network: Network, names: Mapping[str, str], before: Mapping[str, NDArray[Any]], what: str
) -> Generator[Progress, None, _Placed]:
    """Keep the weights that fit a network beside those from before; names: of the network's weights in the file."""
    wanted = signature(network)
    found = {name: checkpoint.weights[names[name]] for name in wanted if name in names}
    fitting = [name for name in wanted if same(found.get(name), wanted[name])]
    values = {n: value for n, value in before.items() if n in wanted or n.rpartition(".")[0] in network.nodes}
    had = {name for name, value in values.items() if wanted.get(name) == value.shape}
    theirs, text = [names[name] for name in fitting], f"Reading {shown(checkpoint.path.name, 60)}"
    arrays = yield from told(checkpoint.arrays(theirs), text, checkpoint.size(theirs))
    values |= {name: arrays[names[name]].reshape(wanted[name]) for name in fitting}
    broken = yield from told(broken_of({name: values[name] for name in fitting}), text, 0)
    used = {part for name in found for part in checkpoint.parts(names[name])}
    left = [n for n, tensor in checkpoint.tensors.items() if n not in used and tensor.dtype != COUNTER]
    report = WeightReport(
        file=checkpoint.path.name,
        what=f"{what}{checkpoint.put_together(theirs)}",
        numbers=sum(tensor.count for tensor in checkpoint.tensors.values()),
        types=tuple(Counter(tensor.dtype for tensor in checkpoint.tensors.values()).items()),
        matched=tuple(fitting),
        missing=tuple(name for name in wanted if name not in found and name not in had),
        left_over=tuple(left),
        differing=tuple(Differing(n, wanted[n], found[n]) for n in found if not same(found[n], wanted[n])),
        broken=broken,
        shapes={**{name: checkpoint.tensors[name].shape for name in left}, **wanted},
    )
    return _Placed((yield from kept(values, checkpoint.path.name)), report)


def _recipe(path: Path, match: Match, network: Network) -> Generator[Progress, None, Recipe]:
    """How the network's pictures are made: surely known for a file of the library, and else ImageNet's way."""
    digest = ""
    for entry in library.ENTRIES.values():
        trained = entry.trained
        if not isinstance(trained, Torchvision) or trained.architecture != match.network:
            continue
        if not digest:
            digest = yield from hashed(path)
        if digest.startswith(entry.source.digits):
            from torchvision.models import get_model_weights

            labels = get_model_weights(trained.architecture)[trained.weights].meta["categories"]
            return replace(entry.recipe, labels=tuple(labels))
    (last,) = [node for node in network.nodes.values() if not network.users[node.id]][-1:]
    shape = analyse(network)[last.id].shape
    if shape != (CLASSES,) or match.network not in (*ARCHITECTURES, *FROM_MINUS_ONE):
        return Recipe()
    usual = library.entry("mobilenet_v2").recipe
    return replace(usual, mean=HALF, std=HALF) if match.network in FROM_MINUS_ONE else usual


def _title(known: Project, match: Match, network: Network) -> str:
    """What it is, and in what it differs from the known network: “ResNet-50, 3 classes”."""
    name = CLASSICS[match.network].title if match.network in CLASSICS else known.title
    before, after = (_ends(net) for net in (known.network, network))
    told = []
    if match.how == "width":
        told.append("other widths")
    if after[0] != before[0]:
        told.append("1 input channel" if after[0] == 1 else f"{after[0]} input channels")
    if after[1] != before[1]:
        told.append(f"{after[1]:,} classes")
    return ", ".join((name, *told))


def _ends(network: Network) -> tuple[int, int]:
    """Channels of the picture, and length of the output."""
    facts = analyse(network)
    ends = [id for id in network.nodes if not network.users[id]]
    return next(iter(facts.values())).shape[0], (facts[ends[-1]].shape or (0,))[0]  # type: ignore[index]


def _said(title: str, match: Match) -> str:
    """What the file was taken for and by what."""
    timm = timms(match.names.values())
    whose = "timm's" if timm else "another program's, which may pad or normalise otherwise"
    reason = {
        "exact": "all names and shapes are its own",
        "head": "all names and shapes before its last layers are its own",
        "width": "the names are its own, and the channels are taken from the shapes",
        "part": "most names and shapes are its own",
        "order": f"all shapes are its own, one after the other; the names are {whose}",
    }[match.how]
    alike = twins(match.network)
    also = f" The weights would fit {', '.join(alike)} as well, which has other strides." if alike else ""
    return f"Taken for {title}: {reason}.{also}"


def _unknown(shapes: Mapping[str, Shape]) -> str:
    return (
        f"No known network has these {len(shapes):,} weights. The layers are guessed from their shapes, in the file's "
        "order; strides, poolings, activations and the picture's size leave no weights, so the network will not "
        "compute what it was trained for."
    )


def _origin(checkpoint: Checkpoint, report: WeightReport) -> str:
    """What is said to the user of the project."""
    inside = f", under “{checkpoint.within}”" if checkpoint.within else ""
    beside = f" Beside it are {', '.join(f'“{name}”' for name in checkpoint.others)}." if checkpoint.others else ""
    return f"Weights from “{shown(report.file, 80)}”{inside}.{beside} {report.what}"
