"""What a network's further Inputs are fed, in a project file: from and to JSON, strictly. docs/project-file.md has the
format."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from explorer.formats.strict_json import Fault, Part, number_of, object_of, quoted, several
from explorer.layers.dense import Input
from explorer.network.fed import MOST_BYTES, MOST_NUMBERS, Fed, Numbers, Still
from explorer.network.network import Network


def described_fed(fed: Mapping[str, Fed]) -> dict[str, Any]:
    """By Input, in order."""
    return {
        id: {"picture": base64.b64encode(each.png).decode("ascii"), "name": each.name}
        if isinstance(each, Still)
        else {"numbers": [float(x) for x in each.values]}
        for id, each in sorted(fed.items())
    }


def fed_of(value: Any, network: Network) -> dict[str, Fed]:
    """By Input. Raises Fault."""
    found: dict[str, Fed] = {}
    for id, each in object_of(value, "fed").items():
        where = f"fed.{quoted(id)}"
        if id not in network.nodes or not isinstance(network.nodes[id].layer, Input):
            raise Fault(f"feeds an Input {quoted(id)} that is not there")
        if "numbers" in object_of(each, where):
            part = Part(each, where, ("numbers",))
            numbers = several(part.items("numbers", MOST_NUMBERS), f"{where}.numbers", number_of)
            if not numbers:
                raise Fault(f"has no number at {where}")
            found[id] = Numbers(numbers)
        else:
            part = Part(each, where, ("picture", "name"))
            found[id] = Still(_png(part.value["picture"], where), part.text("name"))
    return found


def _png(text: Any, where: str) -> bytes:
    """A picture's bytes; whether they are one is found out when it is fed."""
    if not isinstance(text, str) or len(text) > MOST_BYTES * 4 // 3 + 4:
        raise Fault(f"has at {where} a picture that is no text, or of more than {MOST_BYTES:,} bytes")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Fault(f"has at {where} a picture that is not written in base 64") from error
