"""What chapters and sheets import: words, verdicts and tables of the book.

A change here executes them again; the rest of `compendium` only makes pages of what they found.
"""
