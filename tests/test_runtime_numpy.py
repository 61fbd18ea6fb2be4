"""The published pages' numpy gives what numpy gives: values, shapes, true and false, refusals."""

import math

import numpy as np
import pytest
from browser_python import alike, both, in_browser, listed, module_of

# What the cases name: seeded arrays, written out so that both sides start from the same digits.
RANDOM = np.random.default_rng(20)
GIVEN = {
    "x": RANDOM.normal(size=9),
    "y": RANDOM.normal(size=9),
    "up": np.sort(RANDOM.uniform(0, 10, 12)),
    "values": RANDOM.normal(size=12),
    "ties": RANDOM.integers(0, 4, 11).astype(float),
    "gaps": np.array([3.0, math.nan, -1.0, math.inf, 0.0, math.nan, -math.inf]),
    "m": RANDOM.normal(size=(3, 4)),
    "tall": RANDOM.normal(size=(6, 3)),
    "s": RANDOM.normal(size=(3, 3)),
    "cube": RANDOM.normal(size=(2, 3, 4)),
    "stack": RANDOM.normal(size=(4, 3, 3)),
}
FIRST = "import numpy as np\nnan, inf = np.nan, np.inf\n" + "".join(
    f"{name} = np.array({array.tolist()})\n" for name, array in GIVEN.items()
)

