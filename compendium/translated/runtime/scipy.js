// What the translated modules use of scipy: special functions, roots, minima and filters.
import { tuple, Dict, error, parameters, call } from "./python.js";
import { NDArray } from "./numpy.js";

const SP_EPSILON = 2 ** -52;
const SP_LEAST = 2 ** -1022;

// The arguments by name. What scipy's function would take but this one does not know is refused:
// the result would be another.
function sp_given(given, names, defaults = {}) {
  const found = parameters(given, names, defaults);
  for (const name in found)
    if (!(name in defaults) && !names.includes(name))
      throw error("TypeError", `got an unexpected keyword argument '${name}'`);
  return found;
}

// --- arrays -----------------------------------------------------------------------------------

const sp_array = (values, dims = [values.length], dtype = "float") =>
  new NDArray(new Float64Array(values), dims, dtype);
const sp_isarray = (x) => x instanceof NDArray || Array.isArray(x);
const sp_values = (x) =>
  x instanceof NDArray ? x.data : Array.isArray(x) ? x.map(Number) : [Number(x)];
const sp_dims = (x) => (x instanceof NDArray ? x.dims : Array.isArray(x) ? [x.length] : []);

function sp_broadcast(all) {
  const rank = Math.max(...all.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = all.map((dims) => dims[axis - rank + dims.length] ?? 1);
    const size = sizes.find((one) => one !== 1) ?? 1;
    if (sizes.some((one) => one !== 1 && one !== size))
      throw error("ValueError", "operands could not be broadcast together");
    return size;
  });
}

// For each element of an array of shape `whole`, its place in one of shape `dims`.
function sp_places(dims, whole) {
  let places = [0];
  let stride = dims.reduce((product, size) => product * size, 1);
  whole.forEach((size, axis) => {
    const own = dims[axis - whole.length + dims.length] ?? 1;
    stride /= own;
    const step = own === 1 ? 0 : stride;
    places = places.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * step));
  });
  return places;
}

// A function of numbers as one of numbers and arrays, element by element.
function sp_ufunc(f) {
  return (...given) => {
    if (!given.some(sp_isarray)) return f(...given.map(Number));
    const all = given.map(sp_dims), whole = sp_broadcast(all);
    const total = whole.reduce((product, size) => product * size, 1);
    const read = given.map((one, k) => {
      const values = sp_values(one);
      if (values.length === total) return (i) => values[i];
      if (values.length === 1) return () => values[0];
      const places = sp_places(all[k], whole);
      return (i) => values[places[i]];
    });
    const found = new Float64Array(total);
    if (read.length === 1) for (let i = 0; i < total; i++) found[i] = f(read[0](i));
    else for (let i = 0; i < total; i++) found[i] = f(...read.map((one) => one(i)));
    return new NDArray(found, whole, "float");
  };
}

// --- gamma, and what is built on it -----------------------------------------------------------

// By how much ln Gamma(z) exceeds (z - 1/2) ln z - z + ln(2 pi)/2: Stirling's series.
const SP_STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
function sp_stirling(z) {
  let below = 0;
  for (; z < 16; z++) below += (z + 0.5) * Math.log1p(1 / z) - 1;
  const square = 1 / (z * z);
  return below + SP_STIRLING.reduceRight((sum, one) => sum * square + one, 0) / z;
}

// x ln(x/mean) + mean - x, without cancellation where both are close.
function sp_deviance(x, mean) {
  if (x === 0) return mean;
  const ratio = (x - mean) / (x + mean);
  if (Math.abs(ratio) > 0.1) return x * Math.log(x / mean) + mean - x;
  let term = 2 * x * ratio, sum = (x - mean) * ratio;
  for (let j = 3; ; j += 2) {
    term *= ratio * ratio;
    const more = sum + term / j;
    if (more === sum) return sum;
    sum = more;
  }
}

function sp_gamma(x) {
  if (Number.isInteger(x) && x > 0 && x < 171) {
    let product = 1;
    for (let k = 2; k < x; k++) product *= k;
    return product;
  }
  if (x === 0) return 1 / x;
  if (x < 0) return Number.isInteger(x) ? NaN : Math.PI / (Math.sin(Math.PI * x) * sp_gamma(1 - x));
  let product = 1;
  for (; x < 16; x++) product *= x;
  const half = x ** (x / 2 - 0.25); // twice, as the power itself would overflow first
  return (Math.sqrt(2 * Math.PI) * half * Math.exp(-x) * half * Math.exp(sp_stirling(x))) / product;
}

// A continued fraction b0 + a1/(b1 + a2/(b2 + ...)) by Lentz's way; step(k) returns [ak, bk].
function sp_fraction(b0, step) {
  let value = b0 || 1e-300, c = value, d = 0;
  for (let k = 1; k < 100000; k++) {
    const [a, b] = step(k);
    d = 1 / (b + a * d || 1e-300);
    c = b + a / c || 1e-300;
    value *= c * d;
    if (Math.abs(c * d - 1) < SP_EPSILON) break;
  }
  return value;
}

