"""Lines: shapes, search, fit, and whether one line is two."""
