// The part of numpy that the package uses. Arrays are contiguous; a slice is a copy, and writing
// goes through `__setitem__`. Numbers without dimensions are plain numbers.
import {
  $b, $eq, $iter, $named, $truth, Ellipsis, KW, NotImplemented, Slice, Tuple, add, call, eq, error, format, ge, gt, le, len,
  lt, mul, ne, neg, parameters, pow, repr, sub, truediv, tuple,
} from "./python.js";

// --- arrays -----------------------------------------------------------------------------------

const np_size = (dims) => dims.reduce((product, one) => product * one, 1);
const np_store = (dtype, count) =>
  dtype === "object" ? new Array(count).fill(null) : dtype === "bool" ? new Uint8Array(count) : new Float64Array(count);

export class NDArray {
  constructor(data, dims, dtype = "float") {
    this.data = data;
    this.dims = dims;
    this.dtype = dtype;
  }
  get shape() { return tuple(this.dims); }
  get size() { return this.data.length; }
  get ndim() { return this.dims.length; }
  get T() { return np_transposed(this); }
  get flat() { return this.dims.length === 1 ? this : new NDArray(this.data, [this.data.length], this.dtype); }
  get flags() { return { writeable: true }; }
  get real() { return this; }
  at(i) { return this.dtype === "bool" ? this.data[i] === 1 : this.data[i]; }
  __len__() {
    if (!this.dims.length) throw error("TypeError", "len() of unsized object");
    return this.dims[0];
  }
  *[Symbol.iterator]() {
    if (this.dims.length === 1) for (let i = 0; i < this.data.length; i++) yield this.at(i);
    else for (let i = 0; i < this.dims[0]; i++) yield np_row(this, i);
  }
  __bool__() {
    if (this.data.length === 1) return $truth(this.at(0));
    throw error("ValueError", "The truth value of an array with more than one element is ambiguous");
  }
  __float__() {
    if (this.data.length === 1) return Number(this.data[0]);
    throw error("TypeError", "only length-1 arrays can be converted to Python scalars");
  }
  __contains__(x) { for (let i = 0; i < this.data.length; i++) if ($truth($eq(this.at(i), x))) return true; return false; }
  __getitem__(key) { return np_get(this, key); }
  __setitem__(key, value) { np_put(this, key, value); }
  __repr__() { return `array(${repr(this.tolist())})`; }
  __str__() { return repr(this.tolist()).replaceAll(",", ""); }
  __format__(spec) { return this.data.length === 1 && spec ? format(this.at(0), spec) : this.__str__(); }
  __abs__() { return np.abs(this); }
  __neg__() { return this.dtype === "object" ? np_each(this, neg) : np_unary(this, (x) => -x); }
  __pos__() { return this; }
  __invert__() {
    const { data } = this, out = new Uint8Array(data.length);
    for (let i = 0; i < data.length; i++) out[i] = data[i] ? 0 : 1;
    return new NDArray(out, this.dims, "bool");
  }
  __matmul__(other) { return np_matmul(this, np_asarray(other)); }
  __rmatmul__(other) { return np_matmul(np_asarray(other), this); }
  all(...given) { return np.all(this, ...given); }
  any(...given) { return np.any(this, ...given); }
  argmax(...given) { return np.argmax(this, ...given); }
  argmin(...given) { return np.argmin(this, ...given); }
  argsort(...given) { return np.argsort(this, ...given); }
  astype(kind) { return np_astype(this, np_dtype(kind)); }
  clip(...given) { return np.clip(this, ...given); }
  copy() { return new NDArray(this.data.slice(), [...this.dims], this.dtype); }
  cumsum(...given) { return np.cumsum(this, ...given); }
  diagonal(...given) { return np.diagonal(this, ...given); }
  dot(other) { return np_matmul(this, np_asarray(other)); }
  fill(value) { this.data.fill(value); return null; }
  flatten() { return this.ravel(); }
  item(...at) { return at.length ? this.at(at[0]) : this.at(0); }
  max(...given) { return np.max(this, ...given); }
  mean(...given) { return np.mean(this, ...given); }
  min(...given) { return np.min(this, ...given); }
  nonzero() { return tuple([np.flatnonzero(this)]); }
  ravel() { return new NDArray(this.data.slice(), [this.data.length], this.dtype); }
  repeat(count) { return np.repeat(this, count); }
  reshape(...given) { return np_reshape(this, given.length === 1 && typeof given[0] !== "number" ? [...given[0]] : given); }
  round(digits = 0) { return np_unary(this, (x) => $b.round(x, digits)); }
  searchsorted(...given) { return np.searchsorted(this, ...given); }
  setflags() { return null; }
  sort() { this.data.set(np.sort(this).data); return null; }
  squeeze() { return np_out(this.data, this.dims.filter((one) => one !== 1), this.dtype); }
  std(...given) { return np.std(this, ...given); }
  sum(...given) { return np.sum(this, ...given); }
  prod(...given) { return np.prod(this, ...given); }
  take(places, ...given) {
    const { axis } = parameters(given, ["axis"], { axis: 0 }), before = new Array(axis).fill(new Slice());
    return np_get(this, tuple([...before, np_asarray(places, "int")]));
  }
  tobytes() {
    const words = new Uint16Array(Float64Array.from(this.data).buffer);
    let text = "";
    for (let i = 0; i < words.length; i += 4096) text += String.fromCharCode(...words.subarray(i, i + 4096));
    return text;
  }
  tolist() {
    if (this.dims.length <= 1) return Array.from(this.data, this.dtype === "bool" ? (x) => x === 1 : (x) => x);
    return Array.from({ length: this.dims[0] }, (_, i) => np_row(this, i).tolist());
  }
  transpose(...axes) { return axes.length ? np_permuted(this, axes.length === 1 ? [...axes[0]] : axes) : np_transposed(this); }
  var(...given) { return np.var(this, ...given); }
}

// An array, or the number that one without dimensions is.
const np_out = (data, dims, dtype) =>
  dims.length ? new NDArray(data, dims, dtype) : dtype === "bool" ? Boolean(data[0]) : data[0];
function np_row(a, i) {
  const dims = a.dims.slice(1), count = np_size(dims);
  return new NDArray(a.data.slice(i * count, (i + 1) * count), dims, a.dtype);
}

const np_kind = (name, check = () => false, make = (x) => x) => Object.assign(make, { __name__: name, $type: true, $check: check, $dtype: name });
function np_dtype(kind) {
  if (kind === null || kind === undefined) return null;
  if (typeof kind === "string") return kind.startsWith("float") || kind === "d" ? "float" : kind.startsWith("int") || kind === "i" ? "int" : kind;
  if (kind === $b.float) return "float";
  if (kind === $b.int) return "int";
  if (kind === $b.bool) return "bool";
  if (kind.$dtype) return { float64: "float", floating: "float", int64: "int", intp: "int", integer: "int", bool_: "bool" }[kind.$dtype];
  return "object";
}

function np_asarray(x, dtype = null) {
  if (x instanceof NDArray) return dtype === null || dtype === x.dtype ? x : np_astype(x, dtype);
  if (typeof x === "number" || typeof x === "boolean") {
    const kind = dtype ?? (typeof x === "boolean" ? "bool" : "float");
    return new NDArray(kind === "object" ? [x] : kind === "bool" ? Uint8Array.of(x) : Float64Array.of(np_number(x, kind)), [], kind);
  }
  if (typeof x === "string" || x === null || !(Array.isArray(x) || x[Symbol.iterator] || x.__iter__) || x.map instanceof Map) {
    if (dtype !== null && dtype !== "object") return np_asarray(np_number(x, dtype), dtype);
    return new NDArray([x], [], "object");
  }
  const flat = [], dims = [], list = Array.isArray(x) ? x : [...$iter(x)];
  let kind = null;
  const visit = (one, depth) => {
    if (one instanceof NDArray && one.dims.length) {
      one.dims.forEach((count, k) => np_same(dims, depth + k, count));
      for (let i = 0; i < one.data.length; i++) flat.push(one.at(i));
      kind = np_common(kind, one.dtype);
    } else if (Array.isArray(one) || (one !== null && typeof one === "object" && (one.__len__ && one[Symbol.iterator]) && !(one.map instanceof Map) && !(one instanceof NDArray))) {
      const each = Array.isArray(one) ? one : [...one];
      np_same(dims, depth, each.length);
      each.forEach((part) => visit(part, depth + 1));
    } else {
      if (depth < dims.length) throw np_ragged();
      const value = one instanceof NDArray ? one.at(0) : one;
      flat.push(value);
      kind = np_common(kind, typeof value === "boolean" ? "bool" : typeof value === "number" ? "float" : "object");
    }
  };
  visit(list, 0);
  const made = dtype ?? kind ?? "float";
  if (made === "object") return new NDArray(flat, dims, "object");
  const data = np_store(made, flat.length);
  for (let i = 0; i < flat.length; i++) data[i] = np_number(flat[i], made);
  return new NDArray(data, dims, made);
}
const np_ragged = () => error("ValueError", "setting an array element with a sequence. The requested array has an inhomogeneous shape");
function np_same(dims, depth, count) {
  if (dims.length <= depth) dims[depth] = count;
  else if (dims[depth] !== count) throw np_ragged();
}
const np_rank = { null: 0, bool: 1, int: 2, float: 3, object: 4 };
const np_common = (a, b) => (np_rank[a] >= np_rank[b] ? a : b);
function np_number(x, kind) {
  if (kind === "bool") return $truth(x) ? 1 : 0;
  if (x === null || x === undefined) return NaN;
  const value = typeof x === "number" ? x : $b.float(x);
  return kind === "int" ? Math.trunc(value) : value;
}
function np_astype(a, dtype) {
  const data = np_store(dtype, a.data.length);
  for (let i = 0; i < data.length; i++) data[i] = dtype === "object" ? a.at(i) : np_number(a.data[i], dtype);
  return new NDArray(data, [...a.dims], dtype);
}

function np_reshape(a, dims) {
  const known = dims.reduce((product, one) => (one < 0 ? product : product * one), 1);
  const all = dims.map((one) => (one < 0 ? a.data.length / known : one));
  if (np_size(all) !== a.data.length) throw error("ValueError", `cannot reshape array of size ${a.data.length} into shape ${repr(tuple(dims))}`);
  return np_out(a.data.slice(), all, a.dtype);
}
const np_strides = (dims) => {
  const strides = new Array(dims.length);
  for (let i = dims.length - 1, step = 1; i >= 0; step *= dims[i], i--) strides[i] = step;
  return strides;
};
const np_transposed = (a) => (a.dims.length < 2 ? a.copy() : np_permuted(a, a.dims.map((_, i) => a.dims.length - 1 - i)));
function np_permuted(a, axes) {
  const dims = axes.map((one) => a.dims[one]), strides = np_strides(a.dims);
  return np_gathered(a, dims, axes.map((one) => strides[one]));
}
// The values that lie at sums of index times stride.
function np_gathered(a, dims, strides, start = 0) {
  const data = np_store(a.dtype, np_size(dims)), last = dims.length - 1;
  const step = strides[last] ?? 0, count = dims[last] ?? 1;
  const index = new Array(Math.max(last, 0)).fill(0);
  for (let place = 0, offset = start; place < data.length; ) {
    for (let i = 0, at = offset; i < count; i++, at += step) data[place++] = a.data[at];
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      index[axis] += 1;
      offset += strides[axis];
      if (index[axis] < dims[axis]) break;
      offset -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
    if (axis < 0) break;
  }
  return new NDArray(data, dims, a.dtype);
}