// The upper part of the gamma function over the whole, Q(a, x).
function sp_gammaincc(a, x) {
  if (!(a > 0 && x >= 0)) return a === 0 && x > 0 ? 0 : NaN;
  if (x === 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(-sp_deviance(a, x) - sp_stirling(a)) / Math.sqrt(2 * Math.PI * a);
  if (x < a + 1) {
    let term = 1, sum = 1;
    for (let k = 1; term > sum * SP_EPSILON / 4; k++) sum += term *= x / (a + k);
    return 1 - front * sum;
  }
  return (front * a) / sp_fraction(x + 1 - a, (k) => [k * (a - k), x + 2 * k + 1 - a]);
}

const sp_erfc = (x) => (x < 0 ? 2 - sp_erfc(-x) : sp_gammaincc(0.5, x * x));

// exp(x^2) erfc(x).
function sp_erfcx(x) {
  if (x < 2) return Math.exp(x * x) * sp_erfc(x);
  return x / Math.sqrt(Math.PI) /
    sp_fraction(x * x + 0.5, (k) => [k * (0.5 - k), x * x + 2 * k + 0.5]);
}

const sp_ndtr = (x) => sp_erfc(-x / Math.SQRT2) / 2;

// I_x(a, b), the lower part of the beta function over the whole; y = 1 - x, given apart because
// it may be tiny.
function sp_betainc(a, b, x, y) {
  if (Number.isNaN(a + b + x)) return NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - sp_betainc(b, a, y, x);
  const n = a + b;
  const power = sp_stirling(n) - sp_stirling(a) - sp_stirling(b)
    - sp_deviance(a, n * x) - sp_deviance(b, n * y);
  const front = Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(power);
  const step = (k) => {
    const m = k >> 1;
    return k & 1
      ? [(-(a + m) * (n + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)), 1]
      : [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), 1];
  };
  return front / (a * sp_fraction(1, step));
}

// --- distributions ----------------------------------------------------------------------------

const sp_chdtrc = (dof, x) => (x < 0 ? 1 : sp_gammaincc(dof / 2, x / 2));

function sp_fdtr(a, b, x, upper) {
  if (!(a > 0 && b > 0 && x >= 0)) return NaN;
  const whole = b + a * x, part = x === Infinity ? 1 : (a * x) / whole;
  return upper
    ? sp_betainc(b / 2, a / 2, b / whole, part)
    : sp_betainc(a / 2, b / 2, part, b / whole);
}

// Of Student's t >= 0, what lies above.
function sp_student_tail(dof, t) {
  if (dof === Infinity) return sp_ndtr(-t);
  const whole = dof + t * t;
  return sp_betainc(dof / 2, 0.5, dof / whole, (t * t) / whole) / 2;
}

function sp_stdtr(dof, t) {
  if (!(dof > 0) || Number.isNaN(t)) return NaN;
  return t > 0 ? 1 - sp_student_tail(dof, t) : sp_student_tail(dof, -t);
}

// The x > 0 where a share that falls or rises steadily with x is `wanted`.
function sp_quantile(share, wanted) {
  const missing = (u) => Math.log(share(Math.exp(u))) - Math.log(wanted);
  const sign = Math.sign(missing(1) - missing(-1)) || 1;
  let low = -1, high = 1;
  while (sign * missing(low) > 0 && low > -700) low *= 2;
  while (sign * missing(high) < 0 && high < 700) high *= 2;
  return Math.exp(sp_brent(missing, low, high, 1e-16, 4 * SP_EPSILON, 200));
}

function sp_stdtrit(dof, p) {
  if (!(dof > 0 && p >= 0 && p <= 1)) return NaN;
  const tail = Math.min(p, 1 - p), sign = p < 0.5 ? -1 : 1;
  if (tail === 0.5) return 0;
  if (tail === 0) return sign * Infinity;
  return sign * sp_quantile((t) => sp_student_tail(dof, t), tail);
}

