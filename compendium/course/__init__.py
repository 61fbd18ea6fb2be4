"""The hand-outs of the course, from the same sources as the book: `make course`."""