CASES = listed("""
# arithmetic and broadcasting
x + y
x - 2
2 - x
x * y
1 / x
x / 0
-x / 0.0
np.zeros(3) / 0
x ** 2
np.abs(x) ** 0.5
np.abs(x) ** y
2.0 ** x
x // 0.3
x % 0.7
x % -0.7
-x
+x
abs(x)
m + m[0]
m * m[:, :1]
m[:, None] - m[None]
x[:, None] * y
m.T + x[:3]
np.arange(4) / 2
np.arange(5) // 2
np.arange(5) - 2
x + np.ones(4)
[1.0, 2.0, 3.0] * x[:3]
x[:3] * [1.0, 2.0, 3.0]
(x > 0) * y
(x > 0) & (y > 0)
(x[:3] > 0) & [True, False, True]
[True, False, True] | (x[:3] > 0)
(x > 0) | (y > 0)
(x > 0) ^ (y > 0)
~(x > 0)
x < y
x <= 0
0 > x
x >= y
ties == 2
ties != 2
gaps < 1
gaps == gaps.copy()
gaps != gaps.copy()
x == None
np.array([True, False]) == np.array([True, True])
np.array([True, False]) == True
# indices
x[3]
x[-2]
x[2:5]
x[:-1]
x[::-1]
x[::3]
x[7:2:-2]
x[5:2]
x[20:]
x[-3:]
x[:, None]
x[None]
x[...]
x[..., None]
x[x > 0]
x[~(x > 0)]
x[x > 99]
x[[0, 2, 2, -1]]
x[np.array([[0, 1], [2, 3]])]
x[np.argsort(y)]
x[9]
x[-10]
x[[0, 9]]
x[1, 2]
m[1]
m[-1, 2]
m[:, 2]
m[1:, ::2]
m[::-1]
m[:, ::-1]
m[..., 0]
m[..., None].shape
m[:, [0, 2]]
m[[2, 0]]
m[[0, 1], [1, 3]]
m[np.array([True, False, True])]
m[:, np.array([True, False, True, False])]
m[m > 0]
m[np.ix_([0, 2], [1, 3])]
m[np.ix_(np.array([True, False, True]), np.array([False, True, True, False]))]
m[[0, 2], 1:3]
m[1:3, [0, 2]]
cube[1]
cube[:, 1]
cube[..., 1]
cube[0, ..., 2]
cube[:, [0, 2], 1]
cube[[0, 1], :, [1, 2]]
cube[:, None, 1:, ::-1]
x[np.array([], dtype=int)]
m[:, 9]
# kinds and shapes
np.array([1, 2]).tolist()
np.array([True, False]).astype(int)
np.array([0.0, 2.0]).astype(bool)
np.array([1.7, -1.7]).astype(int)
np.asarray([[1, 2], [3, 4]], dtype=float)
np.array([[1, 2], [3]])
np.array([x[:2], x[2:4]])
np.array([])
np.array([["a", "b"]], dtype=object)
np.array(3.5).ndim
np.float64(3)
m.T
cube.T
cube.transpose(1, 0, 2)
m.shape
m.size
m.ndim
len(m)
m.ravel()
m.reshape(2, 6)
m.reshape(-1)
m.reshape((4, -1))
m.reshape(5, 2)
m[:1].squeeze()
list(x)
[row.sum() for row in m]
np.shape(m)
np.ndim(2.0)
np.atleast_1d(3.0)
np.atleast_2d(x)
np.broadcast_to(x[:4], (3, 4))
np.broadcast_to(x[:3], (3, 4))
np.broadcast_arrays(x[:4], m[:, :1])
np.broadcast_shapes((3, 1), (4,))
np.zeros((2, 3))
np.ones(3, dtype=bool)
np.full(3, nan)
np.full((2, 2), 7.0)
np.zeros_like(m)
np.ones_like(x, dtype=bool)
np.full_like(x, inf)
np.arange(5)
np.arange(2, 9, 3)
np.arange(0.0, 1.0, 0.3)
np.arange(5, 0, -2)
np.linspace(0, 1, 7)
np.linspace(2.0, -1.0, 5)
np.linspace(0, 1, 4, endpoint=False)
np.linspace(3, 4, 1)
np.geomspace(0.08, 8.0, 32)
np.eye(3)
np.diag(x[:3])
np.diag(s)
np.diagonal(stack, axis1=1, axis2=2)
np.indices((2, 3))
np.concatenate([x, y])
np.concatenate([m, m], axis=1)
np.append(x, 3.0)
np.append(x, [1.0, 2.0])
np.stack([x, y])
np.stack([x, y], axis=1)
np.stack([x, y], axis=-1)
np.vstack([x, y])
np.hstack([x, y])
np.column_stack([x, y])
np.r_[0.0, x, 1.0]
np.r_[False, x > 0, False]
np.r_[x > 0, True]
np.r_[:3, 7]
np.split(x, [2, 5])
np.split(x, 3)
np.split(x, 4)
np.hsplit(m, [1])
np.array_split(x, 4)
np.array_split(np.arange(3), 5)
np.tile(x[:3], 2)
np.tile(x[:3], (2, 1))
np.repeat(x[:3], 2)
np.repeat(x[:3], [0, 2, 1])
np.delete(x, 2)
np.delete(x, [0, -1])
np.pad(x, 1)
np.pad(x, 1, "edge")
np.pad(x, 1, constant_values=inf)
np.pad(x, (0, 2))
np.outer(x[:3], y[:2])
np.cross(x[:3], y[:3])
np.unravel_index(7, (3, 4))
np.vander(x[:4])
np.vander(x[:4], 2, increasing=True)
# functions of each value
np.sqrt(np.abs(x))
np.exp(x)
np.exp(2.0)
np.exp(1000.0)
np.log(up)
np.log(0.0)
np.log10(up)
np.log1p(up)
np.expm1(x)
np.sin(x)
np.cos(x)
np.tan(x)
np.arcsin(x / 9)
np.arcsin(2.0)
np.sinh(x)
np.tanh(x)
np.radians(x)
np.degrees(x)
np.floor(x)
np.ceil(x)
np.sign(gaps)
np.round(x, 2)
np.round([0.5, 1.5, 2.5, -0.5])
x.round(3)
np.abs(gaps)
np.isfinite(gaps)
np.isnan(gaps)
np.isinf(gaps)
np.isfinite(3.0)
np.nan_to_num(gaps)
np.nan_to_num(gaps, nan=5.0)
np.nan_to_num(gaps, posinf=1.0, neginf=-2.0)
np.hypot(x, y)
np.maximum(x, y)
np.maximum(x, 0)
np.maximum(gaps, 0)
np.maximum(0, gaps)
np.minimum(x, y)
np.minimum(gaps, 1)
np.maximum(2, 3)
np.clip(x, -0.5, 0.5)
np.clip(gaps, 0, None)
x.clip(0, 1)
np.where(x > 0, x, y)
np.where(x > 0, 1, 0)
np.where(m > 0, m, x[:4])
np.where(x > 0)[0]
np.where(True, 1.0, 2.0)
np.copysign(x, y)
np.copysign(1.0, -0.0)
np.logaddexp(x, y)
np.logaddexp(-inf, -inf)
np.logaddexp(inf, 1.0)
np.nextafter(1.0, inf)
np.nextafter(1.0, -inf)
np.nextafter(-1.0, inf)
np.nextafter(0.0, -inf)
np.nextafter(inf, inf)
np.vectorize(lambda v: v + 1, otypes=[object])(x).tolist()
# what arrays come to
x.sum()
m.sum(axis=0)
m.sum(axis=1)
m.sum(axis=-1)
m.sum(axis=1, keepdims=True)
cube.sum(axis=(1, 2))
cube.sum(axis=1)
(x > 0).sum()
(m > 0).sum(axis=0)
np.array([]).sum()
np.mean(m)
m.mean(axis=0)
x.mean()
np.mean(x > 0)
np.std(x)
np.std(x, ddof=1)
m.std(axis=1, ddof=1)
np.var(m, axis=0)
x.min()
m.max(axis=1)
np.max(m, axis=0)
gaps.max()
gaps[:2].min()
np.array([nan, 1.0]).max()
np.array([nan, 1.0]).argmax()
np.array([]).max()
np.array([]).argmin()
np.nanmin(gaps)
np.nanmax(gaps)
np.ptp(x)
np.ptp(m, axis=0)
np.argmin(x)
x.argmax()
m.argmax()
m.argmax(axis=1)
(x > 0).argmax()
ties.argmax()
(x > 0).any()
(x > 9).any()
(m > 0).all(axis=0)
(m > 0).any(axis=1)
np.all(np.array([]) > 0)
np.count_nonzero(x > 0)
np.count_nonzero(ties)
np.median(x)
np.median(up)
np.median(m, axis=1)
np.median(gaps)
np.quantile(x, 0.9)
np.quantile(x, (0.05, 0.5, 0.95))
np.quantile(x, [0.0, 1.0])
np.quantile(m, 0.3, axis=1)
np.quantile(gaps, 0.5)
np.average(x)
np.average(x, weights=y**2)
np.average(m, axis=0)
np.corrcoef(x, y)
np.cumsum(x)
m.cumsum(axis=1)
np.cumsum(m)
np.cumsum(x > 0)
np.cumprod(x)
np.diff(x)
np.diff(x, 2)
np.diff(m)
np.diff(m, axis=0)
np.diff(x > 0)
np.diff(x[:1])
np.gradient(x)
np.gradient(values, up)
np.gradient(up, 0.5)
np.interp(x, up, values)
np.interp(4.2, up, values)
np.interp([-1.0, 99.0], up, values, left=nan, right=0.0)
np.add.reduceat(values, [0, 3, 7])
np.add.reduceat(values, [0, 3, 3, 7])
np.add.reduceat(m, [0, 2], axis=1)
np.maximum.accumulate(x)
np.minimum.accumulate(x[::-1])[::-1]
np.logical_or.reduce([x > 0, y > 0])
# order
np.sort(x)
np.sort(gaps)
np.sort(m, axis=0)
np.sort(m)
np.argsort(ties, kind="stable")
np.argsort(gaps, kind="stable")
np.argsort(m, axis=1)
(-ties).argsort(kind="stable")
np.lexsort((values[:11], ties))
np.lexsort((ties, values[:11]))
np.searchsorted(up, [0.0, 3.0, 99.0])
np.searchsorted(up, up)
np.searchsorted(up, up, side="right")
np.searchsorted(up, 5.0)
np.searchsorted(up, nan)
up.searchsorted([2.0], "right")
np.unique(ties)
np.unique(ties, return_index=True)
np.unique(ties, return_inverse=True, return_counts=True)
np.unique(ties, return_counts=True)
np.unique(gaps)
np.unique([[1, 0], [1, 0], [0, 2]], axis=0)
np.unique([[1, 0, 1], [2, 1, 2]], axis=1)
np.flatnonzero(x > 0)
np.flatnonzero(m > 0)
np.bincount([0, 2, 2, 5])
np.bincount([0, 2, 2], [1.5, 2.0, 3.0])
np.bincount([0, 1], minlength=4)
np.isin(ties, [0, 3])
np.allclose(x, x + 1e-12)
np.allclose(gaps, gaps)
np.isclose(inf, inf)
np.array_equal(x, y)
np.array_equal(x, x.copy())
np.array_equal(x, x[:3])
# matrices
m @ m.T
m @ x[:4]
x[:3] @ m
x @ y
stack @ x[:3]
stack @ stack
stack @ stack.transpose(0, 2, 1)
m @ m
x.dot(y)
np.einsum("mn,mn->m", m, m)
np.einsum("pn,pq,qn->n", tall.T, s, tall.T)
np.einsum("ri,oij->roj", tall, stack)
np.einsum("ii->", s)
np.linalg.norm(x)
np.linalg.norm(m)
np.linalg.norm(m, axis=1)
np.linalg.norm(m, axis=0, keepdims=True)
np.linalg.solve(s, x[:3])
np.linalg.solve(s, tall[:3])
np.linalg.solve(stack, tall[:3])
np.linalg.solve(stack, tall[:4, :, None])
np.linalg.solve(s, stack[:, :3, :2])
np.linalg.solve(np.zeros((2, 2)), np.ones(2))
np.linalg.solve(m, np.ones(3))
np.linalg.inv(s)
np.linalg.inv(stack)
np.linalg.inv(np.zeros((2, 2)))
np.linalg.det(s)
np.linalg.qr(tall)
np.linalg.qr(m)
np.linalg.qr(np.stack([tall, 2 * tall]))
np.linalg.cholesky(s @ s.T)
np.linalg.cholesky(stack @ stack.transpose(0, 2, 1))
np.linalg.cholesky(-np.eye(2))
np.linalg.eigh(s + s.T)[0]
np.abs(np.linalg.eigh(s + s.T)[1])
np.linalg.svd(tall, full_matrices=False)[1]
np.abs(np.linalg.svd(tall, full_matrices=False)[2])
np.abs(np.linalg.svd(tall[:2], full_matrices=True)[2])
np.abs(np.linalg.svd(tall[:2], full_matrices=False)[2])
np.linalg.lstsq(tall, x[:6], rcond=None)[0]
np.linalg.lstsq(m, x[:3], rcond=None)[0]
np.linalg.lstsq(tall, x[:6], rcond=None)[2]
np.polyfit(up, values, 1)
np.polyfit(up, values, 3)
np.polyval([1.0, 2.0, 3.0], x)
np.polyval(np.array([1.0, 2.0]), 4.0)
np.polynomial.Polynomial.fit(up, values, 2)(up)
np.polynomial.legendre.leggauss(20)
np.abs(np.fft.rfft(x, 16))
np.abs(np.fft.rfft(x))
np.fft.irfft(np.abs(np.fft.rfft(x, 24)) ** 2)
# the rest
x.tolist()
m.tolist()
x.copy() is x
x.tobytes() == x.copy().tobytes()
bool(np.array([2.0]))
bool(x)
3.0 in ties
np.finfo(float).eps
np.finfo(float).tiny
np.ma.is_masked(x)
np.iscomplexobj(x)
isinstance(x, np.ndarray)
isinstance(3.0, np.ndarray)
x.item(2)
np.array([4.0]).item()
max(x)
sum(x)
sorted(x)
""")  # fmt: skip

