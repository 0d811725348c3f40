"""The rows of the page: each goal that we set ourselves, the figure that is held against it, and its peers.

`why` says what the floor is, or what it would take; the page tells it where the goal is missed.
"""

from __future__ import annotations

from benchmarks.page import Goal, Row
from benchmarks.slopes import SERIES

FRAME, GAP = (Goal(most=16),), (Goal(most=33),)

BUSY = "16 ms is perfect; the benchmark also tells what the window's own thread took. The rest is the system's."


def start() -> tuple[Row, ...]:
    gaps = {
        "torch_starts": "torch starts", "model_opens": "MobileNetV2 is opened",
        "picture_and_prediction": "a photo is opened and run", "sixty_nodes_clicked": "sixty layers are clicked",
        "video_plays": "a video plays", "video_with_maps": "a video plays with maps", "video_stops": "it stops",
        "stride_edited": "a stride is "
        "edited",
    }  # fmt: skip
    area = "foundation"
    return (
        Row(area, "from the start until the window is painted, CPU", "startup", "ours_cpu_s", "s",
            {"an empty PySide6 window": "empty_window_cpu_s"}, (Goal(most=0.5),),
            "The floor is the empty window beside it: two thirds of our start are Qt's own."),
        Row(area, "torch among what is imported before the window (0: no)", "startup", "torch_imported", "",
            goals=(Goal(most=0),)),
        *(Row(area, f"largest gap of a 16 ms timer: {what}", "gaps", name, goals=GAP, why=BUSY)
          for name, what in gaps.items()),
        Row(area, "a click until its maps are painted, median", "activations", "click_to_mosaic",
            goals=(Goal(most=100),)),
        Row(area, "the longest of these clicks", "activations", "worst_click", goals=(Goal(most=100),)),
        Row(area, "the largest gap meanwhile", "activations", "gap", goals=GAP, why=BUSY),
        Row(area, "X-ray of 154 nodes", "activations", "xray"),
        Row(area, "weights of ResNet-50 read", "weights", "read>ours", "ms",
            {"torch.load": "read>torch.load", "torch.load, mapped": "read>torch.load, mapped"},
            (Goal(most=0.5, over="torch.load"),)),
        Row(area, "weights read and every number added up", "weights", "read and added up>ours", "ms",
            {"torch.load": "read and added up>torch.load",
             "torch.load, mapped": "read and added up>torch.load, mapped"},
            (Goal(most=1, over="torch.load"),),
            "The floor is adding up 25.6 million numbers, which both do."),
    )  # fmt: skip


def canvas() -> tuple[Row, ...]:
    area, grouped = "canvas", "networks>layers3000"
    peers = {"NodeGraphQt": "cards>1000>NodeGraphQt", "qtpynodeeditor": "cards>1000>qtpynodeeditor"}

    def beside(figure: str) -> dict[str, str]:
        return {peer: f"{path}>{figure}" for peer, path in peers.items()}

    return (
        Row(area, "an edit of 1,000 shapes until painted, median", "canvas",
            "edit_1000_all_shapes_until_painted>median",
            goals=FRAME),
        Row(area, "the longest of these edits", "canvas", "edit_1000_all_shapes_until_painted>max"),
        Row(area, "an edit of one card of 1,000", "canvas", "edit_1000_one_card_until_painted>median", goals=FRAME),
        Row(area, "repaint of 1,000 cards, all in view", "canvas", "fitted_1000>median", goals=(Goal(most=2),)),
        Row(area, "repaint of 3,000 cards, all in view", "canvas", "fitted_3000>median", goals=(Goal(most=2),),
            why="The goal was set for 1,000 cards and is kept; what is painted grows with the cards in view."),
        Row(area, "repaint at full size", "canvas", "full_size_1000>median", goals=(Goal(most=5),)),
        Row(area, "repaint of 1,000 cards, all in view, CPU", "canvas_peers", "cards>1000>ours>fitted>median", "ms",
            beside("fitted>median"), (Goal(most=0.25, over="NodeGraphQt"),)),
        Row(area, "repaint at full size, CPU", "canvas_peers", "cards>1000>ours>full size>median", "ms",
            beside("full size>median"), (Goal(most=0.25, over="NodeGraphQt"),)),
        Row(area, "frames while zooming through 1,000 cards, 95 %, CPU", "canvas_peers",
            "cards>1000>ours>zoom sweep>p95", "ms", beside("zoom sweep>p95"),
            (Goal(most=16), Goal(most=0.25, over="NodeGraphQt")),
            "Cards that come into view are drawn for 3 ms of a frame, the rest in the next."),
        Row(area, "1,000 cards built, CPU", "canvas_peers", "cards>1000>ours>build", "ms", beside("build"),
            (Goal(most=0.25, over="NodeGraphQt"),)),
        Row(area, "layout of 3,000 nodes", "layout", "layout>nodes3000>arranged_ms",
            peers={"networkx": "layout>nodes3000>networkx_ms"}, goals=(Goal(most=50),)),
        Row(area, "layout of 3,016 layers in groups, all open", "grouped", f"{grouped}>open>layout",
            goals=(Goal(most=50),)),
        Row(area, "layout of 3,016 layers in groups, all closed", "grouped", f"{grouped}>closed>layout",
            goals=(Goal(most=50),)),
        Row(area, "a block opened amid all others, CPU", "grouped", f"{grouped}>open>toggle until painted>median",
            goals=FRAME,
            why="1,495 of 3,017 cards move. A quarter of the time is making room, a quarter painting, an eighth the "
            "frames; moving the cards in Qt's scene is most of the rest."),
        Row(area, "the largest group opened, all others closed, CPU", "grouped",
            f"{grouped}>closed>toggle until painted>median", goals=FRAME,
            why="Each card that comes into view is drawn for the first time."),
        *large_edits(),
    )  # fmt: skip