function sp_fdtri(a, b, p) {
  if (!(a > 0 && b > 0 && p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p / (1 - p);
  const upper = p > 0.5; // the smaller part is known to more digits
  return sp_quantile((x) => sp_fdtr(a, b, x, upper), upper ? 1 - p : p);
}

// The chance of more than k successes among n.
function sp_bdtrc(k, n, p) {
  const most = Math.floor(k);
  if (!(p >= 0 && p <= 1) || n < most) return NaN;
  if (most < 0) return 1;
  if (most === n) return 0;
  if (most === 0) return -Math.expm1(n * Math.log1p(-p));
  return sp_betainc(most + 1, n - most, p, 1 - p);
}

// --- Bessel, zeta, quadrature -----------------------------------------------------------------

// exp(-x) I_order(x) for x >= 0: the series of powers, and far out that of inverse powers.
function sp_bessel(order, x) {
  if (Number.isNaN(x)) return NaN;
  if (x < 20) {
    const square = (x * x) / 4;
    let term = order ? x / 2 : 1, sum = term;
    for (let k = 1; term > sum * 1e-17; k++) sum += term *= square / (k * (k + order));
    return sum * Math.exp(-x);
  }
  let term = 1, sum = 1;
  for (let k = 1; Math.abs(term) > 1e-17 && k < 40; k++)
    sum += term *= ((2 * k - 1) ** 2 - 4 * order * order) / (8 * k * x);
  return sum / Math.sqrt(2 * Math.PI * x);
}

// Riemann's zeta for s > 1: ten terms, and the rest by Euler and Maclaurin.
const SP_BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
function sp_zeta(s) {
  if (!(s > 1)) return s === 1 ? Infinity : NaN;
  const n = 10;
  let rest = n ** (1 - s) / (s - 1) + n ** -s / 2, factor = (s * n ** (-s - 1)) / 2;
  SP_BERNOULLI.forEach((bernoulli, i) => {
    rest += bernoulli * factor;
    const k = 2 * i + 3;
    factor *= ((s + k - 2) * (s + k - 1)) / (k * (k + 1) * n * n);
  });
  let sum = 0;
  for (let k = n - 1; k > 0; k--) sum += k ** -s;
  return sum + rest;
}

// The recurrence of the orthonormal Jacobi polynomials: its diagonal and the squares beside it.
function sp_jacobi(n, alpha, beta) {
  const sum = alpha + beta, diagonal = [(beta - alpha) / (sum + 2)], beside = [0];
  for (let k = 1; k < n; k++) {
    const two = 2 * k + sum;
    diagonal.push(((beta - alpha) * sum) / (two * (two + 2)));
    const last = k === 1 ? 1 : (k + sum) / (two - 1);
    beside.push((4 * k * (k + alpha) * (k + beta) * last) / (two * two * (two + 1)));
  }
  return { diagonal, beside };
}

// How many zeros of the last polynomial lie below x, by the signs of Sturm's sequence.
function sp_below({ diagonal, beside }, x) {
  let count = 0, ratio = 1;
  diagonal.forEach((one, k) => {
    ratio = one - x - (k ? beside[k] / ratio : 0) || -1e-300;
    if (ratio < 0) count++;
  });
  return count;
}

function sp_node(recurrence, place) {
  let low = -1, high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high || high - low < 1e-18) return middle;
    if (sp_below(recurrence, middle) > place) high = middle;
    else low = middle;
  }
}

// Gauss's nodes and weights for (1 - z)^alpha (1 + z)^beta between -1 and 1.
function sp_roots_jacobi(n, alpha, beta) {
  const recurrence = sp_jacobi(n, alpha, beta), { diagonal, beside } = recurrence;
  const nodes = Array.from({ length: n }, (_, place) => sp_node(recurrence, place));
  const weights = nodes.map((z) => {
    let before = 0, now = 1, sum = 1;
    for (let k = 1; k < n; k++) {
      const next = (z - diagonal[k - 1]) * now - Math.sqrt(beside[k - 1]) * before;
      [before, now] = [now, next / Math.sqrt(beside[k])];
      sum += now * now;
    }
    return 1 / sum;
  });
  const whole = 2 ** (alpha + beta + 1)
    * ((sp_gamma(alpha + 1) * sp_gamma(beta + 1)) / sp_gamma(alpha + beta + 2));
  const total = weights.reduce((sum, one) => sum + one, 0);
  return tuple([sp_array(nodes), sp_array(weights.map((one) => (whole * one) / total))]);
}

export const special = {
  bdtrc: sp_ufunc(sp_bdtrc),
  chdtrc: sp_ufunc(sp_chdtrc),
  erfc: sp_ufunc(sp_erfc),
  erfcx: sp_ufunc(sp_erfcx),
  expit: sp_ufunc((x) => 1 / (1 + Math.exp(-x))),
  fdtrc: sp_ufunc((a, b, x) => sp_fdtr(a, b, x, true)),
  fdtri: sp_ufunc(sp_fdtri),
  gamma: sp_ufunc(sp_gamma),
  gammaincc: sp_ufunc(sp_gammaincc),
  i0e: sp_ufunc((x) => sp_bessel(0, Math.abs(x))),
  i1e: sp_ufunc((x) => Math.sign(x) * sp_bessel(1, Math.abs(x))),
  ndtr: sp_ufunc(sp_ndtr),
  roots_jacobi: sp_roots_jacobi,
  stdtr: sp_ufunc(sp_stdtr),
  stdtrit: sp_ufunc(sp_stdtrit),
  zeta: sp_ufunc(sp_zeta),
};

// --- roots ------------------------------------------------------------------------------------

