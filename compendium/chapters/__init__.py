"""What chapters and sheets import: words, verdicts and tables of the book.

A change here executes them again; the rest of `compendium` only makes pages of what they found.
"""

# The environment variable that names the table of what the studies found.
STUDIES = "COMPENDIUM_STUDIES"
# The one that names the file in which a build keeps the roles of the data sets.
ROLES = "COMPENDIUM_ROLES"
# The folder of the results that jobs of their own have made, and a digest of the code that counts.
LONG_RESULTS = "COMPENDIUM_LONG_RESULTS"
CODE_DIGEST = "COMPENDIUM_CODE"
