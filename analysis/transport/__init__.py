"""R(T): the law (eq. 1), its fit, the transition (eqs. 5-6), the coupling constant (eqs. 2-4).

The room is not called `resistance` because the package has a public function of that name.
"""

DEFAULT_LAW = "bloch-gruneisen"
