"""Breadths: the law (eqs. 7-8), its fit, the instrument."""