# What is written into a, an array of 6, or g, one of 3 rows of 4; both are compared.
WRITTEN = listed("""
a[2] = 9.0
a[-1] = 9
a[1:3] = 0.0
a[::2] = [7.0, 8.0, 9.0]
a[::-1] = np.arange(6.0)
a[a > 2] = nan
a[a > 2] = a[a > 2] * 10
a[[0, 5]] = [5.0, 6.0]
a[a > 2] += 1
a[[1, 1]] += 1
a[2:] -= a[:-2].copy()
a[...] = 4
a[:] = 1.5
a[6] = 1.0
a[:3] = [1.0, 2.0]
g[1] = 5.0
g[:, 2] = [1.0, 2.0, 3.0]
g[1, 2] = 9.0
g[g > 5] = 0.0
g[[0, 2]] = 1.0
g[np.ix_([0, 2], [1, 3])] = np.array([[1.0, 2.0], [3.0, 4.0]])
g[:, 0] *= 10
g[0] += g[1]
g[..., -1] = 8.0
g += 1
g *= np.arange(4.0)
g -= np.arange(3.0)[:, None]
a /= 2
a **= 2
a.sort()
a.fill(3.0)
""")  # fmt: skip

WRITES = "".join(
    f"def written_{i}():\n"
    "    a, g = np.linspace(5, 0, 6), np.linspace(0, 11, 12).reshape(3, 4)\n"
    f"    {statement}\n    return [a, g]\n"
    for i, statement in enumerate(WRITTEN)
)


@pytest.fixture(scope="module")
def results(node):
    """Of each case what the browser's numpy gives, and what numpy gives."""
    cases = [*CASES, *(f"written_{i}()" for i in range(len(WRITTEN)))]
    return both([*CASES, *WRITTEN], module_of(cases, FIRST + WRITES), node)


# numpy knows these; a wrong number would be worse than none.
REFUSED = [
    "np.linalg.norm(x, 1)",
    "np.average(m, axis=1, weights=x[:4])",
]


@pytest.mark.parametrize("case", REFUSED)
def test_an_option_that_it_does_not_know_is_refused(case, node):
    assert in_browser(module_of([case], FIRST), node) == [["refused", "NotImplementedError"]]


@pytest.mark.parametrize("case", [*CASES, *WRITTEN])
def test_it_gives_what_numpy_gives(case, results):
    found, expected = results[case]
    assert alike(found, expected), f"{found} is not {expected}"
