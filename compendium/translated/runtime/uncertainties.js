// Numbers with standard errors, which know of which independent causes they come.
import { tuple, Dict, NotImplemented, error, parameters } from "./python.js";
import { format_number, round_float } from "./format.js";
import { NDArray } from "./numpy.js";

// --- numbers ------------------------------------------------------------------------------------

// A value, and its derivatives by independent variables: a Map of Variable to number.
export class UFloat {
  constructor(value, slopes) {
    this.nominal_value = Number(value);
    this.slopes = slopes;
  }
  get n() { return this.nominal_value; }
  get s() { return this.std_dev; }
  get std_dev() {
    let sum = 0;
    for (const [variable, slope] of this.slopes) sum += unc_part(variable, slope) ** 2;
    return Math.sqrt(sum);
  }
  get derivatives() { return new Dict([...this.slopes]); }
  error_components() {
    return new Dict([...this.slopes].map(([variable, slope]) =>
      [variable, unc_part(variable, slope)]));
  }
  __neg__() { return new UFloat(-this.n, unc_sum([-1, this])); }
  __pos__() { return new UFloat(this.n, unc_sum([1, this])); }
  __abs__() { return new UFloat(Math.abs(this.n), unc_sum([this.n >= 0 ? 1 : -1, this])); }
  __bool__() { return this.__ne__(0); }
  __eq__(other) {
    const miss = this.__sub__(other);
    return miss === NotImplemented ? miss : miss.n === 0 && miss.std_dev === 0;
  }
  __ne__(other) {
    const same = this.__eq__(other);
    return same === NotImplemented ? same : !same;
  }
  __lt__(other) { return unc_order(this, other, (x, y) => x < y); }
  __gt__(other) { return unc_order(this, other, (x, y) => x > y); }
  __le__(other) { return unc_order(this, other, (x, y) => x < y, true); }
  __ge__(other) { return unc_order(this, other, (x, y) => x > y, true); }
  __float__() {
    throw error("TypeError", "can't convert an affine function (<class " +
      "'uncertainties.core.AffineScalarFunc'>) to float; use x.nominal_value");
  }
  __format__(spec) { return unc_format(this, spec); }
  __str__() { return unc_format(this, ""); }
  __repr__() {
    const size = this.std_dev;
    return `${unc_text(this.n, "")}+/-${size === 0 ? "0" : unc_text(size, "")}`;
  }
}
UFloat.__name__ = "AffineScalarFunc";

// One of the independent causes.
class Variable extends UFloat {
  constructor(value, size, tag = null) {
    super(value, null);
    if (size < 0 && Number.isFinite(size))
      throw error("ValueError", "The standard deviation cannot be negative");
    this.slopes = new Map([[this, 1]]);
    this.size = Number(size);
    this.tag = tag;
  }
  get std_dev() { return this.size; }
  __repr__() {
    return this.tag === null ? super.__repr__() : `< ${this.tag} = ${super.__repr__()} >`;
  }
}
Variable.__name__ = "Variable";

// What a variable adds to the error of what depends on it.
const unc_part = (variable, slope) =>
  variable.size === 0 ? 0 : Math.abs(slope * variable.size);

// The derivatives of a sum of [factor, number] terms.
function unc_sum(...terms) {
  const slopes = new Map();
  for (const [factor, number] of terms)
    for (const [variable, slope] of number.slopes)
      slopes.set(variable, (slopes.get(variable) ?? 0) + factor * slope);
  return slopes;
}

const unc_plain = (x) => typeof x === "number" || typeof x === "boolean";

function unc_order(one, other, before, or_same = false) {
  if (!unc_plain(other) && !(other instanceof UFloat)) return NotImplemented;
  const y = unc_plain(other) ? Number(other) : other.n;
  return before(one.n, y) || (or_same && one.__eq__(other));
}

// --- arithmetic ---------------------------------------------------------------------------------

function unc_quotient(x, y) {
  if (y === 0) throw error("ZeroDivisionError", "float division by zero");
  return x / y;
}