// --- indices ----------------------------------------------------------------------------------

const np_outside = (at, axis, count) => error("IndexError", `index ${at} is out of bounds for axis ${axis} with size ${count}`);
function np_get(a, key) {
  const [count] = a.dims, one = a.dims.length === 1;
  if (typeof key === "number") {
    if (!a.dims.length) throw error("IndexError", "too many indices for array");
    const at = key < 0 ? key + count : key;
    if (!(at >= 0 && at < count)) throw np_outside(key, 0, count);
    return one ? a.at(at) : np_row(a, at);
  }
  if (one && key instanceof Slice) {
    const [start, stop, step] = key.indices(count);
    if (step === 1) {
      const data = a.data.slice(start, Math.max(start, stop));
      return new NDArray(data, [data.length], a.dtype);
    }
    const size = Math.max(0, Math.ceil((stop - start) / step)), data = np_store(a.dtype, size);
    for (let i = 0, at = start; i < size; i++, at += step) data[i] = a.data[at];
    return new NDArray(data, [size], a.dtype);
  }
  if (key instanceof NDArray && one && key.dims.length === 1 && (key.dtype !== "bool" || key.dims[0] === count)) {
    const places = key.dtype === "bool" ? np_true(key) : key.data, data = np_store(a.dtype, places.length);
    for (let i = 0; i < places.length; i++) {
      const at = places[i] < 0 ? places[i] + count : places[i];
      if (!(at >= 0 && at < count)) throw np_outside(places[i], 0, count);
      data[i] = a.data[at];
    }
    return new NDArray(data, [data.length], a.dtype);
  }
  const plain = np_plain(a, key);
  if (plain) {
    const found = np_gathered(a, plain.dims, plain.steps, plain.start);
    return plain.dims.length ? found : np_out(found.data, [], a.dtype);
  }
  const { at, dims } = np_places(a, key), data = np_store(a.dtype, at.length);
  for (let i = 0; i < at.length; i++) data[i] = a.data[at[i]];
  return np_out(data, dims, a.dtype);
}
// What a key of slices, numbers and new axes stands for: a start and steps; null for other keys.
function np_plain(a, key) {
  const items = key instanceof Tuple ? key : [key], strides = np_strides(a.dims), dims = [], steps = [];
  let start = 0, axis = 0;
  for (const one of items) {
    if (one === null) dims.push(1), steps.push(0);
    else if (one instanceof Slice && axis < a.dims.length) {
      const [from, to, step] = one.indices(a.dims[axis]);
      dims.push(Math.max(0, Math.ceil((to - from) / step)));
      steps.push(step * strides[axis]);
      start += from * strides[axis++];
    } else if (typeof one === "number" && axis < a.dims.length) {
      const at = one < 0 ? one + a.dims[axis] : one;
      if (!(at >= 0 && at < a.dims[axis])) throw np_outside(one, axis, a.dims[axis]);
      start += at * strides[axis++];
    } else return null;
  }
  for (; axis < a.dims.length; axis++) dims.push(a.dims[axis]), steps.push(strides[axis]);
  return { start, dims, steps };
}
function np_true(mask) {
  const places = [];
  for (let i = 0; i < mask.data.length; i++) if (mask.data[i]) places.push(i);
  return places;
}

function np_offsets({ start, dims, steps }) {
  let at = Int32Array.of(start);
  dims.forEach((count, axis) => {
    const next = new Int32Array(at.length * count), step = steps[axis];
    for (let i = 0, k = 0; i < at.length; i++) for (let j = 0, offset = at[i]; j < count; j++, offset += step) next[k++] = offset;
    at = next;
  });
  return at;
}

// Where in the data lie the values that any key stands for, and in which shape.
function np_places(a, key) {
  let items = key instanceof Tuple ? [...key] : [key];
  items = items.flatMap((one) => {
    if (Array.isArray(one) || (one !== null && typeof one === "object" && one[Symbol.iterator] && !(one instanceof NDArray))) one = np_asarray(one);
    if (typeof one === "boolean") return [np_asarray(one ? [0] : []), ];
    if (!(one instanceof NDArray) || one.dtype !== "bool") return [one];
    if (one.dims.length === 1) return [np_asarray(np_true(one), "int")];
    const strides = np_strides(one.dims), where = np_true(one);
    return one.dims.map((count, k) => np_asarray(where.map((at) => Math.floor(at / strides[k]) % count), "int"));
  });
  const used = items.filter((one) => one !== null && one !== Ellipsis).length;
  if (used > a.dims.length)
    throw error("IndexError", `too many indices for array: array is ${a.dims.length}-dimensional, but ${used} were indexed`);
  const whole = Array.from({ length: a.dims.length - used }, () => new Slice(null, null, null));
  const gap = items.indexOf(Ellipsis);
  items = gap < 0 ? [...items, ...whole] : [...items.slice(0, gap), ...whole, ...items.slice(gap + 1)];
  const strides = np_strides(a.dims), advanced = items.filter((one) => one instanceof NDArray);
  const shape = advanced.reduce((dims, one) => np_broadcast(dims, one.dims), []);
  const block = new Int32Array(np_size(shape)), parts = [];
  let axis = 0, start = 0, place = -1, first = -1, last = -1, seen = 0;
  items.forEach((one, k) => {
    if (one === null) parts.push({ count: 1, step: 0 });
    else if (typeof one === "number") {
      const at = one < 0 ? one + a.dims[axis] : one;
      if (!(at >= 0 && at < a.dims[axis])) throw np_outside(one, axis, a.dims[axis]);
      start += at * strides[axis++];
    } else if (one instanceof Slice) {
      const [from, to, step] = one.indices(a.dims[axis]);
      parts.push({ count: Math.max(0, Math.ceil((to - from) / step)), step: step * strides[axis] });
      start += from * strides[axis++];
    } else {
      if (first < 0) (first = k), (place = parts.length);
      last = k;
      seen += 1;
      const spread = np_spread(one, shape), count = a.dims[axis];
      for (let i = 0; i < block.length; i++) {
        const at = spread[i] < 0 ? spread[i] + count : spread[i];
        if (!(at >= 0 && at < count)) throw np_outside(spread[i], axis, count);
        block[i] += at * strides[axis];
      }
      axis += 1;
    }
  });
  if (seen && last - first + 1 !== seen) place = 0; // apart from each other, they come first
  const before = parts.slice(0, Math.max(place, 0)), after = parts.slice(Math.max(place, 0));
  const dims = [...before.map((one) => one.count), ...(seen ? shape : []), ...after.map((one) => one.count)];
  let at = Int32Array.of(start);
  const outer = (count, offset) => {
    const next = new Int32Array(at.length * count);
    for (let i = 0, k = 0; i < at.length; i++) for (let j = 0; j < count; j++) next[k++] = at[i] + offset(j);
    at = next;
  };
  for (const { count, step } of before) outer(count, (j) => j * step);
  if (seen) outer(block.length, (j) => block[j]);
  for (const { count, step } of after) outer(count, (j) => j * step);
  return { at, dims };
}

function np_put(a, key, value) {
  if (typeof key === "number" && a.dims.length === 1) {
    const at = key < 0 ? key + a.data.length : key;
    if (!(at >= 0 && at < a.data.length)) throw np_outside(key, 0, a.data.length);
    a.data[at] = a.dtype === "object" ? value : np_number(value, a.dtype);
    return;
  }
  const plain = np_plain(a, key);
  const { at, dims } = plain ? { at: np_offsets(plain), dims: plain.dims } : np_places(a, key);
  if (typeof value === "number" || typeof value === "boolean" || value === null) {
    const one = a.dtype === "object" ? value : np_number(value, a.dtype);
    for (let i = 0; i < at.length; i++) a.data[at[i]] = one;
    return;
  }
  let from = np_asarray(value);
  while (from.dims.length > dims.length && from.dims[0] === 1) from = new NDArray(from.data, from.dims.slice(1), from.dtype);
  np_broadcast(dims, from.dims, dims);
  const spread = np_spread(from, dims);
  for (let i = 0; i < at.length; i++) a.data[at[i]] = a.dtype === "object" ? spread[i] : np_number(spread[i], a.dtype);
}

// --- broadcasting -----------------------------------------------------------------------------

