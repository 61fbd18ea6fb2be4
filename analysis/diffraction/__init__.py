"""Patterns, their lines, the crystals they belong to, and the strain (eqs. 7-8)."""
