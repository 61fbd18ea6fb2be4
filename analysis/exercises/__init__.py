"""Exercises of the course, their checks, and data sets of one's own for each student."""

from analysis.exercises.checking import check

__all__ = ["check"]
