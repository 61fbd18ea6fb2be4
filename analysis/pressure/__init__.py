"""Quantities against pressure: series, means, compression."""
