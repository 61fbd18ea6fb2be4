"""Crystals: cells and space groups, indexing, lattice constants."""