def large_edits() -> tuple[Row, ...]:
    amid = "amid 3,000 layers"
    cases = (
        ("chain", "all shapes", "all shapes of 3,000 layers edited"),
        ("left to right", "all shapes", "the same where links run to the right"),
        ("EfficientNetV2-L", "all shapes", "all shapes of EfficientNetV2-L"),
        ("EfficientNetV2-L, open", "all shapes", "the same with all groups open"),
        ("chain", "insert", f"a layer added {amid}"), ("chain", "duplicate 50", f"50 duplicated {amid}"),
        ("chain", "delete 50", f"50 deleted {amid}"), ("chain", "undo delete 50", f"50 brought back {amid}"),
        ("chain", "select all", "3,000 layers selected"), ("chain", "move all", "3,000 layers moved"),
        ("group", "fold", f"a group opened or closed {amid}"),
    )  # fmt: skip
    why = (
        "A quarter of the first picture is finding out all shapes, another painting. Each turn after it holds one part "
        "of what follows, or what Python's garbage is looked through in."
    )
    folding = (
        "About 1,500 of 3,000 cards lie elsewhere after it: of 23 ms under a profiler 11 are making room, 8 the cards' "
        "places, 2 painting."
    )
    rows = []
    for network, act, words in cases:
        path = f"networks>{network}>{act}"
        rows += [
            Row("canvas", f"{words}, whole window, until painted, CPU", "large_edits", f"{path}>first>median",
                goals=FRAME, why=folding if act == "fold" else why),
            Row("canvas", f"{words}: the longest turn after that", "large_edits", f"{path}>longest turn after>max",
                goals=FRAME, why=why),
        ]  # fmt: skip
    arranged = "networks>chain>arrange>longest turn after>max"
    return (*rows, Row("canvas", "3,000 layers arranged: the longest turn", "large_edits", arranged, goals=GAP))


