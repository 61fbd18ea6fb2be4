"""``python -m analysis.twin``: write the synthetic sets into the checkout's data package."""

from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.twin.curves import write

write(OWN_PACKAGE.parent)
