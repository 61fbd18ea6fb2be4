"""From files to curves and patterns."""
