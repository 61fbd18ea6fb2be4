"""Vector figures of a PDF or SVG file: their paths and letters, panels, axes, and curves."""
