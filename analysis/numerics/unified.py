"""The interval of a quantity that cannot be negative: a limit and a value in one."""

from scipy import optimize, special

from analysis.numerics.uncertainty import student

# Beyond so many errors from the bound the interval is the usual one.
_FAR = 40.0


def bounded_interval(
    value: float, error: float, *, level: float = 0.95, dof: float = 1e9
) -> tuple[float, float]:
    """Return the unified confidence interval of a quantity that cannot be below 0.

    Parameters
    ----------
    value, error : float
        Estimate, which may lie below 0, and its standard error, above 0.
    level : float
        Coverage.
    dof : float
        Degrees of freedom that the error rests on: it is widened to Student's.

    Returns
    -------
    (low, high) : floats
        low is 0 where 0 is among the values that the estimate allows.

    Notes
    -----
    G. J. Feldman and R. D. Cousins, Phys. Rev. D 57, 3873 (1998), section IV.B. For each
    true mu (in errors) the estimates x from x_1 to x_2 are accepted that hold `level` of all
    and have the largest ratios of likelihoods, P(x | mu) / P(x | max(x, 0)). Equal ratios at
    both ends mean, with x_2 = mu + d, that x_1 = mu - d where that is not below 0, else
    x_1 = (mu^2 - d^2)/(2 mu). The interval holds the mu that accept x.

    Examples
    --------
    >>> [round(end, 2) for end in bounded_interval(0.0, 1.0)]
    [0.0, 1.96]
    >>> [round(end, 2) for end in bounded_interval(5.0, 1.0)]
    [3.04, 6.96]
    """
    two_sided = student(level, 1e9)
    one_sided = student(level, 1e9, one_sided=True)
    unit = error * student(level, dof) / two_sided
    x = value / unit

    def reach(mu: float) -> float:
        """Return d, by which the highest accepted estimate exceeds mu."""
        if mu >= two_sided:
            return two_sided

        def missing(d: float) -> float:
            below = special.ndtr(-(mu * mu + d * d) / (2 * mu))
            return float(special.ndtr(d) - below - level)

        return (
            float(optimize.brentq(missing, one_sided - 1e-6, two_sided + 1e-6)) if mu else one_sided
        )

    def lowest(mu: float) -> float:
        d = reach(mu)
        return mu - d if mu >= d else (mu * mu - d * d) / (2 * mu)

    if x > _FAR:
        return value - two_sided * unit, value + two_sided * unit
    low = 0.0
    if x > one_sided:
        low = float(optimize.brentq(lambda mu: mu + reach(mu) - x, 0.0, x))
    # An estimate far below 0 leaves the tiniest interval, but never none.
    high = float(optimize.brentq(lambda mu: lowest(mu) - x, 1e-9, max(x, 0.0) + 3 * two_sided))
    return low * unit, high * unit