// Brent's: inverse quadratic interpolation while that gains, halves otherwise. `now` is the best
// estimate, `old` the one before, and the root lies between `now` and `other`.
function sp_brent(f, a, b, xtol, rtol, most) {
  const at = (x) => {
    const value = Number(f(x));
    if (!Number.isNaN(value)) return value;
    throw error("ValueError", `The function value at x=${x} is NaN; solver cannot continue.`);
  };
  const differ = (p, q) => p < 0 !== q < 0;
  let old = a, now = b, f_old = at(old), f_now = at(now);
  if (f_old === 0) return old;
  if (f_now === 0) return now;
  if (!differ(f_old, f_now))
    throw error("ValueError", "f(a) and f(b) must have different signs");
  let other = 0, f_other = 0, step = 0, before = 0;
  for (let k = 0; k < most; k++) {
    if (f_old !== 0 && f_now !== 0 && differ(f_old, f_now)) {
      [other, f_other] = [old, f_old];
      before = step = now - old;
    }
    if (Math.abs(f_other) < Math.abs(f_now)) {
      [old, now, other] = [now, other, now];
      [f_old, f_now, f_other] = [f_now, f_other, f_now];
    }
    const near = (xtol + rtol * Math.abs(now)) / 2, half = (other - now) / 2;
    if (f_now === 0 || Math.abs(half) < near) return now;
    let tried = NaN;
    if (Math.abs(before) > near && Math.abs(f_now) < Math.abs(f_old))
      tried = sp_interpolated(old, now, other, f_old, f_now, f_other);
    if (2 * Math.abs(tried) < Math.min(Math.abs(before), 3 * Math.abs(half) - near))
      [before, step] = [step, tried];
    else before = step = half;
    [old, f_old] = [now, f_now];
    now += Math.abs(step) > near ? step : half > 0 ? near : -near;
    f_now = at(now);
  }
  throw error("RuntimeError", `Failed to converge after ${most} iterations.`);
}

// The step from `now` to where a line, or a parabola on its side, has its root.
function sp_interpolated(old, now, other, f_old, f_now, f_other) {
  if (old === other) return (-f_now * (now - old)) / (f_now - f_old);
  const by_old = (f_old - f_now) / (old - now), by_other = (f_other - f_now) / (other - now);
  return (-f_now * (f_other * by_other - f_old * by_old)) / (by_other * by_old * (f_other - f_old));
}

function brentq(...given) {
  const { f, a, b, xtol, rtol, maxiter } = sp_given(given, ["f", "a", "b"], {
    xtol: 2e-12, rtol: 4 * SP_EPSILON, maxiter: 100,
  });
  return sp_brent((x) => call(f, x), Number(a), Number(b), xtol, rtol, maxiter);
}

// Chandrupatla's root finder, all elements at once: f is asked for arrays.
function find_root(...given) {
  const { f, init, args, tolerances, maxiter } = sp_given(
    given, ["f", "init"], { args: [], tolerances: null, maxiter: 1000 },
  );
  const others = Array.isArray(args) ? [...args] : [args];
  const whole = sp_broadcast([...init, ...others].map(sp_dims));
  const spread = (x) => Float64Array.from(sp_places(sp_dims(x), whole), (at) => sp_values(x)[at]);
  const rest = others.map((one) => sp_array(spread(one), whole));
  const values = (x) => sp_values(call(f, sp_array(x, whole), ...rest));
  const xatol = tolerances?.get("xatol") ?? 4 * SP_LEAST;
  const xrtol = tolerances?.get("xrtol") ?? 4 * SP_EPSILON;
  const fatol = tolerances?.get("fatol") ?? SP_LEAST;

  const a = spread(init[0]), b = spread(init[1]), fa = values(a), fb = values(b);
  const brackets = Array.from(a, (_, i) => ({
    a: a[i], b: b[i], c: a[i], fa: fa[i], fb: fb[i], fc: fa[i], share: 0.5, done: false,
    lost: !(fa[i] * fb[i] <= 0), best: NaN,
  }));
  for (let k = 0; k <= maxiter; k++) {
    for (const one of brackets) sp_choose(one, xatol, xrtol, fatol);
    if (brackets.every((one) => one.done)) break;
    const x = Float64Array.from(brackets, (one) =>
      one.done ? one.best : one.a + one.share * (one.b - one.a));
    const fx = values(x);
    brackets.forEach((one, i) => one.done || sp_narrow(one, x[i], fx[i]));
  }
  return { x: sp_array(brackets.map((one) => one.best), whole) };
}

// Ends of a bracket are done where they are close enough; otherwise the share of the next step.
function sp_choose(one, xatol, xrtol, fatol) {
  if (one.done) return;
  one.best = Math.abs(one.fa) < Math.abs(one.fb) ? one.a : one.b;
  if (one.lost) one.best = NaN;
  const width = Math.abs(one.b - one.a), near = xatol + xrtol * Math.abs(one.best);
  const least = Math.min(Math.abs(one.fa), Math.abs(one.fb));
  one.done = one.lost || width < near || least <= fatol;
  if (one.done || one.fresh === undefined) return;
  // Interpolate where the three values lie on a curve that a parabola in f describes.
  const xi = (one.a - one.b) / (one.c - one.b), phi = (one.fa - one.fb) / (one.fc - one.fb);
  const alpha = (one.c - one.a) / (one.b - one.a);
  const curved = phi * phi < xi && (1 - phi) ** 2 < 1 - xi;
  const share = curved
    ? (one.fa / (one.fb - one.fa)) * (one.fc / (one.fb - one.fc))
      + ((alpha * one.fa) / (one.fc - one.fa)) * (one.fb / (one.fc - one.fb))
    : 0.5;
  const edge = near / 2 / width;
  one.share = Math.min(Math.max(share, edge), 1 - edge);
}

function sp_narrow(one, x, fx) {
  one.fresh = true;
  if (fx > 0 === one.fa > 0) [one.c, one.fc] = [one.a, one.fa];
  else [one.c, one.b, one.fc, one.fb] = [one.b, one.a, one.fb, one.fa];
  [one.a, one.fa] = [x, fx];
}

