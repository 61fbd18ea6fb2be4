"""The package's own functions in the browser: modules of Python as one script of JavaScript."""
