"""The data package: what data there are, and loading them."""