function np_broadcast(a, b, into = null) {
  const count = Math.max(a.length, b.length), dims = new Array(count);
  for (let i = 0; i < count; i++) {
    const x = a[a.length - count + i] ?? 1, y = b[b.length - count + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw error("ValueError", `operands could not be broadcast together with shapes ${repr(tuple(a))} ${repr(tuple(b))}`);
    dims[i] = x === 1 ? y : x;
  }
  if (into && dims.join() !== into.join())
    throw error("ValueError", `could not broadcast input array from shape ${repr(tuple(b))} into shape ${repr(tuple(into))}`);
  return dims;
}
// The values of an array in a shape that it broadcasts to.
function np_spread(a, dims) {
  if (a.dims.length === dims.length && a.dims.every((one, i) => one === dims[i])) return a.data;
  const own = np_strides(a.dims), less = dims.length - a.dims.length;
  return np_gathered(a, dims, dims.map((_, i) => (i < less || a.dims[i - less] === 1 ? 0 : own[i - less]))).data;
}
const np_alike = (a, b) => {
  if (a.dims.length !== b.dims.length) return false;
  for (let i = 0; i < a.dims.length; i++) if (a.dims[i] !== b.dims[i]) return false;
  return true;
};

function np_binary(a, b, f, dtype, general) {
  const x = a instanceof NDArray, y = b instanceof NDArray;
  if (!x && typeof a !== "number" && typeof a !== "boolean") return np_other(a, b, f, dtype, general);
  if (!y && typeof b !== "number" && typeof b !== "boolean") return np_other(a, b, f, dtype, general);
  if ((x && a.dtype === "object") || (y && b.dtype === "object")) return np_general(a, b, general);
  if (!x && !y) return dtype === "bool" ? Boolean(f(Number(a), Number(b))) : f(Number(a), Number(b));
  const bool = dtype === "bool";
  if (!x || !y) {
    const { data, dims } = x ? a : b, out = bool ? new Uint8Array(data.length) : new Float64Array(data.length);
    if (x) np_with_number(f, data, Number(b), out);
    else np_number_with(f, Number(a), data, out);
    return new NDArray(out, dims, dtype ?? "float");
  }
  let { data: left, dims } = a, { data: right } = b;
  if (!np_alike(a, b)) {
    dims = np_broadcast(a.dims, b.dims);
    left = np_spread(a, dims);
    right = np_spread(b, dims);
  }
  const out = bool ? new Uint8Array(left.length) : new Float64Array(left.length);
  np_pairwise(f, left, right, out);
  return np_out(out, dims, dtype ?? "float");
}
// Loops of their own for the commonest: one that calls any f cannot be compiled well.
const np_sum_of = (a, b) => a + b, np_less = (a, b) => a - b, np_times = (a, b) => a * b, np_over = (a, b) => a / b;
function np_pairwise(f, x, y, out) {
  const count = out.length;
  if (f === np_times) for (let i = 0; i < count; i++) out[i] = x[i] * y[i];
  else if (f === np_sum_of) for (let i = 0; i < count; i++) out[i] = x[i] + y[i];
  else if (f === np_less) for (let i = 0; i < count; i++) out[i] = x[i] - y[i];
  else if (f === np_over) for (let i = 0; i < count; i++) out[i] = x[i] / y[i];
  else for (let i = 0; i < count; i++) out[i] = f(x[i], y[i]);
}
function np_with_number(f, x, y, out) {
  const count = out.length;
  if (f === np_times) for (let i = 0; i < count; i++) out[i] = x[i] * y;
  else if (f === np_sum_of) for (let i = 0; i < count; i++) out[i] = x[i] + y;
  else if (f === np_less) for (let i = 0; i < count; i++) out[i] = x[i] - y;
  else if (f === np_over) for (let i = 0; i < count; i++) out[i] = x[i] / y;
  else if (f === np_pow && y === 2) for (let i = 0; i < count; i++) out[i] = x[i] * x[i];
  else for (let i = 0; i < count; i++) out[i] = f(x[i], y);
}
function np_number_with(f, x, y, out) {
  const count = out.length;
  if (f === np_times) for (let i = 0; i < count; i++) out[i] = x * y[i];
  else if (f === np_sum_of) for (let i = 0; i < count; i++) out[i] = x + y[i];
  else if (f === np_less) for (let i = 0; i < count; i++) out[i] = x - y[i];
  else if (f === np_over) for (let i = 0; i < count; i++) out[i] = x / y[i];
  else for (let i = 0; i < count; i++) out[i] = f(x, y[i]);
}
const np_listed = (x) => Array.isArray(x) || x instanceof NDArray;
function np_other(a, b, f, dtype, general) {
  if (Array.isArray(a) || Array.isArray(b)) return np_binary(Array.isArray(a) ? np_asarray(a) : a, Array.isArray(b) ? np_asarray(b) : b, f, dtype, general);
  return np_general(a, b, general);
}
// Of objects, such as numbers with errors.
function np_general(a, b, general) {
  if (!np_listed(a) && !np_listed(b)) return general(a, b);
  const left = a instanceof NDArray ? a : new NDArray([a], [], "object"), right = b instanceof NDArray ? b : new NDArray([b], [], "object");
  const dims = np_broadcast(left.dims, right.dims), x = np_spread(left, dims), y = np_spread(right, dims);
  return np_out(Array.from(x, (one, i) => general(one, y[i])), dims, "object");
}
const np_pow = (a, b) => (b === 2 ? a * a : b === 0.5 ? Math.sqrt(a) : a ** b);
const np_mod = (a, b) => { const r = a % b; return r !== 0 && r < 0 !== b < 0 ? r + b : r; };
// Name, of two numbers, kind of the result, of two objects.
const NP_OPERATORS = [
  ["add", np_sum_of, null, add], ["sub", np_less, null, sub], ["mul", np_times, null, mul],
  ["truediv", np_over, null, truediv], ["floordiv", (a, b) => Math.floor(a / b), null, null],
  ["mod", np_mod, null, null], ["pow", np_pow, null, pow],
  ["and", (a, b) => a & b, "bits", null], ["or", (a, b) => a | b, "bits", null], ["xor", (a, b) => a ^ b, "bits", null],
];
const np_kind_of = (x) => (Array.isArray(x) ? np_asarray(x) : x).dtype ?? typeof x;
const np_bits = (a, b) => ([a, b].every((x) => np_kind_of(x).startsWith("bool")) ? "bool" : "int");
const np_knows = (x) => typeof x === "number" || typeof x === "boolean" || np_listed(x) || (x !== null && typeof x === "object" && x.__add__);
for (const [name, f, dtype, general] of NP_OPERATORS) {
  const kind = (a, b) => (dtype === "bits" ? np_bits(a, b) : dtype);
  NDArray.prototype[`__${name}__`] = function (other) {
    return np_knows(other) ? np_binary(this, other, f, kind(this, other), general) : NotImplemented;
  };
  NDArray.prototype[`__r${name}__`] = function (other) {
    return np_knows(other) ? np_binary(other, this, f, kind(other, this), general) : NotImplemented;
  };
  NDArray.prototype[`__i${name}__`] = function (other) {
    const found = np_binary(this, other, f, kind(this, other), general);
    if (!(found instanceof NDArray) || !np_alike(found, this) || found.dtype !== this.dtype) return found;
    if (this.dtype === "object") this.data = found.data;
    else this.data.set(found.data);
    return this;
  };
}
for (const [name, f, general] of [
  ["__lt__", (a, b) => a < b, lt], ["__le__", (a, b) => a <= b, le], ["__gt__", (a, b) => a > b, gt],
  ["__ge__", (a, b) => a >= b, ge], ["__eq__", (a, b) => a === b, eq], ["__ne__", (a, b) => a !== b, ne],
])
  NDArray.prototype[name] = function (other) {
    if (other === null || typeof other === "string") return np_each(this, (x) => $truth(general(x, other)), "bool");
    const found = np_binary(this, other, f, "bool", general);
    return found?.dtype === "object" ? np_astype(found, "bool") : found;
  };

function np_unary(x, f, dtype = "float") {
  if (typeof x === "number" || typeof x === "boolean") return dtype === "bool" ? Boolean(f(Number(x))) : f(Number(x));
  const a = np_asarray(x), { data } = a;
  const out = dtype === "bool" ? new Uint8Array(data.length) : new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = f(data[i]);
  return np_out(out, a.dims, dtype);
}
const np_each = (a, f, dtype = "object") => {
  const found = Array.from(a.data, (_, i) => f(a.at(i)));
  return new NDArray(dtype === "bool" ? Uint8Array.from(found, Number) : found, a.dims, dtype);
};
export const np_map = (f) => (x, ...given) => {
  const found = np_unary(x, f);
  const { where, out } = given.length ? parameters(given, [], { where: null, out: null }) : {};
  if (!where) return found;
  return np.where(where, found, out ?? found);
};

// --- along an axis ----------------------------------------------------------------------------

// Call f with the data of each line along an axis, and put what it returns in its place.
function np_lines(a, axis, f, dtype) {
  if (axis < 0) axis += a.dims.length;
  const count = a.dims[axis], inner = np_size(a.dims.slice(axis + 1)), outer = np_size(a.dims.slice(0, axis));
  const line = np_store(a.dtype, count);
  let out = null, size = 0;
  for (let i = 0; i < outer; i++)
    for (let j = 0; j < inner; j++) {
      for (let k = 0, at = i * count * inner + j; k < count; k++, at += inner) line[k] = a.data[at];
      const found = f(line), many = typeof found === "object" && found !== null && found.length !== undefined;
      if (out === null) {
        size = many ? found.length : 1;
        out = { data: np_store(dtype ?? "float", outer * inner * size), many };
      }
      if (many) for (let k = 0; k < size; k++) out.data[(i * size + k) * inner + j] = found[k];
      else out.data[i * inner + j] = found;
    }
  out ??= { data: np_store(dtype ?? "float", 0), many: false };
  return { ...out, dims: [...a.dims.slice(0, axis), ...(out.many ? [size] : []), ...a.dims.slice(axis + 1)] };
}
function np_reduction(f, dtype = null, empty = null) {
  return (x, ...given) => {
    const { axis, keepdims, where } = parameters(given, ["axis"], { axis: null, keepdims: false, where: null, dtype: null });
    let a = np_asarray(x);
    if (where) a = np_get(a, where);
    if (a.dtype === "object" && dtype !== "bool") {
      if (a.data.every((one) => typeof one === "number")) a = np_astype(a, "float");
      else if (f === np_total) return a.data.reduce((total, one) => add(total, one), 0);
    }
    if (axis === null || a.dims.length === 0) {
      if (a.data.length === 0 && empty) throw error("ValueError", empty);
      const found = f(a.data);
      return dtype === "bool" ? Boolean(found) : found;
    }
    if (axis instanceof Tuple) {
      let rest = a;
      for (const one of [...axis].map((k) => (k < 0 ? k + a.dims.length : k)).sort((p, q) => q - p)) rest = np_asarray(np_reduction(f, dtype)(rest, one));
      return np_out(rest.data, rest.dims, rest.dtype);
    }
    const { data, dims } = np_lines(a, axis, f, dtype), at = axis < 0 ? axis + a.dims.length : axis;
    return np_out(data, keepdims ? [...dims.slice(0, at), 1, ...dims.slice(at)] : dims, dtype ?? "float");
  };
}
function np_total(data) {
  let total = 0;
  for (let i = 0; i < data.length; i++) total += data[i];
  return total;
}
const np_average = (data) => np_total(data) / data.length;
function np_spread_of(data, ddof = 0) {
  const mean = np_average(data);
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i] - mean) ** 2;
  return squares / (data.length - ddof);
}
const np_extreme = (before) => (data) => {
  let [best] = data;
  for (let i = 1; i < data.length; i++) {
    if (Number.isNaN(data[i])) return NaN;
    if (before(data[i], best)) best = data[i];
  }
  return best;
};
const np_place = (before) => (data) => {
  let best = 0;
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i])) return i;
    if (before(data[i], data[best])) best = i;
  }
  return best;
};
function np_sorted(data) {
  return Float64Array.from(data).sort();
}
function np_quantile(sorted, q) {
  if (sorted.length && Number.isNaN(sorted[sorted.length - 1])) return NaN;
  const at = q * (sorted.length - 1), below = Math.floor(at), part = at - below;
  const a = sorted[below], b = sorted[Math.min(below + 1, sorted.length - 1)];
  return part >= 0.5 ? b - (b - a) * (1 - part) : a + (b - a) * part;
}
function np_order(data) {
  const places = Array.from(data, (_, i) => i);
  const rank = (x, y) => (x < y ? -1 : x > y ? 1 : Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : Number.isNaN(y) ? -1 : 0);
  return places.sort((i, k) => rank(data[i], data[k]));
}
function np_search(data, x, right) {
  let low = 0, high = data.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (right ? x < data[middle] || Number.isNaN(x) : data[middle] >= x || (Number.isNaN(data[middle]) && true)) {
      high = middle;
    } else low = middle + 1;
  }
  return low;
}