export const elementwise = { find_root };

// --- minima -----------------------------------------------------------------------------------

// Brent's minimum between two bounds: parabolas while they gain, golden sections otherwise.
function sp_bounded(f, low, high, xatol, most) {
  const golden = (3 - Math.sqrt(5)) / 2, root = Math.sqrt(2.2e-16);
  let [a, b] = [low, high], best = a + golden * (b - a), second = best, third = best;
  let f_best = f(best), f_second = f_best, f_third = f_best, step = 0, before = 0, count = 1;
  let middle = (a + b) / 2, near = root * Math.abs(best) + xatol / 3;
  while (Math.abs(best - middle) > 2 * near - (b - a) / 2 && count < most) {
    let section = true;
    if (Math.abs(before) > near) {
      const r = (best - second) * (f_best - f_third), s = (best - third) * (f_best - f_second);
      let p = (best - third) * s - (best - second) * r, q = 2 * (s - r);
      if (q > 0) p = -p;
      q = Math.abs(q);
      const earlier = before;
      before = step;
      if (Math.abs(p) < Math.abs((q * earlier) / 2) && p > q * (a - best) && p < q * (b - best)) {
        step = p / q;
        const x = best + step;
        if (x - a < 2 * near || b - x < 2 * near) step = middle >= best ? near : -near;
        section = false;
      }
    }
    if (section) {
      before = best >= middle ? a - best : b - best;
      step = golden * before;
    }
    const x = best + (step < 0 ? -1 : 1) * Math.max(Math.abs(step), near), fx = f(x);
    count++;
    if (fx <= f_best) {
      if (x >= best) a = best;
      else b = best;
      [third, f_third, second, f_second, best, f_best] = [second, f_second, best, f_best, x, fx];
    } else {
      if (x < best) a = x;
      else b = x;
      if (fx <= f_second || second === best)
        [third, f_third, second, f_second] = [second, f_second, x, fx];
      else if (fx <= f_third || third === best || third === second) [third, f_third] = [x, fx];
    }
    middle = (a + b) / 2;
    near = root * Math.abs(best) + xatol / 3;
  }
  return { x: best, fun: f_best, nfev: count, success: count < most };
}

function minimize_scalar(...given) {
  const { fun, bounds, method, options } = sp_given(
    given, ["fun"], { bounds: null, method: "bounded", options: null },
  );
  if (method !== "bounded" || bounds === null)
    throw error("ValueError", "only the minimum between two bounds is found");
  const xatol = options?.get("xatol") ?? 1e-5, most = options?.get("maxiter") ?? 500;
  const [low, high] = [...bounds].map(Number);
  return sp_bounded((x) => Number(call(fun, x)), low, high, xatol, most);
}

// The steadily rising values that are closest: neighbours that fall are pooled.
function isotonic_regression(...given) {
  const { y, increasing } = sp_given(given, ["y"], { increasing: true });
  const values = Array.from(sp_values(y));
  if (!increasing) values.reverse();
  const pools = [];
  for (const value of values) {
    pools.push([value, 1]);
    while (pools.length > 1 && pools.at(-2)[0] >= pools.at(-1)[0]) {
      const [[mean, count], [other, more]] = pools.splice(-2);
      pools.push([(mean * count + other * more) / (count + more), count + more]);
    }
  }
  const rising = pools.flatMap(([mean, count]) => Array(count).fill(mean));
  return { x: sp_array(increasing ? rising : rising.reverse()) };
}

// --- least squares ----------------------------------------------------------------------------