def facts_and_open() -> tuple[Row, ...]:
    fx = "symbolic_trace and ShapeProp"
    return (
        Row("facts", "facts of ResNet-152 after an edit of every shape", "facts", "ours", "ms",
            {"torchinfo": "torchinfo", "the fastest for shapes alone": "the fastest for shapes",
             "meta": "meta", "FakeTensor": "FakeTensor", "ShapeProp on meta": "ShapeProp, meta"},
            (Goal(most=0.01, over="torchinfo"), Goal(most=0.05, over="the fastest for shapes alone")),
            "The floor is 0.26 µs a node for adding up integers in Python, 0.13 ms; calling each layer's rule and "
            "making a value of what it says is the rest."),
        Row("facts", "facts of 500 nodes", "facts", "ours, 500 nodes", goals=(Goal(most=1),),
            why="A rule is called for each node, its shape checked and a value made. The floor in pure Python is "
            "0.26 µs a node."),
        Row("open", "an ONNX file of ResNet-50 opened", "onnx_opening", "resnet50>ms>ours",
            peers={"onnx": "resnet50>ms>onnx"}, goals=(Goal(most=0.2, over="onnx"),)),
        Row("open", "an ONNX file of MobileNetV2 opened", "onnx_opening", "mobilenet_v2>ms>ours",
            peers={"onnx": "mobilenet_v2>ms>onnx"}, goals=(Goal(most=0.2, over="onnx"),),
            why="Most of onnx's time is copying weights, 14 MB here and 102 MB in ResNet-50. Ours reads them once, "
            "1.1 ms here, and its checker takes 1.0: together a fifth of onnx where that has opened the file before. "
            "Finding the tables, counting, refusing, naming and placing 139 operators takes 8 more."),
        Row("open", "ResNet-50 of torchvision opened, CPU", "opening", "resnet50>ours",
            peers={fx: "resnet50>torch", "torch.export": "resnet50>torch.export"},
            goals=(Goal(most=1.5, over=fx), Goal(most=0.1, over="torch.export"))),
        Row("open", "MobileNetV3-Large opened, CPU", "opening", "mobilenet_v3_large>ours",
            peers={fx: "mobilenet_v3_large>torch", "torch.export": "mobilenet_v3_large>torch.export"},
            goals=(Goal(most=1.5, over=fx), Goal(most=0.1, over="torch.export"))),
        Row("open", "Swin-T opened, CPU", "opening", "swin_t>ours", peers={fx: "swin_t>torch"},
            goals=(Goal(most=1.5, over=fx),)),
        Row("open", "an ONNX file of ResNet-50 until its graph is drawn", "drawn", "ours>median",
            peers={"Netron": "Netron>median"}, goals=(Goal(most=0.33, over="Netron"),),
            why="Ours checks every layer, copies the weights into its store and hashes them, which Netron does not."),
    )  # fmt: skip


NETWORKS = {
    "vgg16": "VGG-16", "resnet50": "ResNet-50", "googlenet": "GoogLeNet", "mobilenet_v2": "MobileNetV2",
    "squeezenet1_0": "SqueezeNet", "efficientnet_b0": "EfficientNet-B0", "resnet18": "ResNet-18",
}  # fmt: skip
FLOORS = {
    name: f"The multiplications alone take {floor} ms on two cores at their best (520 GFLOP/s). "
    for name, floor in (("vgg16", 60), ("resnet50", 15.6), ("googlenet", 6.0), ("mobilenet_v2", 1.15),
                        ("squeezenet1_0", 1.4))
}  # fmt: skip

ALONE = {
    "mobilenet_v2": "By one thread's processor time, on a busy machine, it takes 1.10 to 1.16 of the best of torch. ",
    "squeezenet1_0": "By one thread's processor time, on a busy machine, it takes 0.81 to 0.84 of the best of torch. ",
}


def forward() -> tuple[Row, ...]:
    rows = []
    for name, title in NETWORKS.items():
        large = name in ("vgg16", "resnet50")
        rows.append(Row(
            "forward fp32", f"{title}, batch 1", "forward", f"{name}>ms>ours", "ms",
            {peer: f"{name}>ms>{peer}" for peer in ("eager", "channels_last", "jit", "the best of torch",
             "onnxruntime")},
            (Goal(most=0.75, over="eager"), Goal(most=0.9, over="the best of torch"),
             Goal(most=1.15 if large else 1.7, over="onnxruntime")),
            f"{FLOORS.get(name, '')}{ALONE.get(name, '')}onnxruntime calls its kernels from C++; each of our calls "
            "from Python into oneDNN has some 24 to 40 µs of way in and out.",
        ))  # fmt: skip
    return (
        *rows,
        Row("forward fp32", "a preview with 16 bits", "forward", "vgg16>ms>ours, 16 bits", "ms",
            {"onnxruntime": "vgg16>ms>onnxruntime"}, (Goal(most=0.65, over="onnxruntime"),),
            "Numbers that are shown and explained are float32; style transfer has 16 bits to choose.", none="there "
            "is none"),
    )  # fmt: skip


