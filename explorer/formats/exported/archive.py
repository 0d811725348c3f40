"""A .pt2 file: a zip of the graph in JSON, and of each tensor's numbers as they are.

torch.export.load would run code out of such a file in seven ways: pickled sample inputs, weights and constants, sizes
written as Python expressions, compiled libraries. Here only the graph and raw numbers are read; sample inputs are not
looked at. Source: torch/export/pt2_archive/constants.py and _package.py (the members), torch/_export/serde/schema.py.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from explorer.formats import regular
from explorer.formats.checkpoint.stored import (
    MOST_NUMBERS,
    NotRead,
    Storage,
    Tensor,
    itemsize,
    raw,
    reach,
    reading,
    view,
)
from explorer.formats.exported.graph import Graph
from explorer.formats.exported.parts import Part
from explorer.formats.exported.reading import DTYPE, graph
from explorer.formats.in_pieces import told
from explorer.formats.stored_zip import Entry, NotStored, chunks, entries
from explorer.formats.strict_json import Fault, parsed
from explorer.formats.words import amount, refusal, shown
from explorer.maths.records import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFIX = ".pt2"
LARGEST = 4_000_000_000
"""Bytes of a file."""

LARGEST_JSON = 32_000_000
"""Bytes of one description; those of torchvision's networks have up to 5 MB."""

DIGITS = 20
"""Of a whole number: an end that is not there is written as 9223372036854775807."""

MOST_MEMBERS = 50_000
START = re.compile(rb"PK\x03\x04.{26}[^/]{1,200}/(?:data/(?:weights|constants)/|models/|archive_)", re.S)

AGAIN = "in Python, save the program again with torch.export.save of PyTorch 2.9 or later"


@dataclass(frozen=True)
class Exported:
    """A program, and where the numbers of its tensors lie in the file."""

    path: Path
    graph: Graph
    tensors: dict[str, Tensor]

    def arrays(self) -> Generator[int, None, dict[str, NDArray[Any]]]:
        """Each tensor by name: float32 where it has fractions, else as it is; in steps that say how many bytes were
        read. Raises NotReadable."""
        found: dict[str, NDArray[Any]] = {}
        try:
            with open(self.path, "rb", opener=regular.only_files) as file:
                for name, tensor in self.tensors.items():
                    found[name] = (yield from reading(file, tensor)) if tensor.is_float else raw(file, tensor).copy()
        except NotRead as error:
            raise regular.NotReadable(refusal(self.path, str(error), error.advice)) from error
        except OSError as error:
            raise regular.unreadable(self.path, error) from error
        return found


def is_exported(path: Path, head: bytes) -> bool:
    """Whether a file, by its name and first bytes, may be of this kind."""
    return bool(START.match(head)) or path.suffix.lower() == SUFFIX


def read(path: Path) -> Generator[Progress, None, Exported]:
    """The program in a file, piece by piece. Raises NotReadable, whatever the file holds."""
    try:
        size = regular.size(path)
        if size > LARGEST:
            raise NotRead(f"has {amount(size)}, at most {amount(LARGEST)} are read", "open a smaller network's")
        with open(path, "rb", opener=regular.only_files) as file:
            members = entries(file, size, MOST_MEMBERS, "program of torch.export")
            yield from told(_checked(file, members), f"Checking {shown(path.name, 60)}", size)
            return _Reading(path, file, members).exported
    except NotRead as error:
        raise regular.NotReadable(refusal(path, str(error), error.advice)) from error
    except (NotStored, Fault) as error:
        raise regular.NotReadable(refusal(path, str(error), "get another copy of it")) from error
    except OSError as error:
        raise regular.unreadable(path, error) from error


def _checked(file: BinaryIO, members: Mapping[str, Entry]) -> Generator[int, None, None]:
    """Numbers are read piece by piece later: their checksums are looked at now."""
    for entry in members.values():
        for chunk in chunks(file, entry):
            yield len(chunk)