function sp_norm(values, from = 0) {
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i] * values[i];
  if (sum > 1e-280 && sum < Infinity) return Math.sqrt(sum);
  let largest = 0;
  for (let i = from; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  if (!(largest > 0 && largest < Infinity)) return largest;
  sum = 0;
  for (let i = from; i < values.length; i++) sum += (values[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

// Turns columns into a triangle by Householder's reflections, the longest column first, and the
// right side with them; both are overwritten. R[i][j] belongs to the column order[j].
function sp_qr(columns, side) {
  const n = columns.length, order = columns.map((_, j) => j), diagonal = [];
  for (let j = 0; j < n; j++) {
    const lengths = columns.map((one, k) => (k < j ? -1 : sp_norm(one, j)));
    let longest = j;
    for (let k = j + 1; k < n; k++) if (lengths[k] > lengths[longest]) longest = k;
    [columns[j], columns[longest]] = [columns[longest], columns[j]];
    [order[j], order[longest]] = [order[longest], order[j]];
    const mirror = columns[j], length = mirror[j] < 0 ? -lengths[longest] : lengths[longest];
    diagonal.push(-length);
    if (length === 0) continue;
    for (let i = j; i < mirror.length; i++) mirror[i] /= length;
    mirror[j] += 1;
    for (const one of [...columns.slice(j + 1), side]) {
      let part = 0;
      for (let i = j; i < mirror.length; i++) part += mirror[i] * one[i];
      part /= mirror[j];
      for (let i = j; i < mirror.length; i++) one[i] -= part * mirror[i];
    }
  }
  const element = (i, j) => (i < j ? columns[j][i] : i === j ? diagonal[j] : 0);
  const R = order.map((_, i) => order.map((__, j) => element(i, j)));
  return { R, order, side: side.slice(0, n) };
}

// x with R x = b, zero from the first vanishing diagonal on.
function sp_back(R, b) {
  const x = Array.from(b), n = x.length, singular = R.findIndex((row, i) => row[i] === 0);
  if (singular >= 0) x.fill(0, singular);
  for (let i = (singular < 0 ? n : singular) - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= R[i][j] * x[j];
    x[i] /= R[i][i];
  }
  return x;
}

// x with R^T x = b.
function sp_forward(R, b) {
  const x = Array.from(b);
  for (let j = 0; j < x.length; j++) {
    for (let i = 0; i < j; i++) x[j] -= R[i][j] * x[i];
    x[j] /= R[j][j];
  }
  return x;
}

// The triangle of [R; weights on the diagonal], and the right side [side; 0] turned with it: each
// row of weights is rotated away, element by element.
function sp_damped(R, side, weights) {
  const S = R.map((row) => [...row]), turned = [...side], n = side.length;
  for (let j = 0; j < n; j++) {
    if (weights[j] === 0) continue;
    const row = Array(n).fill(0);
    row[j] = weights[j];
    let rest = 0;
    for (let k = j; k < n; k++) {
      if (row[k] === 0) continue;
      const length = Math.hypot(S[k][k], row[k]), cos = S[k][k] / length, sin = row[k] / length;
      for (let i = k; i < n; i++)
        [S[k][i], row[i]] = [cos * S[k][i] + sin * row[i], cos * row[i] - sin * S[k][i]];
      [turned[k], rest] = [cos * turned[k] + sin * rest, cos * rest - sin * turned[k]];
    }
  }
  return { S, turned };
}

const sp_scatter = (order, ordered) => {
  const found = Array(order.length);
  order.forEach((place, j) => (found[place] = ordered[j]));
  return found;
};

// The damping with which the step is as long as the trust region, to a tenth, and that step.
// Newton's method in the damping, between bounds.
function sp_step({ R, order, side }, scale, radius, damping) {
  const scaled = (x) => x.map((one, j) => one * scale[j]);
  const slope = (triangle, x, length) => {
    const turned = sp_forward(triangle, order.map((j) => (scale[j] * scale[j] * x[j]) / length));
    return sp_norm(turned) ** 2;
  };
  let x = sp_scatter(order, sp_back(R, side));
  let length = sp_norm(scaled(x)), excess = length - radius;
  if (excess <= 0.1 * radius) return { step: x, damping: 0 };
  const singular = R.some((row, i) => row[i] === 0);
  let low = singular ? 0 : excess / radius / slope(R, x, length);
  const downhill = order.map((place, j) => {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += R[i][j] * side[i];
    return sum / scale[place];
  });
  const gradient = sp_norm(downhill);
  let high = gradient / radius || SP_LEAST / Math.min(radius, 0.1);
  damping = Math.min(Math.max(damping, low), high) || gradient / length;
  for (let k = 1; ; k++) {
    damping ||= Math.max(SP_LEAST, 1e-3 * high);
    const root = Math.sqrt(damping);
    const { S, turned } = sp_damped(R, side, order.map((j) => root * scale[j]));
    x = sp_scatter(order, sp_back(S, turned));
    length = sp_norm(scaled(x));
    const last = excess;
    excess = length - radius;
    const steady = low === 0 && excess <= last && last < 0;
    if (Math.abs(excess) <= 0.1 * radius || steady || k === 10) return { step: x, damping };
    if (excess > 0) low = Math.max(low, damping);
    if (excess < 0) high = Math.min(high, damping);
    damping = Math.max(low, damping + excess / radius / slope(S, x, length));
  }
}

// Levenberg and Marquardt's fit within a trust region, whose axes are the largest lengths that
// the columns of the Jacobian had; it stops as MINPACK's lmder does, with the same status.
function sp_levenberg(f, slopes, start, { ftol, xtol, gtol, maxfev, factor }) {
  let x = start, values = f(x), size = sp_norm(values), damping = 0, evaluations = 1;
  let scale = null, radius = 0, reach = 0, triangle;
  const ended = (status) => ({ x, values, triangle, evaluations, status });
  for (;;) {
    const columns = slopes(x), lengths = columns.map((one) => sp_norm(one));
    triangle = sp_qr(columns, Float64Array.from(values));
    const first = scale === null;
    if (first) {
      scale = lengths.map((one) => one || 1);
      reach = sp_norm(x.map((one, j) => one * scale[j]));
      radius = factor * reach || factor;
    }
    const { R, order, side } = triangle;
    let steepest = 0;
    if (size !== 0)
      order.forEach((place, j) => {
        let sum = 0;
        for (let i = 0; i <= j; i++) sum += (R[i][j] * side[i]) / size;
        if (lengths[place] !== 0) steepest = Math.max(steepest, Math.abs(sum / lengths[place]));
      });
    if (steepest <= gtol) return ended(4);
    scale = scale.map((one, j) => Math.max(one, lengths[j]));
    let ratio = 0;
    do {
      const found = sp_step(triangle, scale, radius, damping), { step } = found;
      damping = found.damping;
      const tried = x.map((one, j) => one - step[j]);
      const length = sp_norm(step.map((one, j) => one * scale[j]));
      if (first) radius = Math.min(radius, length);
      const new_values = f(tried), new_size = sp_norm(new_values);
      evaluations++;
      const gained = 0.1 * new_size < size ? 1 - (new_size / size) ** 2 : -1;
      const along = R.map((row) =>
        order.reduce((sum, place, j) => sum + row[j] * step[place], 0));
      const linear = (sp_norm(along) / size) ** 2;
      const damped = ((Math.sqrt(damping) * length) / size) ** 2;
      const foreseen = linear + 2 * damped;
      ratio = foreseen === 0 ? 0 : gained / foreseen;
      if (ratio <= 0.25) {
        const downhill = -(linear + damped);
        let shrink = gained >= 0 ? 0.5 : (0.5 * downhill) / (downhill + 0.5 * gained);
        if (0.1 * new_size >= size || shrink < 0.1) shrink = 0.1;
        radius = shrink * Math.min(radius, length / 0.1);
        damping /= shrink;
      } else if (damping === 0 || ratio >= 0.75) {
        radius = length / 0.5;
        damping *= 0.5;
      }
      if (ratio >= 1e-4) {
        [x, values, size] = [tried, new_values, new_size];
        reach = sp_norm(x.map((one, j) => one * scale[j]));
      }
      const settles = (tolerance) =>
        Math.abs(gained) <= tolerance && foreseen <= tolerance && 0.5 * ratio <= 1;
      const still = radius <= xtol * reach;
      if (settles(ftol)) return ended(still ? 3 : 1);
      if (still) return ended(2);
      if (evaluations >= maxfev) return ended(5);
      if (settles(SP_EPSILON)) return ended(6);
      if (radius <= SP_EPSILON * reach) return ended(7);
      if (steepest <= SP_EPSILON) return ended(8);
    } while (ratio < 1e-4);
  }
}

// The inverse of J^T J, null where R has none.
function sp_inverse({ R, order }) {
  const n = order.length;
  if (R.some((row, i) => row[i] === 0)) return null;
  const rows = Array(n); // those of R's inverse, in the order of the parameters
  order.forEach((_, j) => (rows[j] = Array(n)));
  for (let k = 0; k < n; k++) {
    const unit = order.map((_, j) => Number(j === k));
    sp_back(R, unit).forEach((one, j) => (rows[order[j]][k] = one));
  }
  const dot = (a, b) => a.reduce((sum, one, k) => sum + one * b[k], 0);
  return sp_array(rows.flatMap((a) => rows.map((b) => dot(a, b))), [n, n]);
}

const SP_SQUARES =
  "Both actual and predicted relative reductions in the sum of squares\n  are at most";
const SP_MESSAGES = [
  null,
  ({ ftol }) => `${SP_SQUARES} ${ftol}`,
  ({ xtol }) => `The relative error between two consecutive iterates is at most ${xtol}`,
  ({ ftol, xtol }) =>
    `${SP_SQUARES} ${ftol} and the relative error between two consecutive iterates is at \n` +
    `  most ${xtol}`,
  ({ gtol }) =>
    "The cosine of the angle between func(x) and any column of the\n" +
    `  Jacobian is at most ${gtol} in absolute value`,
  ({ maxfev }) => `Number of calls to function has reached maxfev = ${maxfev}.`,
  ({ ftol }) =>
    `ftol=${ftol} is too small, no further reduction in the sum of squares\n  is possible.`,
  ({ xtol }) =>
    `xtol=${xtol} is too small, no further improvement in the approximate\n` +
    "  solution is possible.",
  ({ gtol }) =>
    `gtol=${gtol} is too small, func(x) is orthogonal to the columns of\n` +
    "  the Jacobian to machine precision.",
];

function sp_message(status, choices) {
  const six = Object.fromEntries(
    ["ftol", "xtol", "gtol"].map((name) => [name, choices[name].toFixed(6)]),
  );
  return SP_MESSAGES[status]({ ...six, maxfev: choices.maxfev });
}

function leastsq(...given) {
  const choices = sp_given(given, ["func", "x0"], {
    Dfun: null, full_output: false, col_deriv: false, ftol: 1.49012e-8,
    xtol: 1.49012e-8, gtol: 0, maxfev: 0, factor: 100,
  });
  const { func, Dfun, x0, col_deriv, full_output } = choices;
  const start = Array.from(sp_values(x0)), n = start.length;
  if (Dfun === null) throw error("ValueError", "a fit needs the derivatives of its model");
  choices.maxfev ||= 100 * (n + 1);
  // A copy: what a model returns it may use again.
  const f = (x) => new Float64Array(sp_values(call(func, sp_array(x))));
  const m = f(start).length;
  if (n > m)
    throw error("TypeError",
      `Improper input: func input vector length N=${n} must not exceed ` +
      `func output vector length M=${m}`);
  const slopes = (x) => {
    const rows = sp_values(call(Dfun, sp_array(x)));
    return start.map((_, j) =>
      col_deriv
        ? new Float64Array(rows.slice(j * m, (j + 1) * m))
        : Float64Array.from({ length: m }, (_, i) => rows[i * n + j]));
  };
  const end = sp_levenberg(f, slopes, start, choices), x = sp_array(end.x);
  if (!full_output) return tuple([x, end.status]);
  const inverse = end.status <= 4 ? sp_inverse(end.triangle) : null;
  const details = new Dict([["fvec", sp_array(end.values)], ["nfev", end.evaluations]]);
  return tuple([x, inverse, details, sp_message(end.status, choices), end.status]);
}

// Least squares of coefficients that are not negative: Lawson and Hanson's active set.
function nnls(A, b) {
  const [m, n] = A.dims, side = sp_values(b);
  const columns = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: m }, (_, i) => A.data[i * n + j]));
  const left = (x) =>
    Float64Array.from(side, (one, i) => x.reduce((sum, by, j) => sum - by * columns[j][i], one));
  const among = (free) => {
    const found = sp_qr(free.map((j) => columns[j].slice()), Float64Array.from(side));
    return sp_scatter(found.order, sp_back(found.R, found.side));
  };
  let x = Array(n).fill(0), free = [];
  const near = 10 * Math.max(m, n) * SP_EPSILON * Math.max(...columns.map((one) =>
    one.reduce((sum, value) => sum + Math.abs(value), 0)));
  for (let k = 0; k < 3 * n + 3; k++) {
    const rest = left(x);
    const pull = columns.map((one) => one.reduce((sum, value, i) => sum + value * rest[i], 0));
    const bound = columns.map((_, j) => j).filter((j) => !free.includes(j) && pull[j] > near);
    if (!bound.length) break;
    free.push(bound.reduce((best, j) => (pull[j] > pull[best] ? j : best)));
    for (;;) {
      const wanted = among(free);
      if (wanted.every((one) => one > 0)) {
        x.fill(0);
        free.forEach((j, i) => (x[j] = wanted[i]));
        break;
      }
      // As far as the first coefficient that vanishes, which is held at zero from then on.
      const share = Math.min(...free.map((j, i) =>
        wanted[i] > 0 ? 1 : x[j] / (x[j] - wanted[i])));
      const moved = x.slice();
      free.forEach((j, i) => (moved[j] += share * (wanted[i] - x[j])));
      const gone = free.filter((j, i) =>
        wanted[i] <= 0 && (moved[j] <= near || x[j] / (x[j] - wanted[i]) === share));
      gone.forEach((j) => (moved[j] = 0));
      [x, free] = [moved, free.filter((j) => !gone.includes(j))];
      if (!free.length) break;
    }
  }
  return tuple([sp_array(x), sp_norm(left(x))]);
}