function np_sums(f) {
  return (x, ...given) => {
    const { axis } = parameters(given, ["axis"], { axis: null });
    const a = np_asarray(x), line = (data) => {
      const out = new Float64Array(data.length);
      for (let i = 0, now = 0; i < data.length; i++) out[i] = now = i ? f(now, data[i]) : data[i];
      return out;
    };
    if (axis === null) return new NDArray(line(a.data), [a.data.length], a.dtype === "bool" ? "int" : a.dtype);
    const { data, dims } = np_lines(a, axis, line);
    return new NDArray(data, dims, "float");
  };
}
function np_ufunc(f, dtype, general) {
  const made = (a, b, ...given) => {
    const found = np_binary(a, b, f, dtype, general);
    const { out, where } = given.length ? parameters(given, [], { out: null, where: null }) : {};
    return where ? np.where(where, found, out ?? found) : found;
  };
  made.reduceat = (x, starts, ...given) => {
    const { axis } = parameters(given, ["axis"], { axis: 0 });
    const a = np_asarray(x), edges = np_asarray(starts).data;
    const { data, dims } = np_lines(a, axis, (line) => {
      const out = new Float64Array(edges.length);
      for (let k = 0; k < edges.length; k++) {
        const end = k + 1 < edges.length ? edges[k + 1] : line.length;
        let now = line[edges[k]];
        for (let i = edges[k] + 1; i < end; i++) now = f(now, line[i]);
        out[k] = now;
      }
      return out;
    });
    return new NDArray(data, dims, "float");
  };
  made.reduce = (x, ...given) => {
    const list = Array.isArray(x) && !given.length ? x : null;
    if (list) return list.slice(1).reduce((total, one) => made(total, one), list[0]);
    const { axis } = parameters(given, ["axis"], { axis: 0 });
    return np_reduction((data) => data.reduce((now, one) => Number(f(now, one))), dtype)(x, axis);
  };
  made.accumulate = (x, axis = 0) => np_sums(f)(x, axis);
  made.outer = (a, b) => made(np_get(np_asarray(a), tuple([new Slice(), null])), np_asarray(b));
  return made;
}

// --- linear algebra ---------------------------------------------------------------------------

function np_matmul(a, b) {
  if (a.dims.length === 1 && b.dims.length === 1) {
    if (a.data.length !== b.data.length) throw error("ValueError", "matmul: mismatch in core dimension");
    let total = 0;
    for (let i = 0; i < a.data.length; i++) total += a.data[i] * b.data[i];
    return total;
  }
  const left = a.dims.length === 1 ? [1, a.dims[0]] : a.dims, right = b.dims.length === 1 ? [b.dims[0], 1] : b.dims;
  const [n, k] = left.slice(-2), [other, m] = right.slice(-2);
  if (k !== other)
    throw error("ValueError", `matmul: Input operand 1 has a mismatch in its core dimension 0 (size ${other} is different from ${k})`);
  const stack = np_broadcast(left.slice(0, -2), right.slice(0, -2)), count = np_size(stack), data = new Float64Array(count * n * m);
  const many = (dims) => (np_size(dims.slice(0, -2)) === 1 ? 0 : 1);
  const [x, y] = [many(left), many(right)];
  for (let s = 0; s < count; s++) {
    const p = x * s * n * k, q = y * s * k * m, o = s * n * m;
    np_products_of_rows(a.data, p, b.data, q, data, o, n, k, m);
  }
  const dims = [...stack, ...(a.dims.length === 1 ? [] : [n]), ...(b.dims.length === 1 ? [] : [m])];
  return np_out(data, dims, "float");
}
// Four columns at a time: their sums stay out of memory.
function np_products_of_rows(a, p, b, q, out, o, n, k, m) {
  for (let i = 0; i < n; i++) {
    const row = p + i * k;
    let j = 0;
    for (; j + 3 < m; j += 4) {
      let s = 0, t = 0, u = 0, v = 0;
      for (let l = 0, at = q + j; l < k; l++, at += m) {
        const value = a[row + l];
        s += value * b[at], t += value * b[at + 1], u += value * b[at + 2], v += value * b[at + 3];
      }
      const to = o + i * m + j;
      out[to] = s, out[to + 1] = t, out[to + 2] = u, out[to + 3] = v;
    }
    for (; j < m; j++) {
      let s = 0;
      for (let l = 0, at = q + j; l < k; l++, at += m) s += a[row + l] * b[at];
      out[o + i * m + j] = s;
    }
  }
}
// Call f for each matrix of a stack: it gets the data and the shape.
function np_stacked(a, f) {
  const [n, m] = a.dims.slice(-2), stack = a.dims.slice(0, -2), found = [];
  for (let s = 0; s < np_size(stack); s++) found.push(f(a.data.slice(s * n * m, (s + 1) * n * m), n, m, s));
  return { found, stack };
}
const np_restacked = (parts, stack, dims) => {
  const size = np_size(dims), data = new Float64Array(parts.length * size);
  parts.forEach((one, i) => data.set(one, i * size));
  return new NDArray(data, [...stack, ...dims], "float");
};
const np_singular = () => error("LinAlgError", "Singular matrix");
function np_solved(a, n, b, m) {
  a = a.slice();
  b = b.slice();
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r * n + c]) > Math.abs(a[pivot * n + c])) pivot = r;
    if (a[pivot * n + c] === 0) throw np_singular();
    if (pivot !== c) {
      for (let k = 0; k < n; k++) [a[c * n + k], a[pivot * n + k]] = [a[pivot * n + k], a[c * n + k]];
      for (let k = 0; k < m; k++) [b[c * m + k], b[pivot * m + k]] = [b[pivot * m + k], b[c * m + k]];
    }
    for (let r = c + 1; r < n; r++) {
      const by = a[r * n + c] / a[c * n + c];
      if (by === 0) continue;
      for (let k = c; k < n; k++) a[r * n + k] -= by * a[c * n + k];
      for (let k = 0; k < m; k++) b[r * m + k] -= by * b[c * m + k];
    }
  }
  for (let r = n - 1; r >= 0; r--)
    for (let k = 0; k < m; k++) {
      let value = b[r * m + k];
      for (let c = r + 1; c < n; c++) value -= a[r * n + c] * b[c * m + k];
      b[r * m + k] = value / a[r * n + r];
    }
  return b;
}
// Householder's reflections, with the signs of LAPACK; column by column, which lie together.
function np_reflected(data, m, n) {
  const count = Math.min(m, n), columns = [], vectors = [];
  for (let c = 0; c < n; c++) {
    const column = new Float64Array(m);
    for (let r = 0, at = c; r < m; r++, at += n) column[r] = data[at];
    columns.push(column);
  }
  for (let c = 0; c < count; c++) {
    const column = columns[c], v = new Float64Array(m);
    let largest = 0, below = 0, squares = 0;
    for (let r = c + 1; r < m; r++) below = Math.max(below, Math.abs(column[r]));
    largest = Math.max(below, Math.abs(column[c]));
    vectors.push(null);
    if (below === 0) continue;
    for (let r = c; r < m; r++) squares += (column[r] / largest) ** 2;
    const norm = largest * Math.sqrt(squares), beta = column[c] > 0 || Object.is(column[c], 0) ? -norm : norm;
    for (let r = c; r < m; r++) v[r] = column[r];
    v[c] -= beta;
    let power = 0;
    for (let r = c; r < m; r++) power += v[r] * v[r];
    vectors[c] = [v, power];
    for (let k = c; k < n; k++) np_mirrored(columns[k], v, power, c);
  }
  const q = new Float64Array(m * count), triangle = new Float64Array(count * n), unit = new Float64Array(m);
  for (let k = 0; k < count; k++) {
    unit.fill(0);
    unit[k] = 1;
    for (let c = Math.min(k, count - 1); c >= 0; c--) if (vectors[c]) np_mirrored(unit, ...vectors[c], c);
    for (let r = 0, at = k; r < m; r++, at += count) q[at] = unit[r];
  }
  for (let r = 0; r < count; r++) for (let c = r; c < n; c++) triangle[r * n + c] = columns[c][r];
  return [q, triangle, count];
}
function np_mirrored(column, v, power, first) {
  let along = 0;
  for (let r = first; r < v.length; r++) along += v[r] * column[r];
  along *= 2 / power;
  for (let r = first; r < v.length; r++) column[r] -= along * v[r];
}
// Jacobi's rotations of a symmetric matrix: eigenvalues, and vectors as columns.
function np_rotated(data, n) {
  const a = data.slice(), v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0, on = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) i === j ? (on += a[i * n + j] ** 2) : (off += a[i * n + j] ** 2);
    if (off <= 1e-34 * on) break;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1)), c = 1 / Math.hypot(t, 1), s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k * n + p], a[k * n + q]];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p * n + k], a[q * n + k]];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const [g, h] = [v[k * n + p], v[k * n + q]];
          v[k * n + p] = c * g - s * h;
          v[k * n + q] = s * g + c * h;
        }
      }
  }
  const values = Array.from({ length: n }, (_, i) => a[i * n + i]), order = np_order(values);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => { for (let k = 0; k < n; k++) vectors[k * n + to] = v[k * n + from]; });
  return [order.map((i) => values[i]), vectors];
}
// Jacobi's rotations of columns, which keep small singular values exact.
function np_singular_values(data, m, n) {
  const rows = Math.max(m, n), u = new Float64Array(rows * n), v = new Float64Array(n * n);
  u.set(data);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let moved = false;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        let x = 0, y = 0, z = 0;
        for (let k = 0; k < rows; k++) {
          x += u[k * n + p] ** 2;
          y += u[k * n + q] ** 2;
          z += u[k * n + p] * u[k * n + q];
        }
        if (Math.abs(z) <= 1e-16 * Math.sqrt(x * y) || z === 0) continue;
        moved = true;
        const theta = (y - x) / (2 * z), t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1), s = t * c;
        for (const [one, count] of [[u, rows], [v, n]])
          for (let k = 0; k < count; k++) {
            const [g, h] = [one[k * n + p], one[k * n + q]];
            one[k * n + p] = c * g - s * h;
            one[k * n + q] = s * g + c * h;
          }
      }
    if (!moved) break;
  }
  const sizes = Array.from({ length: n }, (_, c) => { let sum = 0; for (let k = 0; k < rows; k++) sum += u[k * n + c] ** 2; return Math.sqrt(sum); });
  const order = np_order(sizes.map((x) => -x));
  return { sizes: order.map((i) => sizes[i]), u, v, order, rows };
}

const np_first = (data, rows, columns) => new NDArray(data.slice(0, rows * columns), [rows, columns]);

