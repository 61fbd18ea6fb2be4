"""Least squares, uncertainty, means and scatter: statistics that know no physics."""
