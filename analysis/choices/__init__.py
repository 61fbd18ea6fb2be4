"""How results depend on choices: the multiverse, profiles, impacts, the design of a run."""
