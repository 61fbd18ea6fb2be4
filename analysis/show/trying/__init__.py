"""What the pages compute on which a reader drops a file."""