export const optimize = { brentq, isotonic_regression, leastsq, minimize_scalar, nnls };

// --- filters and peaks --------------------------------------------------------------------------

// The median of so many neighbours; beyond the ends the outermost value goes on.
function median_filter(...given) {
  const { input, size, mode } = sp_given(given, ["input", "size"], { mode: "reflect" });
  if (mode !== "nearest" || sp_dims(input).length !== 1)
    throw error("ValueError", "the median filter goes along one axis, with mode nearest");
  const values = sp_values(input), last = values.length - 1, before = Math.floor(size / 2);
  const window = new Float64Array(size), found = new Float64Array(values.length);
  for (let i = 0; i <= last; i++) {
    for (let k = 0; k < size; k++)
      window[k] = values[Math.min(Math.max(i - before + k, 0), last)];
    found[i] = window.sort()[before];
  }
  return new NDArray(found, [...sp_dims(input)], "float");
}

export const ndimage = { median_filter };

// The middles of what is higher than both sides; the ends of an array are no peaks.
function sp_tops(x) {
  const tops = [];
  for (let i = 1; i < x.length - 1; i++) {
    if (!(x[i - 1] < x[i])) continue;
    let end = i;
    while (end < x.length - 1 && x[end + 1] === x[i]) end++;
    if (end < x.length - 1 && x[end + 1] < x[i]) tops.push(Math.floor((i + end) / 2));
    i = end;
  }
  return tops;
}

// The lowest value between a peak and the next higher one to a side, or the end.
function sp_valley(x, top, side) {
  let lowest = top;
  for (let i = top; i >= 0 && i < x.length && x[i] <= x[top]; i += side)
    if (x[i] < x[lowest]) lowest = i;
  return lowest;
}

function find_peaks(...given) {
  const { x, prominence } = sp_given(given, ["x"], { prominence: null });
  const values = sp_values(x);
  let peaks = sp_tops(values).map((top) => {
    const bases = [-1, 1].map((side) => sp_valley(values, top, side));
    return { top, bases, rise: values[top] - Math.max(...bases.map((one) => values[one])) };
  });
  if (prominence !== null) peaks = peaks.filter((one) => one.rise >= prominence);
  const places = (of) => sp_array(peaks.map(of), [peaks.length], "int");
  return tuple([
    places((one) => one.top),
    new Dict([
      ["prominences", sp_array(peaks.map((one) => one.rise))],
      ["left_bases", places((one) => one.bases[0])],
      ["right_bases", places((one) => one.bases[1])],
    ]),
  ]);
}

export const signal = { find_peaks };
