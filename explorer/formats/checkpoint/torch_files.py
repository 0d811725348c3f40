"""What torch.save writes, in both of its formats: a zip of a pickle and raw numbers; before 2020 all in one row.

Source: torch/serialization.py; caffe2/serialize/inline_container.cc (the zip).
"""

from __future__ import annotations

from collections.abc import Generator
from io import BytesIO
from typing import Any, BinaryIO

from explorer.formats.checkpoint.nested import WEIGHTS_ONLY
from explorer.formats.checkpoint.pickled import LARGEST, Machine
from explorer.formats.checkpoint.stored import NotRead, Storage
from explorer.formats.stored_zip import Entry, NotStored, chunks, entries
from explorer.formats.words import amount, shown

MOST_MEMBERS = 50_000
LITTLE = b"little"
MAGIC = 0x1950A86A20F9469CFC6C
"""The first pickle of the old format."""
OLD_START = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

SCRIPT = "in Python, open it with torch.jit.load and save model.state_dict() with torch.save"
CODE = ("is a TorchScript program, which holds code; only weights are read", SCRIPT)
DIRECTORY = 1_000_000
"""Bytes at a zip's end in which its members' names are looked for."""
PROGRAM = "open it by a name that ends in .pt2"


def zipped(file: BinaryIO, size: int) -> Generator[int, None, Any]:
    """The value in a zip as torch.save writes it since 2020, in steps that say how many bytes were checked. Raises
    NotRead."""
    try:
        members = entries(file, size, MOST_MEMBERS, "checkpoint")
        data = b"".join(chunks(file, _pickle(members)))
        root = next(name for name in members if name.endswith("/data.pkl")).removesuffix("data.pkl")
        for entry in members.values():  # numbers are read piece by piece later: their checksums are looked at now
            for chunk in chunks(file, entry):
                yield len(chunk)
        order = members.get(f"{root}byteorder")
        if order and (order.size > len(LITTLE) or b"".join(chunks(file, order)) != LITTLE):
            raise NotRead("was written on a computer that orders bytes the other way round", WEIGHTS_ONLY)
    except NotStored as error:
        refuse_code(file, size)
        raise NotRead(str(error)) from error

    def find(key: str, dtype: str, count: int) -> Storage:
        entry = members.get(f"{root}data/{key}")
        if entry is None:
            raise NotRead(f"lacks the numbers “{shown(key, 20)}” that its pickle names")
        return _fitting(Storage(entry.start, dtype, count), entry.size)

    pickle = BytesIO(data)
    value = yield from Machine(pickle, find).next()
    if pickle.tell() != len(data):
        raise NotRead("is damaged: there is something behind its pickle")
    return value


def _pickle(members: dict[str, Entry]) -> Entry:
    """The member that describes the tensors, when the file is one of torch.save's at all."""
    names = {name.partition("/")[2] for name in members}
    if len({name.partition("/")[0] for name in members}) != 1:
        raise NotRead("is no checkpoint: its members lie in several folders", "choose a file that torch.save wrote")
    if "models/model.json" in names or "archive_format" in names:
        raise NotRead("is a program that torch.export saved", PROGRAM)
    if "constants.pkl" in names or any(name.startswith("code/") for name in names):
        raise NotRead(*CODE)
    found = [entry for name, entry in members.items() if name.partition("/")[2] == "data.pkl"]
    if not found:
        raise NotRead("is no checkpoint: it has no data.pkl", "choose a file that torch.save wrote")
    if found[0].size > LARGEST:
        raise NotRead(f"has a pickle of {amount(found[0].size)}, at most {amount(LARGEST)} are read", WEIGHTS_ONLY)
    return found[0]


def refuse_code(file: BinaryIO, size: int) -> None:
    """Raises NotRead where the end of a zip names members of TorchScript, whose code is compressed."""
    file.seek(max(0, size - DIRECTORY))
    end = file.read(DIRECTORY)
    if b"/constants.pkl" in end or b"/code/__torch__" in end:
        raise NotRead(*CODE)


def old(file: BinaryIO, size: int) -> Generator[int, None, Any]:
    """The value in a file as torch.save wrote it before 2020: five pickles, then numbers, each with their count; in
    steps.

    Raises NotRead.
    """
    file.seek(0)
    wanted: dict[str, Storage] = {}

    def note(key: str, dtype: str, count: int) -> Storage:
        """Where the numbers begin comes out later: the keys' order stands behind the pickle that needs them."""
        if wanted.setdefault(key, Storage(0, dtype, count)) != Storage(0, dtype, count):
            raise NotRead("is damaged: it names the same numbers in two ways")
        return wanted[key]

    machine = Machine(file, note)
    if [(yield from machine.next()), (yield from machine.next())] != [MAGIC, 1001]:
        raise NotRead("is no checkpoint, or damaged: it does not begin like one")
    system = yield from machine.next()
    if type(system) is not dict or system.get("little_endian") is not True:
        raise NotRead("was written on a computer that orders bytes the other way round", WEIGHTS_ONLY)
    body = file.tell()
    yield from machine.next()
    keys = yield from machine.next()
    if type(keys) is not list or sorted(map(str, keys)) != sorted(wanted):
        raise NotRead("is damaged: its numbers are not those that its pickle names")
    places, place = {}, file.tell()
    for key in keys:
        file.seek(place)
        if int.from_bytes(file.read(8), "little") != wanted[key].count:
            raise NotRead("is damaged: it has other numbers than its pickle names")
        places[key] = Storage(place + 8, wanted[key].dtype, wanted[key].count)
        place += 8 + places[key].size
    if place != size:
        raise NotRead("is cut off" if place > size else "is damaged: there is something behind its numbers")
    file.seek(body)
    return (yield from Machine(file, lambda key, dtype, count: places[key]).next())


def _fitting(storage: Storage, size: int) -> Storage:
    if storage.size != size:
        raise NotRead(f"is damaged: it has {size:,} bytes where {storage.size:,} are named")
    return storage
