"""What a file is that no reader here is for: a pointer or page in another one's place, or another program's format."""

from __future__ import annotations

from pathlib import Path

from explorer.formats.checkpoint.nested import WEIGHTS_ONLY
from explorer.formats.picture_files import PICTURES, SUPPORTED, named

KERAS = "in Python, write it as ONNX: model.export(“model.onnx”, format=“onnx”)"
TENSORFLOW = "write it as ONNX: python -m tf2onnx.convert --help tells how"
ONNX = "write it as ONNX with the program it comes from"
WEIGHTS = "in Python, save its numbers as safetensors: safetensors.numpy.save_file(arrays, “weights.safetensors”)"

OTHERS: dict[str, tuple[str, str]] = {
    **dict.fromkeys((".h5", ".hdf5"), ("is a file of HDF5, as Keras writes", KERAS)),
    ".keras": ("is a Keras file", KERAS),
    ".pb": ("is a TensorFlow graph", TENSORFLOW),
    ".tflite": ("is a file of TensorFlow Lite", "python -m tf2onnx.convert --tflite writes it as ONNX"),
    **dict.fromkeys((".caffemodel", ".prototxt"), ("is a Caffe file", ONNX)),
    **dict.fromkeys((".mlmodel", ".mlpackage"), ("is a Core ML file", ONNX)),
    ".engine": ("is a TensorRT engine, made for one graphics card", "open the ONNX file it was made of"),
    ".ort": ("is a file of onnxruntime's own", "open the ONNX file it was made of"),
    ".gguf": ("is a file of llama.cpp, which holds a language model", "choose a network for pictures"),
    ".npz": ("holds arrays of NumPy", WEIGHTS),
    ".npy": ("holds an array of NumPy", WEIGHTS),
    ".mat": ("holds arrays of MATLAB", WEIGHTS),
    **dict.fromkeys((".pkl", ".pickle"), ("is a pickle, which can run code", WEIGHTS_ONLY)),
    ".joblib": ("is a pickle, which can run code", WEIGHTS),
    ".py": ("holds Python code", "File ▸ Import ▸ Open own code… runs it, where you want that"),
    ".ipynb": ("is a notebook", "save its network, or its function as a .py file for File ▸ Import ▸ Open own code…"),
    ".zip": ("is a packed folder", "unpack it and choose a file in it"),
    ".gz": ("is packed", "unpack it and choose the file in it"),
    **dict.fromkeys((".rar", ".7z"), ("is packed", "unpack it and choose a file in it")),
}
"""By a name's ending in small letters: what such a file is, and what to do."""

READ = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
POINTER = b"version https://git-lfs.github.com/spec/"
PAGES = (b"<!doctype html", b"<html")


def in_place(head: bytes) -> tuple[str, str] | None:
    """Why a file is not the one its name says, by its first bytes, and what to do; None where nothing is to be seen."""
    if head.startswith(POINTER):
        return "is only a pointer of Git LFS to the file itself", "fetch that: git lfs pull"
    if head.lstrip()[:20].lower().startswith(PAGES):
        return "is a web page in the place of the file", "download the file itself, by the page's button for that"
    return None


def another(path: Path, head: bytes) -> tuple[str, str] | None:
    """What a file of another program is, by its name or first bytes, and what to do; None where nobody here knows."""
    if path.suffix.lower() in OTHERS:
        return OTHERS[path.suffix.lower()]
    if head.startswith(READ):
        return "is a picture", "File ▸ Pictures ▸ Open picture… opens it"
    kind = named(head, PICTURES)
    return (f"is {kind}", f"save it as {SUPPORTED}") if kind else None
