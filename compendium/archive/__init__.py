"""What a repository with DOI keeps of the book, in a form that others can check: `make archive`."""