def capture() -> tuple[Row, ...]:
    peers = {"plain": "ms>plain", "hooks": "ms>hooks", "captum": "ms>captum", "torchlens": "ms>torchlens"}
    return (
        Row("capture", "every value of ResNet-50", "capture", "ms>ours", "ms", peers,
            (Goal(most=0.8, over="plain"), Goal(most=0.04, over="torchlens")),
            "Nothing may be fused where each value is kept: the floor is our forward and one write of each value."),
        Row("capture", "the greatest relative difference of any leaf", "capture", "greatest difference", "",
            goals=(Goal(most=1e-5),)),
        *(Row("capture", f"every value of {NETWORKS[name]}", "forward", f"{name}>ms>ours, every value kept", "ms",
              {"eager": f"{name}>ms>eager"}, (Goal(most=0.8, over="eager"),),
              "Nothing may be fused where each value is kept, and each small value is a call of its own.")
          for name in NETWORKS if name != "resnet50"),
    )  # fmt: skip


def patches() -> tuple[Row, ...]:
    peers = {
        name: f"images per second>{name}" for name in ("plain", "hooks", "stored", "plain, memory kept", "our forward")
    }
    large, small = "patches vgg16 48", "patches mobilenet_v2 300"
    return (
        Row("patches", "nine strongest places of every channel of VGG-16, pictures a second", large,
            "images per second>ours", "/ s", peers,
            (Goal(least=1.3, over="plain"), Goal(least=0.87, over="our forward")),
            "Ours may take 1.15 times as long as our forward alone, which is 0.87 of its pictures a second."),
        Row("patches", "the same of MobileNetV2", small, "images per second>ours", "/ s", peers,
            (Goal(least=2, over="plain"),)),
        Row("patches", "strongest places of VGG-16 that brute force does not find", large, "places that differ", "",
            goals=(Goal(most=0),)),
        Row("patches", "of MobileNetV2", small, "places that differ", "", goals=(Goal(most=0),)),
        Row("patches", "memory more after 300 pictures, MobileNetV2", small, "MB more after>300", "MB",
            goals=(Goal(most=200),)),
        Row("patches", "memory more after 48 pictures, VGG-16", large, "MB more after>48", "MB",
            goals=(Goal(most=200),)),
        Row("patches", "a data set looked at, MobileNetV2, pictures a second", "dataset mobilenet_v2 160",
            "images per second>ours", "/ s", {name: peers[name] for name in ("plain", "hooks", "stored")},
            (Goal(least=2, over="hooks"),)),
        Row("patches", "all channels of a layer ranked by effect", "effects", "seconds>ours", "s",
            {"hooks": "seconds>hooks", "hooks, batched": "seconds>hooks, batched"}, (Goal(most=0.5, over="hooks"),)),
    )  # fmt: skip


def boxes() -> tuple[Row, ...]:
    peers = {name: name for name in ("OpenCV DNN", "torch eager", "onnxruntime", "Darknet")}
    calls = (
        "Ours is 95 calls into oneDNN with 24 to 40 µs of way in and out each, or one recorded network where that is "
        "faster; the floor with one call is onnxruntime's. Scaling the frame is numpy's, as OpenCV is no dependency."
    )
    return (
        Row("YOLO end to end", "a frame through Yolo-Fastest 1.1, to boxes drawn, one thread", "live", "ours", "ms",
            peers, (Goal(most=0.85, over="OpenCV DNN"), Goal(most=0.4, over="torch eager"),
                    Goal(most=0.27, over="Darknet")), calls),
        Row("YOLO end to end", "the same, CPU", "live", "busy>ours", "ms",
            {name: f"busy>{name}" for name in ("OpenCV DNN", "torch eager", "onnxruntime")},
            (Goal(most=0.85, over="OpenCV DNN"), Goal(most=0.4, over="torch eager")), calls),
        Row("YOLO end to end", "boxes that torch eager does not find alike", "live", "boxes that differ", "",
            goals=(Goal(most=0),)),
        *(Row("YOLO end to end", f"non-maximum suppression of {count:,} boxes of {classes}, CPU", "suppression",
              f"{count} boxes>ours{end}", "ms", {"torchvision": f"{count} boxes>torchvision{end}"},
              (Goal(most=1, over="torchvision"),),
              "The same boxes as torchvision's, in numpy: each step of each class is some calls. At most the surest "
              "100 are drawn, for which see the row below.")
          for count in (1_000, 10_000) for classes, end in (("one class", ""), ("80 classes", "_80_classes"))),
        Row("YOLO end to end", "boxes chosen again as a threshold of 0.25 moves, 10,647 of them, CPU", "suppression",
            "a frame of that size>chosen_again_025", "ms", goals=FRAME),
    )  # fmt: skip


