"""Fuzzing: inputs that nobody would write, and what the project promises of every one of them.

``make fuzz SECONDS=600`` runs every target of `targets.TARGETS` in turn. An input is built as a
valid one and then spoilt (`spoiling`); `promises.hold` judges what it does. What breaks a promise
is made small by Hypothesis and written to ``_build/fuzz``. Once mended, it becomes a case in
``tests/test_fuzz.py``.
"""
