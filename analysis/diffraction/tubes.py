"""The wavelengths of X-ray tubes."""

from typing import NamedTuple

# A wavelength is a tube's within this part.
NEAR = 1e-3


class Tube(NamedTuple):
    """An anode and the wavelengths of its K-alpha doublet, pm."""

    anode: str
    first: float
    second: float

    @property
    def ratio(self) -> float:
        """Second wavelength over the first."""
        return self.second / self.first

    @property
    def mean(self) -> float:
        """Of lines in which both merge: the first counts twice, as it is twice as intense."""
        return (2 * self.first + self.second) / 3

    def emits(self, wavelength: float) -> bool:
        """Tell whether a wavelength is K-alpha 1, or the doublet's mean, of this anode."""
        return self.first * (1 - NEAR) < wavelength < self.second * (1 + NEAR)


# R. D. Deslattes et al., Rev. Mod. Phys. 75, 35 (2003).
TUBES = (
    Tube("Cr", 228.973, 229.365),
    Tube("Fe", 193.604, 193.998),
    Tube("Co", 178.900, 179.284),
    Tube("Cu", 154.059, 154.443),
    Tube("Mo", 70.9317, 71.3607),
    Tube("Ag", 55.9422, 56.3813),
)