function unc_power(x, y) {
  if (x === 0 && y < 0)
    throw error("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  if (x < 0 && Number.isFinite(x) && Number.isFinite(y) && !Number.isInteger(y))
    throw error("ValueError", "The uncertainties module does not handle complex results");
  return x ** y;
}

function unc_power_by_base(x, y) {
  if (x > 0 || (Number.isInteger(y) && (x < 0 || y >= 1))) return y * x ** (y - 1);
  return x === 0 && y === 0 ? 0 : NaN;
}

function unc_power_by_exponent(x, y) {
  if (x > 0) return Math.log(x) * x ** y;
  return x === 0 && y > 0 ? 0 : NaN;
}

// Each operation with its derivatives by the first and by the second operand.
const UNC_OPERATIONS = {
  add: [(x, y) => x + y, () => 1, () => 1],
  sub: [(x, y) => x - y, () => 1, () => -1],
  mul: [(x, y) => x * y, (x, y) => y, (x) => x],
  truediv: [unc_quotient, (x, y) => 1 / y, (x, y) => -x / (y * y)],
  pow: [unc_power, unc_power_by_base, unc_power_by_exponent],
};
for (const [name, [value, by_first, by_second]] of Object.entries(UNC_OPERATIONS)) {
  const apply = (a, b) => {
    const x = a instanceof UFloat ? a.n : Number(a), y = b instanceof UFloat ? b.n : Number(b);
    const terms = [];
    const result = value(x, y);
    if (a instanceof UFloat) terms.push([by_first(x, y), a]);
    if (b instanceof UFloat) terms.push([by_second(x, y), b]);
    return new UFloat(result, unc_sum(...terms));
  };
  UFloat.prototype[`__${name}__`] = function (other) {
    return unc_plain(other) || other instanceof UFloat ? apply(this, other) : NotImplemented;
  };
  UFloat.prototype[`__r${name}__`] = function (other) {
    return unc_plain(other) ? apply(other, this) : NotImplemented;
  };
}

// A function of one number, with its derivative, as one of numbers with errors too.
function unc_function(f, slope) {
  return (x) => {
    const value = f(Number(nominal_value(x)));
    if (Number.isNaN(value) && !Number.isNaN(nominal_value(x)))
      throw error("ValueError", "math domain error");
    if (!(x instanceof UFloat)) return value;
    const by = slope(x.n);
    return new UFloat(value, unc_sum([Number.isFinite(by) ? by : NaN, x]));
  };
}
const UNC_DEGREES = 180 / Math.PI;
const umath = {
  acos: unc_function(Math.acos, (x) => -1 / Math.sqrt(1 - x * x)),
  degrees: unc_function((x) => x * UNC_DEGREES, () => UNC_DEGREES),
};

// --- making and reading -------------------------------------------------------------------------

function ufloat(...given) {
  const { value, size, tag } = parameters(given, ["value", "size", "tag"], { tag: null });
  return new Variable(value, size, tag);
}

const nominal_value = (x) => (x instanceof UFloat ? x.n : x);
const std_dev = (x) => (x instanceof UFloat ? x.std_dev : 0);

// Eigenvalues and eigenvectors, as columns, of a small symmetric matrix: rotations of two axes at
// a time take the elements beside the diagonal away.
function unc_eigen(matrix) {
  const a = matrix.map((row) => [...row]), n = a.length;
  const vectors = a.map((_, i) => a.map((_, j) => Number(i === j)));
  const rotate = (rows, p, q, cos, sin) => {
    for (const row of rows)
      [row[p], row[q]] = [cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]];
  };
  for (let sweep = 0; sweep < 60; sweep++) {
    let beside = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        beside = Math.max(beside, Math.abs(a[p][q]));
        if (a[p][q] === 0) continue;
        const half = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const tan = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half));
        const cos = 1 / Math.hypot(1, tan), sin = tan * cos;
        rotate(a, p, q, cos, sin);
        for (let k = 0; k < n; k++)
          [a[p][k], a[q][k]] = [cos * a[p][k] - sin * a[q][k], sin * a[p][k] + cos * a[q][k]];
        a[p][q] = a[q][p] = 0;
        rotate(vectors, p, q, cos, sin);
      }
    if (beside < 1e-300) break;
  }
  return { values: a.map((row, i) => row[i]), vectors };
}