const NP_LINALG = {
  LinAlgError: null, // below
  norm: (x, ...given) => {
    const { ord, axis, keepdims } = parameters(given, ["ord", "axis"], { ord: null, axis: null, keepdims: false });
    if (ord !== null) throw error("NotImplementedError", "only the norm of squares is known here");
    return np_reduction((data) => {
      let squares = 0;
      for (let i = 0; i < data.length; i++) squares += data[i] * data[i];
      return Math.sqrt(squares);
    })(x, new KW({ axis, keepdims }));
  },
  solve: (x, y) => {
    let a = np_asarray(x), b = np_asarray(y);
    const n = a.dims[a.dims.length - 1], vector = b.dims.length === 1, m = vector ? 1 : b.dims[b.dims.length - 1];
    if (!vector) {
      const stack = np_broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2));
      a = np.broadcast_to(a, [...stack, ...a.dims.slice(-2)]);
      b = np.broadcast_to(b, [...stack, ...b.dims.slice(-2)]);
    }
    const { found, stack } = np_stacked(a, (data, rows, columns, s) => {
      if (rows !== columns) throw error("LinAlgError", "Last 2 dimensions of the array must be square");
      return np_solved(data, n, vector ? b.data : b.data.slice(s * n * m, (s + 1) * n * m), m);
    });
    return np_restacked(found, stack, vector ? [n] : [n, m]);
  },
  inv: (x) => {
    const a = np_asarray(x), { found, stack } = np_stacked(a, (data, n) => np_solved(data, n, np.eye(n).data, n));
    return np_restacked(found, stack, a.dims.slice(-2));
  },
  qr: (x) => {
    const a = np_asarray(x), [m, n] = a.dims.slice(-2), count = Math.min(m, n);
    const { found, stack } = np_stacked(a, (data) => np_reflected(data, m, n));
    return tuple([
      np_restacked(found.map(([q]) => q), stack, [m, count]),
      np_restacked(found.map(([, triangle]) => triangle), stack, [count, n]),
    ]);
  },
  cholesky: (x) => {
    const a = np_asarray(x), { found, stack } = np_stacked(a, (data, n) => {
      const l = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          let sum = data[i * n + j];
          for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
          if (i === j && !(sum > 0)) throw error("LinAlgError", "Matrix is not positive definite");
          l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
        }
      return l;
    });
    return np_restacked(found, stack, a.dims.slice(-2));
  },
  eigh: (x) => {
    const a = np_asarray(x), [n] = a.dims, [values, vectors] = np_rotated(a.data, n);
    return tuple([np_asarray(values), new NDArray(vectors, [n, n])]);
  },
  svd: (x, ...given) => {
    const { full_matrices } = parameters(given, ["full_matrices"], { full_matrices: true });
    const a = np_asarray(x), [m, n] = a.dims, { sizes, u, v, order, rows } = np_singular_values(a.data, m, n);
    const count = Math.min(m, n), left = new Float64Array(m * count), right = new Float64Array(n * n);
    order.forEach((from, to) => {
      for (let k = 0; k < m && to < count; k++) left[k * count + to] = sizes[to] > 0 ? u[k * n + from] / sizes[to] : 0;
      for (let k = 0; k < n; k++) right[to * n + k] = v[k * n + from];
    });
    return tuple([new NDArray(left, [m, count]), np_asarray(sizes.slice(0, count)), np_first(right, full_matrices ? n : count, n)]);
  },
  lstsq: (x, y) => {
    const a = np_asarray(x), b = np_asarray(y), [u, sizes, rows] = NP_LINALG.svd(a), n = a.dims[1];
    const along = np_asarray(np_matmul(np_transposed(u), b)), columns = b.dims.length === 1 ? 1 : b.dims[1];
    const least = Math.max(...a.dims) * 2 ** -52 * sizes.data[0];
    const scaled = new Float64Array(n * columns);
    for (let i = 0; i < sizes.data.length; i++)
      if (sizes.data[i] > least) for (let k = 0; k < columns; k++) scaled[i * columns + k] = along.data[i * columns + k] / sizes.data[i];
    const found = np_matmul(np_transposed(rows), new NDArray(scaled, [n, columns]));
    const rank = sizes.data.filter((one) => one > least).length;
    return tuple([b.dims.length === 1 ? found.ravel() : found, np_asarray([]), rank, sizes]);
  },
  det: (x) => {
    const [, triangle, n] = np_reflected(np_asarray(x).data, ...np_asarray(x).dims);
    return Array.from({ length: n }, (_, i) => triangle[i * n + i]).reduce((a, b) => a * b, (-1) ** (n - 1));
  },
};

// --- Fourier transforms -----------------------------------------------------------------------

function np_fourier(re, im, sign) {
  const n = re.length;
  if (n % 2 === 0 && n > 2) {
    const part = (list, odd) => list.filter((_, i) => i % 2 === odd);
    const [a, b] = np_fourier(part(re, 0), part(im, 0), sign), [c, d] = np_fourier(part(re, 1), part(im, 1), sign);
    const x = new Float64Array(n), y = new Float64Array(n), half = n / 2;
    for (let k = 0; k < half; k++) {
      const angle = (sign * 2 * Math.PI * k) / n, p = Math.cos(angle), q = Math.sin(angle);
      const [g, h] = [c[k] * p - d[k] * q, c[k] * q + d[k] * p];
      x[k] = a[k] + g, y[k] = b[k] + h;
      x[k + half] = a[k] - g, y[k + half] = b[k] - h;
    }
    return [x, y];
  }
  const x = new Float64Array(n), y = new Float64Array(n);
  const p = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const q = Float64Array.from({ length: n }, (_, k) => sign * Math.sin((2 * Math.PI * k) / n));
  for (let k = 0; k < n; k++)
    for (let i = 0, at = 0; i < n; i++, at = (at + k) % n) {
      x[k] += re[i] * p[at] - im[i] * q[at];
      y[k] += re[i] * q[at] + im[i] * p[at];
    }
  return [x, y];
}
class NPComplex {
  constructor(re, im) { Object.assign(this, { re, im }); }
  __abs__() { return new NDArray(Float64Array.from(this.re, (x, i) => Math.hypot(x, this.im[i])), [this.re.length]); }
}
const NP_FFT = {
  rfft: (x, n = null) => {
    const { data } = np_asarray(x), count = n ?? data.length, re = new Float64Array(count);
    re.set(data.subarray(0, count));
    const [a, b] = np_fourier(re, new Float64Array(count), -1), half = Math.floor(count / 2) + 1;
    return new NPComplex(a.slice(0, half), b.slice(0, half));
  },
  irfft: (x) => {
    const half = x instanceof NPComplex ? x : { re: np_asarray(x).data, im: new Float64Array(x.size) };
    const n = 2 * (half.re.length - 1), re = new Float64Array(n), im = new Float64Array(n);
    for (let k = 0; k < half.re.length; k++) {
      re[k] = half.re[k];
      im[k] = half.im[k];
      if (k && k < n - k) (re[n - k] = half.re[k]), (im[n - k] = -half.im[k]);
    }
    const [found] = np_fourier(re, im, 1);
    return new NDArray(found.map((one) => one / n), [n]);
  },
};

// --- polynomials ------------------------------------------------------------------------------

const np_horner = (coefficients, x) => coefficients.reduce((value, one) => np_binary(np_binary(value, x, (a, b) => a * b), one, (a, b) => a + b), 0);
function np_fitted(x, y, degree) {
  const t = np_asarray(x), columns = Array.from({ length: degree + 1 }, (_, k) => np_unary(t, (one) => one ** (degree - k)));
  const scales = columns.map((one) => NP_LINALG.norm(one) || 1);
  const rows = np_transposed(np.stack(columns.map((one, k) => np_unary(one, (value) => value / scales[k]))));
  return Array.from(NP_LINALG.lstsq(rows, np_asarray(y))[0].data, (one, k) => one / scales[k]);
}
function np_polynomial(ascending, middle, half) {
  const value = (x) => np_horner([...ascending].reverse(), np_binary(np_binary(x, middle, (a, b) => a - b), half, (a, b) => a / b));
  value.deriv = () => np_polynomial(ascending.slice(1).map((one, k) => (one * (k + 1)) / half), middle, half);
  return value;
}
function np_legendre(n) {
  const nodes = new Float64Array(n), weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5)), slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, now] = [1, x];
      for (let k = 2; k <= n; k++) [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
      if (n === 1) [before, now] = [1, x];
      slope = (n * (x * now - before)) / (x * x - 1);
      const by = now / slope;
      x -= by;
      if (Math.abs(by) < 1e-16) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return tuple([new NDArray(nodes, [n]), new NDArray(weights, [n])]);
}

// --- sums over labelled axes ------------------------------------------------------------------

function np_einsum(labels, ...given) {
  const arrays = given.map((one) => np_asarray(one)), [from, to] = labels.split("->"), each = from.split(",");
  const sizes = {};
  each.forEach((names, k) => [...names].forEach((name, i) => (sizes[name] = arrays[k].dims[i])));
  const summed = [...new Set(from.replaceAll(",", ""))].filter((name) => !to.includes(name)), all = [...to, ...summed];
  const dims = [...to].map((name) => sizes[name]), inner = np_size(summed.map((name) => sizes[name]));
  const steps = arrays.map(({ dims: own }, k) => {
    const strides = np_strides(own);
    return all.map((name) => [...each[k]].reduce((sum, one, i) => sum + (one === name ? strides[i] : 0), 0));
  });
  const data = new Float64Array(np_size(dims)), last = all.length - 1, count = last < 0 ? 1 : sizes[all[last]];
  const index = new Array(all.length).fill(0), at = arrays.map(() => 0), step = steps.map((one) => one[last] ?? 0);
  const total = data.length * inner, onward = summed.length ? 0 : 1;
  for (let place = 0; place < total; place += count) {
    const to = Math.floor(place / inner);
    np_products(arrays, at, step, count, data, to, onward);
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] += 1;
      for (let k = 0; k < at.length; k++) at[k] += steps[k][axis];
      if (index[axis] < sizes[all[axis]]) break;
      for (let k = 0; k < at.length; k++) at[k] -= steps[k][axis] * index[axis];
      index[axis] = 0;
    }
  }
  return np_out(data, dims, "float");
}
// Add products along the last axis to where they belong.
function np_products(arrays, at, step, count, data, to, onward) {
  if (arrays.length === 2) {
    const [{ data: a }, { data: b }] = arrays, [p, q] = step;
    let [x, y] = at;
    for (let i = 0; i < count; i++, x += p, y += q, to += onward) data[to] += a[x] * b[y];
    return;
  }
  for (let i = 0; i < count; i++, to += onward) {
    let product = 1;
    for (let k = 0; k < arrays.length; k++) product *= arrays[k].data[at[k] + i * step[k]];
    data[to] += product;
  }
}

// --- the functions ----------------------------------------------------------------------------

