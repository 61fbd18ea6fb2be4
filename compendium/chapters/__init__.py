"""What chapters and sheets import: words, verdicts and tables of the book.

A change here executes them again; the rest of `compendium` only makes pages of what they found.
"""

# The environment variable that names the table of what the studies found.
STUDIES = "COMPENDIUM_STUDIES"