def other() -> tuple[Row, ...]:
    tutorial = {"the PyTorch tutorial's recipe": "seconds>peer"}
    return (
        Row("busy window", "ResNet-50 beside a busy process: 95 % ÷ median, one thread", "contention",
            "busy>ours, 1 thread>p95 / median", "", {"eager": "busy>eager, 1 thread>p95 / median"}, (Goal(most=1.3),),
            "With one thread the system still moves it now and then; what else this machine does counts, too."),
        Row("busy window", "the same with a thread for each of two cores", "contention",
            "busy>ours, 2 threads>p95 / median", ""),
        Row("busy window", "its median, one thread", "contention", "busy>ours, 1 thread>median", "ms",
            {"eager": "busy>eager, 1 thread>median"}, (Goal(most=0.75, over="eager"),)),
        Row("style", "an evaluation of style transfer with its slope, VGG-16 trunk", "style", "seconds>ours", "s",
            tutorial, (Goal(most=0.88, over="the PyTorch tutorial's recipe"),),
            "Most of it are oneDNN's convolutions, there and back, as in the peer: the best that was found when "
            "the goal was set is 0.85 of the peer (0.28 of 0.33 s for 256 × 256)."),
        Row("style", "the same with 16 bits", "style", "seconds>ours, 16 bits", "s", tutorial,
            (Goal(most=0.45, over="the PyTorch tutorial's recipe"),),
            "Half the bits lessen the convolutions only: the best that was found when the goal was set is 0.39 of "
            "the peer (0.13 of 0.33 s for 256 × 256)."),
        Row("style", "J with 16 bits ÷ the exact one after as many evaluations, mean of eight pairs of photos",
            "style_bits", "mean", "", {"the lowest": "lowest", "the highest": "highest"}, (Goal(most=1.01),),
            "Each pair goes another way down as soon as a number is rounded otherwise, so one alone says little."),
        Row("style", "time to the J that the tutorial reaches, ÷ the tutorial's", "style",
            "seconds to the peer's J, ours / peer", "", goals=(Goal(most=1),)),
        Row("style", "an evaluation with neural-style-pt's published settings", "style", "seconds>ours, its settings",
            "s", {"neural-style-pt's way": "seconds>neural-style-pt"}, (Goal(most=0.88, over="neural-style-pt's way"),),
            "Most of it are oneDNN's convolutions, there and back, as in the peer."),
        Row("style", "time to the loss that these reach, ÷ theirs", "style",
            "seconds to its loss, ours / neural-style-pt", "", goals=(Goal(most=1),)),
        Row("style", "flicker of a video whose frames go on from the one before ÷ of frames made one by one",
            "style_flicker", "ratio", "", {"levels": "levels>going on", "one by one": "levels>one by one",
            "the film itself": "levels>film"}, (Goal(most=0.5),)),
        Row("pictures", "1920 × 1080 into a 320 × 320 letterbox", "pictures", "letterbox>ours", "ms",
            {"ultralytics' way": "letterbox>ultralytics' way"},
            (Goal(most=0.65, over="ultralytics' way"), Goal(most=0.5)),
            "Of 0.63 ms of processor time 0.07 get 360 rows from memory, 0.24 pick out their two pixels for each of "
            "320, and 0.2 turn these to floats and blend them. numpy has no quicker way to pick, torch takes five "
            "times as long, and these two are more than 0.65 of the peer's 0.46. OpenCV scales in 0.10 to 0.17."),
        Row("pictures", "a frame of 640 × 480 on the screen", "pictures", "screen>ours", "ms",
            {"ImageItem": "screen>ImageItem", "ImageItem, levels given": "screen>ImageItem, levels given"},
            (Goal(most=0.125, over="ImageItem"), Goal(most=0.3)),
            "Memory is what it takes: turned to four bytes a pixel, a copy of our own, 0.03 ms where it lies in the "
            "cache, and 0.14 where, as here, other work lay between; painting it 0.07. Drawn as the three bytes that "
            "come, it takes more, above all where the view is not of the picture's size, as a panel is not."),
    )  # fmt: skip