const np_dims = (shape) => (typeof shape === "number" ? [shape] : [...shape]);
const np_full = (shape, value, dtype) => {
  const dims = np_dims(shape), kind = dtype ?? (typeof value === "boolean" ? "bool" : typeof value === "number" ? "float" : "object");
  if (np_listed(value)) return new NDArray(np_spread(np_asarray(value), dims).slice(), dims, np_asarray(value).dtype);
  return np_out(np_store(kind, np_size(dims)).fill(kind === "bool" ? Number(value) : value), dims, kind);
};
const np_filled = (value) => (shape, ...given) => {
  const { dtype } = parameters(given, ["dtype"], { dtype: null }), kind = np_dtype(dtype) ?? "float";
  const dims = np_dims(shape);
  return dims.length ? np_full(shape, kind === "object" ? null : kind === "bool" ? Boolean(value) : value, kind) : value;
};
const np_like = (value) => (x, ...given) => {
  const a = np_asarray(x), { dtype } = parameters(given, ["dtype"], { dtype: null });
  return np_full(a.dims, value, np_dtype(dtype) ?? (a.dtype === "object" ? "float" : a.dtype));
};
function np_joined(list, axis) {
  const arrays = [...$iter(list)].map((one) => np_asarray(one));
  if (!arrays.length) throw error("ValueError", "need at least one array to concatenate");
  const [first] = arrays, at = axis < 0 ? axis + first.dims.length : axis;
  const kind = arrays.map((one) => one.dtype).reduce(np_common);
  const dims = first.dims.map((count, i) => (i === at ? arrays.reduce((sum, one) => sum + one.dims[i], 0) : count));
  for (const one of arrays)
    if (one.dims.length !== dims.length || one.dims.some((count, i) => i !== at && count !== dims[i]))
      throw error("ValueError", "all the input array dimensions except for the concatenation axis must match exactly");
  const data = np_store(kind, np_size(dims)), inner = np_size(dims.slice(at + 1)), outer = np_size(dims.slice(0, at));
  for (let i = 0, place = 0; i < outer; i++)
    for (const one of arrays) {
      const count = one.dims[at] * inner;
      for (let k = 0; k < count; k++) data[place++] = one.data[i * count + k];
    }
  return new NDArray(data, dims, kind);
}
const np_wide = (x) => { const a = np_asarray(x); return a.dims.length ? a : new NDArray(a.data.slice(), [1], a.dtype); };
const np_high = (x) => { const a = np_wide(x); return a.dims.length > 1 ? a : new NDArray(a.data, [1, a.data.length], a.dtype); };
function np_parts(x, ends, axis) {
  const a = np_asarray(x), at = axis < 0 ? axis + a.dims.length : axis, all = [0, ...ends, a.dims[at]];
  return ends.concat(0).map((_, i) => {
    const key = a.dims.map((_, k) => (k === at ? new Slice(all[i], all[i + 1], null) : new Slice(null, null, null)));
    return np_get(a, tuple(key));
  });
}
const np_split = (x, where, axis = 0, unequal = false) => {
  const a = np_asarray(x), count = a.dims[axis < 0 ? axis + a.dims.length : axis];
  if (typeof where !== "number") return np_parts(a, [...$iter(where)], axis);
  if (!unequal && count % where) throw error("ValueError", "array split does not result in an equal division");
  const each = Math.floor(count / where), more = count % where, ends = [];
  for (let i = 1; i < where; i++) ends.push(i * each + Math.min(i, more));
  return np_parts(a, ends, axis);
};
const np_interpolated = (x, xp, fp, left, right) => {
  const places = np_asarray(xp).data, values = np_asarray(fp).data, last = places.length - 1;
  return np_unary(x, (one) => {
    if (Number.isNaN(one)) return NaN;
    if (one < places[0]) return left ?? values[0];
    if (one > places[last]) return right ?? values[last];
    const i = Math.min(np_search(places, one, true) - 1, last - 1);
    if (i < 0) return values[0];
    if (one === places[i + 1]) return values[i + 1];
    const slope = (values[i + 1] - values[i]) / (places[i + 1] - places[i]);
    const found = slope * (one - places[i]) + values[i];
    return Number.isNaN(found) && values[i] === values[i + 1] ? values[i] : found;
  });
};
function np_unique(x, ...given) {
  const { return_index, return_inverse, return_counts, axis } = parameters(given, [], {
    return_index: false, return_inverse: false, return_counts: false, axis: null });
  const a = np_asarray(x);
  if (axis !== null) {
    const lines = axis === 0 ? a : np_transposed(a), rows = [...lines].map((one) => one.tolist());
    rows.sort((p, q) => { for (let i = 0; i < p.length; i++) if (p[i] !== q[i]) return p[i] - q[i]; return 0; });
    const kept = rows.filter((one, i) => i === 0 || one.join() !== rows[i - 1].join());
    const found = kept.length ? np_asarray(kept, a.dtype) : new NDArray(np_store(a.dtype, 0), [0, lines.dims[1]], a.dtype);
    return axis === 0 ? found : np_transposed(found);
  }
  const order = a.dtype === "object" ? a.data.map((_, i) => i).sort((i, k) => ($truth(lt(a.data[i], a.data[k])) ? -1 : $truth(lt(a.data[k], a.data[i])) ? 1 : 0)) : np_order(a.data);
  const values = [], first = [], counts = [], inverse = new Float64Array(a.data.length);
  for (const i of order) {
    const last = values[values.length - 1];
    if (!values.length || !(last === a.data[i] || (Number.isNaN(last) && Number.isNaN(a.data[i])))) values.push(a.data[i]), first.push(i), counts.push(0);
    counts[counts.length - 1] += 1;
    inverse[i] = values.length - 1;
  }
  const data = np_store(a.dtype, values.length);
  values.forEach((one, i) => (data[i] = one));
  const found = [new NDArray(data, [values.length], a.dtype)];
  if (return_index) found.push(np_asarray(first, "int"));
  if (return_inverse) found.push(new NDArray(inverse, [...a.dims], "int"));
  if (return_counts) found.push(np_asarray(counts, "int"));
  return found.length === 1 ? found[0] : tuple(found);
}
function np_differences(x, ...given) {
  let { n, axis } = parameters(given, ["n", "axis"], { n: 1, axis: -1 }), a = np_asarray(x);
  const kind = a.dtype === "bool" ? "bool" : "float";
  for (; n > 0; n--) {
    const { data, dims } = np_lines(a, axis, (line) => {
      const out = new Float64Array(Math.max(0, line.length - 1));
      for (let i = 0; i < out.length; i++) out[i] = kind === "bool" ? Number(line[i] !== line[i + 1]) : line[i + 1] - line[i];
      return out;
    }, kind);
    if (!data.length) return new NDArray(np_store(kind, 0), a.dims.map((count, i) => (i === (axis < 0 ? axis + a.dims.length : axis) ? 0 : count)), kind);
    a = new NDArray(data, dims, kind);
  }
  return a;
}
const NP_FLOAT = new DataView(new ArrayBuffer(8));
function np_nextafter(x, y) {
  if (x === y || Number.isNaN(x) || Number.isNaN(y)) return x === y ? y : NaN;
  if (x === 0) return y > 0 ? 5e-324 : -5e-324;
  NP_FLOAT.setFloat64(0, x);
  NP_FLOAT.setBigInt64(0, NP_FLOAT.getBigInt64(0) + (y > x === x > 0 ? 1n : -1n));
  return NP_FLOAT.getFloat64(0);
}
// As loadtxt reads a cell: unlike float() it takes no 1_000.
const np_number_of = (text) => {
  if (text.includes("_")) throw error("ValueError", `could not convert string '${text}' to float64`);
  return $b.float(text.trim());
};
const np_all = np_reduction((data) => data.every((x) => $truth(x)), "bool");
const np_any = np_reduction((data) => data.some((x) => $truth(x)), "bool");

