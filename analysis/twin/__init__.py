"""The synthetic twin of the paper's data."""
