"""The posterior of one curve's parameters by sampling, beside the interval that is quoted."""

from typing import Any, NamedTuple

import emcee
import numpy as np

from analysis.errors import FitError
from analysis.numerics.progress import steps
from analysis.transport.fit import ResistanceFit
from analysis.typing import Floats

_WALKERS = 20
# A chain is long enough when it has so many autocorrelation times; the first few are left out.
ENOUGH, _BURN, _ROUND = 50, 5, 500


class Posterior(NamedTuple):
    """The posterior of the parameters of a law, for a flat prior.

    Attributes
    ----------
    what : str
        The curve.
    names, units : sequence of str
        Of the law's parameters; the first is what the law is fitted for.
    intervals, quoted : sequence of (float, float)
        Of each parameter, between the 2.5th and the 97.5th percentile, and the 95 % interval
        of the fit.
    length, walkers : int
        Steps of each walker.
    autocorrelation : float
        The longest autocorrelation time, in steps.
    """

    what: str
    names: list[str]
    units: list[str]
    intervals: list[list[float]]
    quoted: list[list[float]]
    length: int
    walkers: int
    autocorrelation: float

    @property
    def ratios(self) -> list[float]:
        """Width of each parameter's posterior interval over that of the quoted one."""
        return [
            float(np.ptp(a) / np.ptp(b)) for a, b in zip(self.intervals, self.quoted, strict=True)
        ]


def posterior(fit: ResistanceFit, *, seed: int = 1, longest: int = 6000) -> Posterior:
    """Return the posterior of the parameters of a fitted law.

    Parameters
    ----------
    fit : ResistanceFit
        Its points, weights and scatter count, widened where residuals repeat each other.
    seed : int
        Of the random numbers.
    longest : int
        Steps of each walker at most.

    Raises
    ------
    FitError
        If the law does not describe the points, or the chain is still too short then for its own
        autocorrelation time: the message holds both.

    Notes
    -----
    The prior is flat in the parameters as they are named, G = 1/R_sat of either sign, as in the
    fit. The scatter is not known either: integrated over its logarithm, N' effective points, of
    which the fit spends P, leave (sum of squares)^(-N'/2). The walkers move in the solver's
    parameters, which trade against each other along straighter valleys, with the determinant
    that this takes. Moves by differential evolution, C. J. F. ter Braak, Stat. Comput. 16, 239
    (2006), by emcee. A chain counts that has 50 of its autocorrelation times.
    """
    if not (fit.errors_known and fit.misfit.described):
        raise FitError(
            f"{fit.curve.name}: {fit.law.title} does not describe the points, or their errors are "
            "not known: a posterior of such a fit has no meaning"
        )
    minimum, law, solved = fit.minimum, fit.law, fit.kept
    model, measured = fit.model_at(fit.part.temperature), fit.part.resistance / solved.scale
    free = np.flatnonzero(minimum.free)
    points = minimum.dof + free.size

    def parameters(z: Floats) -> Floats:
        p = minimum.parameters.copy()
        p[free] = z
        return p

    def log_density(z: Floats) -> float:
        p = parameters(z)
        if not law.possible(p) or not law.reach[0] < p[0] < law.reach[1]:
            return -np.inf
        left = (measured - model.value(p)) * solved.weights
        _, volume = np.linalg.slogdet(law.physical(p, solved.t_one)[1][np.ix_(free, free)])
        return float(volume - points / 2 * np.log(left @ left))

    random = np.random.RandomState(seed)
    errors = np.sqrt(np.diag(minimum.covariance))[free]
    start = minimum.parameters[free] + 0.1 * errors * random.standard_normal((_WALKERS, free.size))
    sampler = emcee.EnsembleSampler(_WALKERS, free.size, log_density, moves=emcee.moves.DEMove())
    sampler.random_state = random.get_state()
    state: Any = start
    for _ in steps(range(longest // _ROUND), "samples"):
        state = sampler.run_mcmc(state, _ROUND)
        tau = float(np.max(sampler.get_autocorr_time(tol=0)))
        if sampler.iteration > ENOUGH * tau:
            break
    else:
        raise FitError(
            f"{fit.curve.name}: {sampler.iteration} steps are {sampler.iteration / tau:.0f} "
            f"autocorrelation times of {tau:.0f} steps; {ENOUGH} are needed: no posterior"
        )
    chain = sampler.get_chain(discard=int(_BURN * tau), thin=2, flat=True)
    rows = [law.values(parameters(z), solved.scale, solved.t_one)[0] for z in chain]
    return Posterior(
        fit.curve.name,
        list(law.names),
        [parameter.unit_for(fit.curve.unit) for parameter in law.parameters],
        np.percentile(rows, [2.5, 97.5], axis=0).T.tolist(),
        [list(fit.interval(name)) for name in law.names],
        int(sampler.iteration),
        _WALKERS,
        tau,
    )
