"""Figures, tables and words; the live figures."""