class _Reading:
    def __init__(self, path: Path, file: BinaryIO, members: Mapping[str, Entry]) -> None:
        self.file, self.members = file, members
        self.root = next(iter(self.members)).partition("/")[0]
        self.check_members()
        found = [name for name in self.members if re.fullmatch(r"[^/]+/models/[^/]+\.json", name)]
        if len(found) != 1:
            what = f"{len(found)} networks" if found else "no models/….json"
            raise NotRead(f"is no program of torch.export: it has {what}", AGAIN)
        name = found[0].rpartition("/")[2].removesuffix(".json")
        program = graph(self.json(found[0]))
        tables = [(kind, self.table(kind, name)) for kind in ("weights", "constants")]
        stored = {key: (kind, value) for kind, table in tables for key, value in table.items()}
        tensors = {key: self.tensor(key, *stored.get(key, ("", None))) for key in program.tensors}
        if sum(tensor.count for tensor in tensors.values()) > MOST_NUMBERS:
            raise NotRead(f"claims more than {MOST_NUMBERS:,} numbers", "open a smaller network's")
        for key, tensor in tensors.items():
            if tensor.shape != program.tensors[key]:
                raise NotRead(f"is damaged: {key[:60]} has another shape than its graph says")
        self.check_whole(tensors)
        self.exported = Exported(path, program, tensors)

    def check_members(self) -> None:
        """Raise NotRead where there are members that hold code, or none that belong there."""
        names = [name.partition("/") for name in self.members]
        if any(root != self.root or not rest for root, _, rest in names):
            raise NotRead("is no program of torch.export: its members lie in several folders", AGAIN)
        inner = {rest for _, _, rest in names}
        if "serialized_exported_program.json" in inner:
            raise NotRead("was saved by PyTorch 2.8 or older, with its weights in a pickle, which is not read", AGAIN)
        if any("aotinductor" in name for name in inner):
            raise NotRead("holds a compiled library, which would run as it is; it is not read", AGAIN)
        order = self.members.get(f"{self.root}/byteorder")
        if order and (order.size > 20 or self.bytes(order) != b"little"):
            raise NotRead("was written on a computer that orders bytes the other way round", AGAIN)

    def table(self, kind: str, name: str) -> dict[str, Any]:
        """What is said of the weights, or the constants, by their names."""
        member = f"{self.root}/data/{kind}/{name}_{kind}_config.json"
        if member not in self.members:
            return {}
        config = Part(self.json(member), f"the table of {kind}").part("config")
        return config.value

    def tensor(self, key: str, kind: str, said: Any) -> Tensor:
        """Where a tensor's numbers lie."""
        if said is None:
            raise NotRead(f"lacks the numbers of {key[:60]}, which its graph names", AGAIN)
        part = Part(said, key[:60])
        if part.get("use_pickle") is not False:
            raise NotRead(f"has {key[:60]} in a pickle, which is not read", AGAIN)
        entry = self.members.get(f"{self.root}/data/{kind}/{part.text('path_name')}")
        if entry is None:
            raise NotRead(f"lacks the numbers of {key[:60]}")
        meta = part.part("tensor_meta")
        dtype = DTYPE.get(meta.whole("dtype"))
        if dtype is None:
            raise NotRead(f"has {key[:60]} in numbers of a type that is not read", AGAIN)
        if entry.size % itemsize(dtype):
            raise NotRead(f"is damaged: {key[:60]} has {entry.size:,} bytes, no whole number of {dtype}")
        storage = Storage(entry.start, dtype, entry.size // itemsize(dtype))
        return view(storage, meta.part("storage_offset").whole("as_int"), meta.sizes("sizes"), meta.sizes("strides"))

    def check_whole(self, tensors: dict[str, Tensor]) -> None:
        """Raise NotRead where a member has more numbers than any tensor reaches."""
        reached: dict[Storage, int] = {}
        for tensor in tensors.values():
            reached[tensor.storage] = max(reached.get(tensor.storage, 0), reach(tensor))
        if any(storage.count != count for storage, count in reached.items()):
            raise NotRead("is damaged: it has more numbers than its tensors need")

    def json(self, name: str) -> Any:
        """A description."""
        entry = self.members[name]
        if entry.size > LARGEST_JSON:
            raise NotRead(f"has a description of {amount(entry.size)}, at most {amount(LARGEST_JSON)} are read", AGAIN)
        return parsed(self.bytes(entry), DIGITS)

    def bytes(self, entry: Entry) -> bytes:
        return b"".join(chunks(self.file, entry))