def gpu() -> tuple[Row, ...]:
    none = "The rows are measured where torch.cuda finds a device."
    return (
        *(Row("GPU", f"forward of ResNet-50, batch {batch}", "cuda", f"forward>{batch}>ours", "ms",
              {"eager on the GPU": f"forward>{batch}>eager", "ours on the CPU": f"forward>{batch}>cpu"},
              (Goal(most=1, over="eager on the GPU"),), none) for batch in (1, 32)),
        Row("GPU", "an evaluation of style transfer, VGG-16 trunk, 512 pixels", "cuda", "style>ours", "ms",
            {"the tutorial's recipe on the GPU": "style>peer", "ours on the CPU": "style>cpu"},
            (Goal(most=1, over="the tutorial's recipe on the GPU"),), none),
        Row("GPU", "strongest places of every channel of ResNet-50, pictures a second", "cuda", "patches>ours", "/ s",
            {"plain forward on the GPU": "patches>eager", "ours on the CPU": "patches>cpu"},
            (Goal(least=0.5, over="plain forward on the GPU"),), none),
        Row("GPU", "a camera's frame through MobileNetV2 to guesses", "cuda", "frame>ours", "ms",
            {"eager on the GPU": "frame>eager", "ours on the CPU": "frame>cpu"}, (Goal(most=33),), none),
    )  # fmt: skip


def growth() -> tuple[Row, ...]:
    """The slopes; figures and lines stand in the plots."""
    share, why = "memory foretold / measured", "Caches that no longer hold everything raise a slope."
    return (
        *(Row("growth", f"slope of “{series.name}” over {series.axis}", "scale", f"series>{series.key}>slope", "",
              goals=(Goal(most=series.most),), why=why) for series in SERIES),
        Row("growth", "memory of style transfer foretold ÷ measured, the least of six sizes", "scale", f"{share}>least",
            "", goals=(Goal(least=0.7),),
            why="Of small pictures the most is held while the weights are laid out anew, as much for any size, which "
            "is over before the picture is gone through."),
        Row("growth", "the most of six sizes", "scale", f"{share}>most", "", goals=(Goal(most=2),)),
    )  # fmt: skip


JOBS = {
    "open": "ResNet-18 is opened", "run": "a photo is run, with maps", "patches": "patches are searched",
    "dataset": "a data set is looked at", "attribution": "attribution", "effects": "channels are ranked",
    "dream": "a picture is made for a channel", "video": "a video plays", "style": "a picture is painted",
    "train": "a style is taught", "detect": "faces are found in a video",
    "evaluate": "a detector is held against labels",
    "export": "an ONNX file is written", "download": "a model is downloaded",
}  # fmt: skip


def under_jobs() -> tuple[Row, ...]:
    """The window under every kind of job, and what a style transfer takes beside what was foretold."""
    beat, why = "99 of 100 gaps of a 10 ms timer are at most", "What the window's own thread took stands beside it."
    cases = "style_memory ten"
    return (
        *(Row("busy window", f"{beat}: {what}", "heartbeat", f"{name}>p99", "ms",
              {"the longest": f"{name}>max", "own": f"{name}>own"}, (Goal(most=50),), why)
          for name, what in JOBS.items()),
        Row("style", "memory foretold ÷ measured, the least of ten sizes with the trunk open", cases, "lowest", "",
            goals=(Goal(least=0.7),), why="Of small pictures the most is held while the weights are laid out anew."),
        Row("style", "the most of these ten", cases, "highest", "", goals=(Goal(most=2),)),
    )  # fmt: skip


ROWS: tuple[Row, ...] = (
    *facts_and_open(), *forward(), *capture(), *patches(), *boxes(), *other(), *start(), *canvas(), *gpu(), *growth(),
    *under_jobs(),
)  # fmt: skip

AREAS = tuple(dict.fromkeys(row.area for row in ROWS))