// Numbers that have these values and this covariance, by the principal axes of their correlation.
function correlated_values(values, covariance) {
  const list = values instanceof NDArray ? Array.from(values.data) : [...values], n = list.length;
  const at = covariance instanceof NDArray
    ? (i, j) => covariance.data[i * n + j]
    : (i, j) => covariance[i][j];
  const errors = list.map((_, i) => Math.sqrt(at(i, i)));
  const norms = errors.map((one) => one || 1);
  const correlation = norms.map((one, i) => norms.map((other, j) => at(i, j) / other / one));
  const axes = unc_eigen(correlation);
  const causes = axes.values.map((one) => new Variable(0, Math.sqrt(Math.max(one, 0))));
  return tuple(list.map((value, i) => {
    const slopes = new Map(causes.map((cause, k) => [cause, axes.vectors[i][k] * errors[i]]));
    return new UFloat(value, slopes);
  }));
}

function unc_array(values, of) {
  const list = values instanceof NDArray ? Array.from(values.data) : [...values];
  const dims = values instanceof NDArray ? [...values.dims] : [list.length];
  return new NDArray(Float64Array.from(list, of), dims, "float");
}
const unumpy = {
  nominal_values: (values) => unc_array(values, nominal_value),
  std_devs: (values) => unc_array(values, std_dev),
};

// --- text ---------------------------------------------------------------------------------------

const UNC_SPEC =
  /^([^{}]??)([<>=^]?)([-+ ]?)(0?)(\d*)(,?)(?:\.(\d+))?(u?)([eEfFgG%]??)([PSp]*)$/s;

const unc_ten = (power) => Number(`1e${power}`); // exact, where 10 ** power need not be

// A float's text, which shows that it is one.
function unc_text(x, spec) {
  const whole = Number.isInteger(x) && Math.abs(x) < 1e16 && !/[.eEfFgG]/.test(spec);
  return format_number(x, whole ? `${spec}.1f` : spec);
}

// The power of ten of the first digit; a number as good as the next power counts as that.
function unc_first_digit(x) {
  const size = Math.abs(x);
  if (size === 0) return 0;
  const next = Number(size.toExponential().split("e")[1]) + 1;
  return next + (size / unc_ten(next) - 1) / Math.LN10 === next ? next : next - 1;
}

// How many digits of an error are shown by the rule of the Particle Data Group, and the error:
// two digits up to 354, one up to 949, and 1000 above.
function unc_pdg(size) {
  const first = unc_first_digit(size);
  const [power, factor] = first >= 0 ? [first - 2, 1] : [first + 1, 1000];
  const digits = Math.trunc((size / unc_ten(power)) * factor);
  if (digits <= 354) return [2, size];
  return digits <= 949 ? [1, size] : [2, unc_ten(power) * (1000 / factor)];
}

// The place of the last of so many digits of x, once rounded: -1 is the first after the point.
function unc_last_digit(x, count) {
  const first = unc_first_digit(x), last = first - count + 1;
  return unc_first_digit(round_float(x, -last)) > first ? last + 1 : last;
}

function unc_parts(spec) {
  const found = UNC_SPEC.exec(spec);
  if (!found)
    throw error("ValueError",
      `Format specification '${spec}' cannot be used with object of type 'AffineScalarFunc'. ` +
      "Note that uncertainties-specific flags must be put at the end of the format string.");
  const [, fill, align, sign, zero, width, comma, precision, own, type, options] = found;
  return { fill, align, sign, zero, width, comma, precision, own, type, options };
}

