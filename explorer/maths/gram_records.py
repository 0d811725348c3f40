"""How much each two channels of a layer go together for a picture: the Gram matrix, and a number of it taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class GramMatrix:
    """matrix: (N, N) float32, G of Gatys et al. 2015, equation 3, divided by the number M of places.

    pair: the two channels that are taken apart; maps: (2, H, W) float32, what they answer.
    """

    node: str
    matrix: NDArray[np.float32]
    pair: tuple[int, int]
    maps: NDArray[np.float32]

    @property
    def places(self) -> int:
        """M, the numbers of a map."""
        return int(self.maps[0].size)

    @property
    def products(self) -> NDArray[np.float32]:
        """(H, W): what each place adds."""
        product: NDArray[np.float32] = self.maps[0] * self.maps[1]
        return product

    def largest(self, count: int) -> list[tuple[float, float]]:
        """The two factors of the greatest products, the greatest first."""
        first, second = self.maps.reshape(2, -1)
        order = (-(first * second)).argsort(kind="stable")[:count]
        return [(float(first[place]), float(second[place])) for place in order]
