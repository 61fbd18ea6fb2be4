"""The laws as lmfit models, to compose with other models and to use its confidence intervals.

Nothing else here imports lmfit.
"""