export const np = {
  ndarray: NDArray, pi: Math.PI, e: Math.E, inf: Infinity, nan: NaN, newaxis: null,
  float64: np_kind("float64", () => false, (x) => $b.float(x)), floating: np_kind("floating"),
  int64: np_kind("int64", () => false, (x) => $b.int(x)), intp: np_kind("intp"), integer: np_kind("integer"),
  bool_: np_kind("bool_", (x) => typeof x === "boolean", (x) => $truth(x)),
  ma: { is_masked: () => false },
  linalg: NP_LINALG, fft: NP_FFT,
  polynomial: {
    Polynomial: { fit: (x, y, degree) => {
      const { data } = np_asarray(x), low = Math.min(...data), high = Math.max(...data);
      const middle = (low + high) / 2, half = (high - low) / 2 || 1;
      const scaled = np_unary(np_asarray(x), (one) => (one - middle) / half);
      return np_polynomial(np_fitted(scaled, y, degree).reverse(), middle, half);
    } },
    legendre: { leggauss: np_legendre },
  },
  finfo: () => ({ eps: 2 ** -52, tiny: 2 ** -1022, max: Number.MAX_VALUE, min: -Number.MAX_VALUE, smallest_normal: 2 ** -1022 }),
  errstate: () => Object.assign((f) => f, { __enter__: () => null, __exit__: () => false }), // also decorates

  // Of each value.
  abs: (x) => (x?.__abs__ && !(x instanceof NDArray) ? x.__abs__() : x instanceof NDArray && x.dtype === "object" ? np_each(x, $b.abs) : np_unary(x, Math.abs)),
  sqrt: np_map(Math.sqrt), exp: np_map(Math.exp), expm1: np_map(Math.expm1), log: np_map(Math.log), log10: np_map(Math.log10),
  log1p: np_map(Math.log1p), log2: np_map(Math.log2), sin: np_map(Math.sin), cos: np_map(Math.cos), tan: np_map(Math.tan),
  arcsin: np_map(Math.asin), arccos: np_map(Math.acos), arctan: np_map(Math.atan), sinh: np_map(Math.sinh), cosh: np_map(Math.cosh),
  tanh: np_map(Math.tanh), floor: np_map(Math.floor), ceil: np_map(Math.ceil), trunc: np_map(Math.trunc), sign: np_map(Math.sign), cbrt: np_map(Math.cbrt),
  square: np_map((x) => x * x), radians: np_map((x) => (x * Math.PI) / 180), degrees: np_map((x) => (x * 180) / Math.PI),
  round: (x, digits = 0) => np_unary(x, (one) => $b.round(one, digits)),
  negative: (x) => neg(x),
  isfinite: (x) => np_unary(x, Number.isFinite, "bool"), isnan: (x) => np_unary(x, Number.isNaN, "bool"),
  isinf: (x) => np_unary(x, (one) => one === Infinity || one === -Infinity, "bool"),
  logical_not: (x) => np_unary(x, (one) => !one, "bool"),
  nan_to_num: (x, ...given) => {
    const { nan, posinf, neginf } = parameters(given, ["copy", "nan", "posinf", "neginf"], { copy: true, nan: 0, posinf: null, neginf: null });
    const above = posinf ?? Number.MAX_VALUE, below = neginf ?? -Number.MAX_VALUE;
    return np_unary(x, (one) => (Number.isNaN(one) ? nan : Number.isFinite(one) ? one : one > 0 ? above : below));
  },
  iscomplexobj: () => false, isscalar: (x) => typeof x === "number",
  // Of pairs.
  add: np_ufunc(np_sum_of, null, add), subtract: np_ufunc(np_less, null, sub), multiply: np_ufunc(np_times, null, mul),
  divide: np_ufunc(np_over, null, truediv), power: np_ufunc(np_pow, null, pow),
  maximum: np_ufunc((a, b) => (a >= b || Number.isNaN(a) ? a : b), null, null), minimum: np_ufunc((a, b) => (a <= b || Number.isNaN(a) ? a : b), null, null),
  fmax: np_ufunc((a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b)), null, null),
  fmin: np_ufunc((a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b)), null, null),
  hypot: np_ufunc((a, b) => Math.hypot(a, b), null, null), arctan2: np_ufunc(Math.atan2, null, null),
  logaddexp: np_ufunc((a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))), null, null),
  copysign: np_ufunc((a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)), null, null),
  nextafter: np_ufunc(np_nextafter, null, null), floor_divide: np_ufunc((a, b) => Math.floor(a / b), null, null), mod: np_ufunc(np_mod, null, null),
  logical_and: np_ufunc((a, b) => a && b, "bool", null), logical_or: np_ufunc((a, b) => a || b, "bool", null),
  less: np_ufunc((a, b) => a < b, "bool", lt), greater: np_ufunc((a, b) => a > b, "bool", gt),
  where: (...given) => {
    const mask = np_asarray(given[0]);
    if (given.length === 1) return mask.nonzero();
    const x = np_asarray(given[1]), y = np_asarray(given[2]), dims = np_broadcast(np_broadcast(mask.dims, x.dims), y.dims);
    const kind = np_common(x.dtype, y.dtype), data = np_store(kind, np_size(dims));
    const [m, p, q] = [mask, x, y].map((one) => np_spread(one, dims));
    for (let i = 0; i < data.length; i++) data[i] = m[i] ? p[i] : q[i];
    return np_out(data, dims, kind);
  },
  clip: (x, ...given) => {
    const { a_min, a_max } = parameters(given, ["a_min", "a_max"], { a_min: null, a_max: null });
    const above = a_min === null ? np_asarray(x) : np.maximum(x, a_min);
    return a_max === null ? above : np.minimum(above, a_max);
  },

  // New arrays.
  array: (x, ...given) => {
    const { dtype } = parameters(given, ["dtype"], { dtype: null, copy: true, ndmin: 0 }), found = np_asarray(x, np_dtype(dtype));
    return found === x ? found.copy() : found;
  },
  asarray: (x, ...given) => np_asarray(x, np_dtype(parameters(given, ["dtype"], { dtype: null }).dtype)),
  asanyarray: (x, ...given) => np_asarray(x, np_dtype(parameters(given, ["dtype"], { dtype: null }).dtype)),
  ascontiguousarray: (x, ...given) => np_asarray(x, np_dtype(parameters(given, ["dtype"], { dtype: null }).dtype)),
  fromiter: (x, kind) => np_asarray([...$iter(x)], np_dtype(kind)),
  zeros: np_filled(0), ones: np_filled(1), empty: np_filled(0),
  zeros_like: np_like(0), ones_like: np_like(1), empty_like: np_like(0),
  full: (shape, value, ...given) => np_full(shape, value, np_dtype(parameters(given, ["dtype"], { dtype: null }).dtype)),
  full_like: (x, value, ...given) => np_full(np_asarray(x).dims, value, np_dtype(parameters(given, ["dtype"], { dtype: null }).dtype) ?? "float"),
  arange: (...given) => {
    const named = given[given.length - 1] instanceof KW ? given.pop() : {};
    const [start, stop, step] = given.length === 1 ? [0, given[0], 1] : [given[0], given[1], given[2] ?? named.step ?? 1];
    const count = Math.max(0, Math.ceil((stop - start) / step));
    return new NDArray(Float64Array.from({ length: count }, (_, i) => start + i * step), [count]);
  },
  linspace: (start, stop, ...given) => {
    const { num, endpoint } = parameters(given, ["num"], { num: 50, endpoint: true }), parts = endpoint ? num - 1 : num;
    const step = parts > 0 ? (stop - start) / parts : NaN;
    const data = Float64Array.from({ length: num }, (_, i) => start + (i ? i * step : 0));
    if (endpoint && num > 1) data[num - 1] = stop;
    return new NDArray(data, [num]);
  },
  geomspace: (start, stop, num = 50) => {
    const logs = np.linspace(Math.log10(start), Math.log10(stop), num), found = np_unary(logs, (x) => 10 ** x);
    if (num) found.data[0] = start;
    if (num > 1) found.data[num - 1] = stop;
    return found;
  },
  logspace: (start, stop, num = 50) => np_unary(np.linspace(start, stop, num), (x) => 10 ** x),
  eye: (n) => {
    const found = np.zeros(tuple([n, n]));
    for (let i = 0; i < n; i++) found.data[i * n + i] = 1;
    return found;
  },
  identity: (n) => np.eye(n),
  indices: (shape) => {
    const dims = [...$iter(shape)], strides = np_strides(dims), count = np_size(dims), data = new Float64Array(dims.length * count);
    dims.forEach((size, k) => { for (let i = 0; i < count; i++) data[k * count + i] = Math.floor(i / strides[k]) % size; });
    return new NDArray(data, [dims.length, ...dims], "int");
  },
  frombuffer: (text) => {
    const words = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    const data = new Float64Array(words.buffer);
    return new NDArray(data, [data.length]);
  },
  loadtxt: (lines, ...given) => {
    const { delimiter, usecols } = parameters(given, [], { delimiter: null, usecols: null, comments: null, ndmin: 0, dtype: null });
    const list = [...$iter(lines)], columns = [...$iter(usecols)], data = new Float64Array(list.length * columns.length);
    list.forEach((line, row) => {
      const cells = delimiter === null ? line.trim().split(/\s+/) : line.split(delimiter);
      columns.forEach((column, k) => {
        if (column >= cells.length) throw error("ValueError", "invalid column index");
        data[row * columns.length + k] = np_number_of(cells[column]);
      });
    });
    return new NDArray(data, [list.length, columns.length]);
  },
  vectorize: (f) => (...given) => {
    if (!given.some(np_listed)) return f(...given);
    const [a] = given.map((one) => np_asarray(one));
    return np_each(a, (one) => call(f, one));
  },

  // Shapes.
  shape: (x) => np_asarray(x).shape, ndim: (x) => np_asarray(x).ndim, size: (x) => np_asarray(x).size,
  ravel: (x) => np_asarray(x).ravel(), reshape: (x, shape) => np_reshape(np_asarray(x), np_dims(shape)),
  atleast_1d: np_wide, atleast_2d: np_high, squeeze: (x) => np_asarray(x).squeeze(), transpose: (x) => np_transposed(np_asarray(x)),
  broadcast_to: (x, shape) => {
    const a = np_asarray(x), dims = np_dims(shape);
    np_broadcast(dims, a.dims, dims);
    return np_out(np_spread(a, dims), dims, a.dtype);
  },
  broadcast_arrays: (...given) => {
    const arrays = given.map((one) => np_asarray(one)), dims = arrays.reduce((found, one) => np_broadcast(found, one.dims), []);
    return tuple(arrays.map((one) => new NDArray(np_spread(one, dims).slice(), dims, one.dtype)));
  },
  broadcast_shapes: (...shapes) => tuple(shapes.map((one) => [...one]).reduce((found, one) => np_broadcast(found, one), [])),
  concatenate: (list, ...given) => np_joined(list, parameters(given, ["axis"], { axis: 0 }).axis),
  append: (a, b) => np_joined([np_asarray(a).ravel(), np_asarray(b).ravel()], 0),
  stack: (list, ...given) => {
    const { axis } = parameters(given, ["axis"], { axis: 0 }), arrays = [...$iter(list)].map((one) => np_asarray(one));
    const at = axis < 0 ? axis + arrays[0].dims.length + 1 : axis;
    return np_joined(arrays.map((one) => new NDArray(one.data, [...one.dims.slice(0, at), 1, ...one.dims.slice(at)], one.dtype)), at);
  },
  vstack: (list) => np_joined([...$iter(list)].map(np_high), 0),
  hstack: (list) => { const arrays = [...$iter(list)].map(np_wide); return np_joined(arrays, arrays[0].dims.length === 1 ? 0 : 1); },
  column_stack: (list) => np_joined([...$iter(list)].map((one) => { const a = np_wide(one); return a.dims.length > 1 ? a : new NDArray(a.data, [a.data.length, 1], a.dtype); }), 1),
  split: (x, where, ...given) => np_split(x, where, parameters(given, ["axis"], { axis: 0 }).axis),
  array_split: (x, where) => np_split(x, where, 0, true),
  hsplit: (x, where) => np_split(x, where, np_asarray(x).dims.length === 1 ? 0 : 1),
  tile: (x, times) => {
    const a = np_wide(x), reps = np_dims(times);
    if (reps.length === 1 && a.dims.length === 1) return np_joined(Array.from({ length: reps[0] }, () => a), 0);
    let found = np_high(a);
    found = np_joined(Array.from({ length: reps[reps.length - 1] }, () => found), 1);
    return reps.length === 1 ? found : np_joined(Array.from({ length: reps[0] }, () => found), 0);
  },
  repeat: (x, count) => {
    const a = np_wide(x), counts = np_spread(np_asarray(count), a.dims), out = [];
    for (let i = 0; i < a.data.length; i++) for (let k = 0; k < counts[i]; k++) out.push(a.at(i));
    return np_asarray(out, a.dtype);
  },
  roll: (x, by) => { const { data, dims, dtype } = np_asarray(x), n = data.length; return new NDArray(data.map((_, i) => data[(((i - by) % n) + n) % n]), dims, dtype); },
  flip: (x) => np_get(np_asarray(x), new Slice(null, null, -1)),
  delete: (x, places) => {
    const a = np_asarray(x), gone = np_asarray(places), some = gone.dtype === "bool" ? np_true(gone) : Array.from(gone.data);
    const away = new Set(some.map((at) => (at < 0 ? at + a.data.length : at)));
    return np_get(a, np_asarray(Array.from(a.data, (_, i) => i).filter((i) => !away.has(i)), "int"));
  },
  pad: (x, width, ...given) => {
    const { mode, constant_values } = parameters(given, ["mode"], { mode: "constant", constant_values: 0 });
    const { data, dtype } = np_asarray(x), [before, after] = typeof width === "number" ? [width, width] : [...width];
    const out = np_store(dtype, data.length + before + after);
    for (let i = 0; i < out.length; i++) {
      const at = i - before;
      if (at >= 0 && at < data.length) out[i] = data[at];
      else out[i] = mode === "edge" ? data[at < 0 ? 0 : data.length - 1] : Number(constant_values);
    }
    return new NDArray(out, [out.length], dtype);
  },
  ix_: (...given) => tuple(given.map((one, k) => {
    let a = np_asarray(one);
    if (a.dtype === "bool") a = np_asarray(np_true(a), "int");
    return new NDArray(a.data, given.map((_, i) => (i === k ? a.data.length : 1)), "int");
  })),
  unravel_index: (at, shape) => {
    const dims = [...shape], strides = np_strides(dims);
    return tuple(dims.map((count, k) => Math.floor(at / strides[k]) % count));
  },
  r_: { __getitem__: (parts) => np_joined((parts instanceof Tuple ? [...parts] : [parts]).map((one) => (one instanceof Slice ? np.arange(one.start ?? 0, one.stop, one.step ?? 1) : np_wide(one))), 0) },
  diag: (x) => {
    const a = np_asarray(x);
    if (a.dims.length === 2) return np.diagonal(a);
    const n = a.data.length, found = np.zeros(tuple([n, n]), new KW({ dtype: a.dtype }));
    for (let i = 0; i < n; i++) found.data[i * n + i] = a.data[i];
    return found;
  },
  diagonal: (x, ...given) => {
    const { axis1, axis2 } = parameters(given, ["offset", "axis1", "axis2"], { offset: 0, axis1: 0, axis2: 1 });
    const a = np_asarray(x), strides = np_strides(a.dims), others = a.dims.map((_, i) => i).filter((i) => i !== axis1 && i !== axis2);
    const count = Math.min(a.dims[axis1], a.dims[axis2]);
    return np_gathered(a, [...others.map((i) => a.dims[i]), count], [...others.map((i) => strides[i]), strides[axis1] + strides[axis2]]);
  },
  outer: (a, b) => np_binary(np_get(np_asarray(a).ravel(), tuple([new Slice(), null])), np_asarray(b).ravel(), (x, y) => x * y, null, mul),
  cross: (a, b) => {
    const [x, y] = [np_asarray(a).data, np_asarray(b).data];
    return np_asarray([x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]);
  },
  dot: (a, b) => np_matmul(np_asarray(a), np_asarray(b)), matmul: (a, b) => np_matmul(np_asarray(a), np_asarray(b)),
  einsum: np_einsum,
  trace: (x) => np_total(np.diagonal(x).data),
  vander: (x, ...given) => {
    const a = np_asarray(x), { N, increasing } = parameters(given, ["N"], { N: null, increasing: false }), n = N ?? a.data.length;
    const data = new Float64Array(a.data.length * n);
    a.data.forEach((one, i) => { for (let k = 0; k < n; k++) data[i * n + k] = one ** (increasing ? k : n - 1 - k); });
    return new NDArray(data, [a.data.length, n]);
  },
  polyfit: (x, y, degree) => np_asarray(np_fitted(x, y, degree)),
  polyval: (p, x) => np_horner(Array.from(np_asarray(p).data), np_listed(x) ? np_asarray(x) : x),

  // What arrays come to.
  sum: np_reduction(np_total), prod: np_reduction((data) => data.reduce((a, b) => a * b, 1)), mean: np_reduction(np_average),
  nansum: np_reduction((data) => np_total(data.filter((x) => !Number.isNaN(x)))),
  nanmean: np_reduction((data) => np_average(data.filter((x) => !Number.isNaN(x)))),
  var: (x, ...given) => { const { ddof, axis } = parameters(given, ["axis"], { ddof: 0, axis: null }); return np_reduction((data) => np_spread_of(data, ddof))(x, axis); },
  std: (x, ...given) => { const { ddof, axis } = parameters(given, ["axis"], { ddof: 0, axis: null }); return np_reduction((data) => Math.sqrt(np_spread_of(data, ddof)))(x, axis); },
  max: np_reduction(np_extreme((a, b) => a > b), null, "zero-size array to reduction operation maximum which has no identity"),
  min: np_reduction(np_extreme((a, b) => a < b), null, "zero-size array to reduction operation minimum which has no identity"),
  nanmax: np_reduction((data) => np_extreme((a, b) => a > b)(data.filter((x) => !Number.isNaN(x)))),
  nanmin: np_reduction((data) => np_extreme((a, b) => a < b)(data.filter((x) => !Number.isNaN(x)))),
  ptp: np_reduction((data) => np_extreme((a, b) => a > b)(data) - np_extreme((a, b) => a < b)(data)),
  argmax: np_reduction(np_place((a, b) => a > b), null, "attempt to get argmax of an empty sequence"),
  argmin: np_reduction(np_place((a, b) => a < b), null, "attempt to get argmin of an empty sequence"),
  all: np_all, any: np_any,
  count_nonzero: (x) => np_asarray(x).data.reduce((count, one) => count + ($truth(one) ? 1 : 0), 0),
  median: np_reduction((data) => np_quantile(np_sorted(data), 0.5)),
  quantile: (x, q, ...given) => {
    const { axis } = parameters(given, ["axis"], { axis: null });
    if (axis !== null) return np_reduction((data) => np_quantile(np_sorted(data), q))(x, axis);
    const sorted = np_sorted(np_asarray(x).data);
    if (!sorted.length) throw error("IndexError", "index -1 is out of bounds for axis 0 with size 0");
    return np_unary(q, (one) => np_quantile(sorted, one));
  },
  percentile: (x, q, ...given) => np.quantile(x, np_unary(q, (one) => one / 100), ...given),
  average: (x, ...given) => {
    const { axis, weights } = parameters(given, ["axis", "weights"], { axis: null, weights: null });
    if (weights === null) return np.mean(x, axis);
    if (axis !== null) throw error("NotImplementedError", "weights along an axis are not known here");
    return np_total(np_binary(np_asarray(x), np_asarray(weights), (a, b) => a * b).data) / np_total(np_asarray(weights).data);
  },
  corrcoef: (a, b) => {
    const x = np_asarray(a).data, y = np_asarray(b).data, mx = np_average(x), my = np_average(y);
    let xx = 0, yy = 0, xy = 0;
    for (let i = 0; i < x.length; i++) (xx += (x[i] - mx) ** 2), (yy += (y[i] - my) ** 2), (xy += (x[i] - mx) * (y[i] - my));
    const r = Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
    return np_asarray([[1, r], [r, 1]]);
  },
  cumsum: np_sums((a, b) => a + b), cumprod: np_sums((a, b) => a * b),
  diff: np_differences, ediff1d: (x) => np_differences(x),
  gradient: (x, ...given) => {
    const { data } = np_asarray(x), n = data.length, out = new Float64Array(n);
    const step = given.length && typeof given[0] === "number" ? given[0] : 1, at = given.length && np_listed(given[0]) ? np_asarray(given[0]).data : null;
    if (n < 2) throw error("ValueError", "Shape of array too small to calculate a numerical gradient");
    const width = (i, k) => (at ? at[k] - at[i] : (k - i) * step);
    for (let i = 1; i < n - 1; i++) {
      const a = width(i - 1, i), b = width(i, i + 1);
      out[i] = a === b ? (data[i + 1] - data[i - 1]) / (2 * a)
        : (-b / (a * (a + b))) * data[i - 1] + ((b - a) / (a * b)) * data[i] + (a / (b * (a + b))) * data[i + 1];
    }
    out[0] = (data[1] - data[0]) / width(0, 1);
    out[n - 1] = (data[n - 1] - data[n - 2]) / width(n - 2, n - 1);
    return new NDArray(out, [n]);
  },
  interp: (x, xp, fp, ...given) => {
    const { left, right } = parameters(given, ["left", "right"], { left: null, right: null });
    return np_interpolated(x, xp, fp, left, right);
  },
  sort: (x, ...given) => {
    const a = np_asarray(x), { axis } = parameters(given, ["axis"], { axis: -1, kind: null });
    if (a.dtype === "object") return new NDArray($b.sorted(a.data), a.dims, "object");
    if (a.dims.length === 1) { const data = a.data.slice(); data.sort(); return new NDArray(data, a.dims, a.dtype); }
    const { data, dims } = np_lines(a, axis, np_sorted, a.dtype);
    return new NDArray(data, dims, a.dtype);
  },
  argsort: (x, ...given) => {
    const a = np_asarray(x), { axis } = parameters(given, ["axis"], { axis: -1, kind: null });
    const { data, dims } = np_lines(a, axis, np_order, "int");
    return new NDArray(data, a.data.length ? dims : a.dims, "int");
  },
  lexsort: (keys) => {
    const lists = [...$iter(keys)].map((one) => np_asarray(one).data).reverse();
    const places = Array.from(lists[0], (_, i) => i);
    places.sort((i, k) => { for (const one of lists) if (one[i] !== one[k]) return one[i] < one[k] ? -1 : 1; return 0; });
    return np_asarray(places, "int");
  },
  searchsorted: (x, values, ...given) => {
    const { side } = parameters(given, ["side"], { side: "left" }), { data } = np_asarray(x);
    const found = np_unary(values, (one) => np_search(data, one, side === "right"));
    if (found instanceof NDArray) found.dtype = "int";
    return found;
  },
  unique: np_unique,
  flatnonzero: (x) => np_asarray(np_true({ data: Array.from(np_asarray(x).data, (one) => ($truth(one) ? 1 : 0)) }), "int"),
  nonzero: (x) => np_asarray(x).nonzero(),
  argwhere: (x) => np_reshape(np.flatnonzero(x), [-1, 1]),
  bincount: (x, ...given) => {
    const { weights, minlength } = parameters(given, ["weights"], { weights: null, minlength: 0 }), { data } = np_asarray(x);
    const out = new Float64Array(Math.max(minlength, data.reduce((most, one) => Math.max(most, one + 1), 0)));
    const w = weights === null ? null : np_asarray(weights).data;
    for (let i = 0; i < data.length; i++) out[data[i]] += w ? w[i] : 1;
    return new NDArray(out, [out.length], w ? "float" : "int");
  },
  isin: (x, some) => { const there = new Set(np_asarray(some).data); return np_unary(x, (one) => there.has(one), "bool"); },
  isclose: (a, b, ...given) => {
    const { rtol, atol } = parameters(given, ["rtol", "atol"], { rtol: 1e-5, atol: 1e-8, equal_nan: false });
    return np_binary(np_listed(a) ? np_asarray(a) : a, np_listed(b) ? np_asarray(b) : b, (x, y) => x === y || Math.abs(x - y) <= atol + rtol * Math.abs(y), "bool");
  },
  allclose: (...given) => np_all(np.isclose(...given)),
  array_equal: (a, b) => { const [x, y] = [np_asarray(a), np_asarray(b)]; return np_alike(x, y) && x.data.every((one, i) => $truth($eq(one, y.data[i]))); },
};
np.absolute = np.fabs = np.abs;
np.around = np.round;
np.amax = np.max;
np.amin = np.min;
np.true_divide = np.divide;
np.ComplexWarning = null;
NP_LINALG.LinAlgError = $b.LinAlgError;