function unc_format(number, spec) {
  const parts = unc_parts(spec), { precision } = parts;
  const percent = parts.type === "%", type = percent ? "f" : parts.type;
  const kind = type.toLowerCase(), factor = percent ? 100 : 1;
  let value = number.n * factor, size = number.std_dev * factor;
  const finite = [Math.abs(value), size].filter(Number.isFinite);
  const largest = Math.max(...finite);

  let last = null;
  const by_error = (precision === undefined && finite.length === 2) || parts.own;
  if (by_error && size !== 0 && Number.isFinite(size)) {
    let count = Number(precision);
    if (count === 0)
      throw error("ValueError",
        "The number of significant digits on the uncertainty should be positive");
    if (precision === undefined) [count, size] = unc_pdg(size);
    last = unc_last_digit(size, count);
  } else {
    const digits = precision !== undefined ? Number(precision) : type ? 6 : 12;
    if (kind === "f") last = -digits;
    else if (finite.length) last = unc_last_digit(largest, kind === "e" ? digits + 1 : digits || 1);
  }

  let power = null;
  if (kind !== "f" && finite.length) {
    power = unc_first_digit(round_float(largest, -last));
    if (kind !== "e" && ((power >= -4 && last <= 0) || unc_ten(power) === 0)) power = null;
  }
  if (power !== null) {
    [value, size] = [value / unc_ten(power), size / unc_ten(power)];
    last -= power;
  }
  const upper = type && type === type.toUpperCase();
  const least = !type && size === 0 ? 1 : 0;
  const places = last === null ? 6 : Math.max(-last, least);
  return unc_written({ ...parts, type, percent }, { value, size, power, places, upper });
}

function unc_power_of_ten(power, upper, pretty) {
  if (power === null) return "";
  if (pretty) {
    const raise = (one) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(one)];
    const raised = String(power).replace(/./g, raise);
    return `×10${raised}`;
  }
  return (upper ? "E" : "e") + format_number(power, "+03d");
}

// The digits of an error as they stand in brackets behind the value.
function unc_in_brackets(size, places, main) {
  if (size === 0) return "0";
  if (!Number.isFinite(size)) return format_number(size, main);
  const rounded = round_float(size, places);
  if (unc_first_digit(rounded) >= 0 && places > 0) return format_number(rounded, `.${places}f`);
  return rounded ? format_number(round_float(rounded * unc_ten(places), 0), "d") : "0.";
}

function unc_written(parts, { value, size, power, places, upper }) {
  const { fill, align, sign, zero, width, comma, precision, type, options, percent } = parts;
  const pretty = options.includes("P"), main = upper ? "F" : "f";
  const tail = unc_power_of_ten(power, upper, pretty), end = percent ? "%" : "";
  const plain = ["", "g", "G"].includes(type), own = (precision ?? "") + type;
  const fixed = `.${places}${main}`;
  const special = size === 0 || !Number.isFinite(size);
  const value_spec = special && plain ? own : fixed;
  const room = (taken) => (zero && width ? zero + Math.max(Number(width) - taken, 0) : "");
  const aligned = (text) => (width ? format_number(text, fill + (align || ">") + width) : text);

  if (options.includes("S")) {
    const closing = `(${unc_in_brackets(size, places, main)})${tail}${end}`;
    return aligned(unc_text(value, sign + room(closing.length) + comma + value_spec) + closing);
  }
  // With a width, each number has its own power of ten; otherwise it stands behind both.
  const own_power = (x) => (width && Number.isFinite(x) ? tail : "");
  const value_tail = own_power(value), size_tail = special ? "" : own_power(size);
  const size_spec = size === 0 ? `.0${main}` : !Number.isFinite(value) && plain ? own : fixed;
  const left = unc_text(value, sign + room(value_tail.length) + comma + value_spec) + value_tail;
  const right = unc_text(size, room(size_tail.length) + comma + size_spec) + size_tail;
  const both = aligned(left) + (pretty ? "±" : "+/-") + aligned(right);
  if (!width && power !== null) return `(${both})${tail}${end}`;
  return percent || options.includes("p") ? `(${both})${end}` : both;
}

export const uncertainties = {
  UFloat, ufloat, correlated_values, nominal_value, std_dev, umath, unumpy,
};
