// What Python means: calls, operators, classes, containers, exceptions. The translated modules
// (compendium/translated/translate.py) are written in terms of the names that begin with $.
import { format_number, repr_float } from "./format.js";
import { STR, BYTES, slice_string } from "./strings.js";

export const Ellipsis = Symbol("Ellipsis");
export const NotImplemented = Symbol("NotImplemented");

// --- exceptions -------------------------------------------------------------------------------

const exceptions = {};
export const error = (name, message) => exceptions[name](message);
const attribute_error = (o, name) =>
  error("AttributeError", `'${$type_name(o)}' object has no attribute '${name}'`);

// --- calls ------------------------------------------------------------------------------------

// Keyword arguments: the last of a call, if there are any.
export class KW {
  constructor(named) {
    Object.assign(this, named);
  }
}

// The arguments of a function written by hand, by name.
export function parameters(given, names, defaults = {}) {
  const found = { ...defaults }, list = [...given];
  if (list[list.length - 1] instanceof KW) Object.assign(found, list.pop());
  list.forEach((value, i) => (found[names[i]] = value));
  return found;
}

// A function of Python: n names of positional arguments, d defaults of the last of them, v whether
// more are taken, k names that only keywords give, kd their defaults, r whether other keywords are
// taken.
function bound(name, { n, d = [], v, k = [], kd = {}, r }, given) {
  const list = [...given], named = list[list.length - 1] instanceof KW ? { ...list.pop() } : {};
  if (list.length > n.length && !v)
    throw error("TypeError", `${name}() takes ${n.length} positional arguments but ${list.length} were given`);
  const found = n.map((one, i) => {
    if (i < list.length) return list[i];
    if (one in named) {
      const value = named[one];
      delete named[one];
      return value;
    }
    const place = i - n.length + d.length;
    if (place < 0) throw error("TypeError", `${name}() missing a required argument: '${one}'`);
    return d[place];
  });
  if (v) found.push(tuple(list.slice(n.length)));
  for (const one of k) {
    if (one in named) found.push(named[one]);
    else if (one in kd) found.push(kd[one]);
    else throw error("TypeError", `${name}() missing a required keyword-only argument: '${one}'`);
    delete named[one];
  }
  if (r) found.push($dict(Object.entries(named)));
  else
    for (const one in named)
      throw error("TypeError", `${name}() got an unexpected keyword argument '${one}'`);
  return found;
}

export function $function(name, spec, body) {
  const count = spec.n.length, simple = !(spec.v || spec.k || spec.r);
  const made = simple
    ? (...given) =>
        given.length === count && !(count && given[count - 1] instanceof KW)
          ? body(...given)
          : body(...bound(name, spec, given))
    : (...given) => body(...bound(name, spec, given));
  made.__name__ = name;
  made.__spec__ = spec;
  return made;
}

export const $callable = (f) => (typeof f === "function" ? f : f.__call__.bind(f));
export const call = (f, ...given) => $callable(f)(...given);

export function $call(o, name, ...given) {
  if (typeof o === "string") return method_of(STR, o, name)(o, ...given);
  if (typeof o === "number" || typeof o === "boolean") return method_of(NUMBER, o, name)(o, ...given);
  if (o === null || o === undefined) throw attribute_error(o, name);
  const f = o[name];
  if (Array.isArray(o) && name in LIST && !f?.$python) return LIST[name](o, ...given);
  if (typeof f === "function") return f.apply(o, given);
  if (f === undefined) return $attr(o, name)(...given);
  return call(f, ...given);
}
function method_of(methods, o, name) {
  const found = methods[name];
  if (!found) throw attribute_error(o, name);
  return found;
}

// --- attributes -------------------------------------------------------------------------------

export function $attr(o, name) {
  if (typeof o === "string") return (...given) => method_of(STR, o, name)(o, ...given);
  if (typeof o === "number" || typeof o === "boolean") {
    if (name in SCALAR) return SCALAR[name](o);
    return (...given) => method_of(NUMBER, o, name)(o, ...given);
  }
  if (o === null || o === undefined) throw attribute_error(o, name);
  if (Array.isArray(o) && name in LIST && !o[name]?.$python) return (...given) => LIST[name](o, ...given);
  const value = o[name];
  if (value === undefined) {
    if (name === "__class__") return $b.type(o);
    if (o.$module) return $import(`${o.$module}.${name}`);
    if (typeof o.__getattr__ === "function") return o.__getattr__(name);
    throw attribute_error(o, name);
  }
  if (typeof value === "function" && typeof o === "object" && !Object.hasOwn(o, name)) return value.bind(o);
  return value;
}
// Attributes of a number, as scalars of numpy have them.
const SCALAR = {
  real: (x) => x, imag: () => 0, T: (x) => x, size: () => 1, ndim: () => 0, shape: () => tuple([]),
};
const NUMBER = {
  item: (x) => x, tolist: (x) => x, copy: (x) => x, any: (x) => x !== 0 && x !== false, all: (x) => x !== 0 && x !== false,
  max: (x) => x, min: (x) => x, sum: (x) => Number(x), mean: (x) => Number(x), astype: (x, t) => t(x),
  is_integer: (x) => Number.isInteger(x), round: (x, n) => $b.round(x, n ?? 0), squeeze: (x) => x,
};

export function $set(o, name, value) {
  if (Object.hasOwn(o, name) || !(name in o)) o[name] = value;
  else Object.defineProperty(o, name, { value, writable: true, configurable: true, enumerable: true });
}

// --- classes ----------------------------------------------------------------------------------

export const $marked = (kind, f) => ({ __decorator__: kind, f });

export function $class(name, bases, fields, $m, body) {
  const named = bases.find((one) => one?.$named_tuple), listed = bases.find((one) => one?.$enum);
  bases = bases.filter((one) => typeof one === "function" && one.$class);
  const [base] = bases;
  const Cls = function (...given) {
    const made = Cls.prototype.$make ? Cls.prototype.$make(Cls, given) : Object.create(Cls.prototype);
    if (typeof made.__init__ === "function" && !Cls.$tuple) made.__init__(...given);
    return made;
  };
  Cls.prototype = Object.create(named ? Tuple.prototype : base ? base.prototype : Object.prototype);
  Object.defineProperty(Cls.prototype, "constructor", { value: Cls, enumerable: false, writable: true });
  Cls.$class = true;
  Cls.$bases = bases;
  Cls.__name__ = Cls.__qualname__ = name;
  Cls.__module__ = $m.$module;
  Cls.$fields = fields;
  for (const one of [...bases].reverse())
    for (const key of Object.keys(one.$static ?? {})) $static(Cls, key, one.$static[key]);
  // What further bases bring.
  for (const one of bases.slice(1).reverse())
    for (const [key, found] of Object.entries(Object.getOwnPropertyDescriptors(one.prototype)))
      if (key !== "constructor" && !(key in Cls.prototype)) Object.defineProperty(Cls.prototype, key, found);
  const members = body();
  for (const [key, value] of Object.entries(members)) $member(Cls, key, value);
  Cls.$members = members;
  if (named) $named_tuple(Cls, fields, members);
  if (listed) $enumerated(Cls, members);
  for (const [key, value] of Object.entries(members)) value?.__set_name__?.(Cls, key);
  return Cls;
}

const $static = (Cls, key, value) => {
  (Cls.$static ??= {})[key] = value;
  Object.defineProperty(Cls, key, { value, writable: true, configurable: true, enumerable: false });
};

function $member(Cls, key, value) {
  const there = { configurable: true, enumerable: false };
  const kind = value?.__decorator__;
  if (kind === "property") {
    Object.defineProperty(Cls.prototype, key, { ...there, get() { return value.f(this); }, set: undefined });
    $static(Cls, key, value);
  } else if (kind === "cached_property") {
    const get = function () {
      const found = value.f(this);
      Object.defineProperty(this, key, { value: found, writable: true, configurable: true, enumerable: true });
      return found;
    };
    Object.defineProperty(Cls.prototype, key, { ...there, get });
    $static(Cls, key, value);
  } else if (kind === "staticmethod") {
    $static(Cls, key, value.f);
    Object.defineProperty(Cls.prototype, key, { ...there, writable: true, value: (...given) => value.f(...given) });
  } else if (kind === "classmethod") {
    const of_class = function (...given) {
      return value.f(typeof this === "function" ? this : this.constructor, ...given);
    };
    $static(Cls, key, of_class);
    Object.defineProperty(Cls.prototype, key, { ...there, writable: true, value: of_class });
  } else if (typeof value === "function" && !value.$class) {
    $static(Cls, key, value);
    const method = function (...given) { return value(this, ...given); };
    method.$python = true;
    Object.defineProperty(Cls.prototype, key, { ...there, writable: true, value: method });
    if (key === "__iter__")
      Object.defineProperty(Cls.prototype, Symbol.iterator, { ...there, writable: true, value() { return $iter(value(this)); } });
  } else {
    $static(Cls, key, value);
    Object.defineProperty(Cls.prototype, key, { ...there, writable: true, value });
  }
}

export function $super(Cls, self) {
  return new Proxy(self, {
    get(_, name) {
      let proto = Object.getPrototypeOf(Cls.prototype);
      while (proto && !Object.hasOwn(proto, name)) proto = Object.getPrototypeOf(proto);
      if (!proto) return name === "__init__" ? () => null : undefined;
      const found = Object.getOwnPropertyDescriptor(proto, name);
      if (found.get) return found.get.call(self);
      return typeof found.value === "function" ? found.value.bind(self) : found.value;
    },
    has: () => true,
    getOwnPropertyDescriptor: (_, name) => ({ configurable: true, enumerable: true, value: name }),
  });
}

function $named_tuple(Cls, fields, members) {
  Cls.$tuple = true;
  Cls._fields = tuple(fields);
  const defaults = fields.filter((one) => Object.hasOwn(members, one)).map((one) => members[one]);
  const spec = { n: fields, d: defaults };
  Cls.prototype.$make = (of, given) => {
    const simple = given.length === fields.length && !(given[given.length - 1] instanceof KW);
    const made = tuple(simple ? given : bound(Cls.__name__, spec, given));
    return Object.setPrototypeOf(made, of.prototype);
  };
  fields.forEach((one, i) =>
    Object.defineProperty(Cls.prototype, one, { configurable: true, get() { return this[i]; } }));
  const own = {
    _replace(...given) {
      const { ...changed } = given[0] ?? {};
      return Cls(...fields.map((one, i) => (one in changed ? changed[one] : this[i])));
    },
    _asdict() { return $dict(fields.map((one, i) => [one, this[i]])); },
  };
  for (const [key, value] of Object.entries(own)) {
    value.$python = true;
    Object.defineProperty(Cls.prototype, key, { value, configurable: true, writable: true });
  }
  $static(Cls, "_make", (values) => Cls(...$iter(values)));
  if (!members.__repr__)
    Object.defineProperty(Cls.prototype, "__repr__", { configurable: true, value() {
      return `${Cls.__name__}(${fields.map((one, i) => `${one}=${repr(this[i])}`).join(", ")})`;
    } });
}

function $enumerated(Cls, members) {
  const all = [];
  for (const [key, value] of Object.entries(members)) {
    if (typeof value === "function" || value?.__decorator__ || key.startsWith("__")) continue;
    const one = Object.create(Cls.prototype);
    one.name = key;
    one.value = one._value_ = value;
    one.__str__ = () => `${Cls.__name__}.${key}`;
    all.push(one);
    delete Cls.prototype[key];
    Object.defineProperty(Cls, key, { value: one, configurable: true, writable: true });
  }
  Cls.prototype.$make = (_, [value]) => {
    const found = all.find((one) => $truth($eq(one.value, value)));
    if (!found) throw error("ValueError", `${repr(value)} is not a valid ${Cls.__name__}`);
    return found;
  };
  Cls.__iter__ = () => all[Symbol.iterator]();
}

const $field = (...given) => {
  const { default: value, default_factory, ...rest } = parameters(given, []);
  return { $field: true, value, factory: default_factory, ...rest };
};

const MISSING = Symbol("MISSING");
function dataclass(...given) {
  if (typeof given[0] === "function") return $dataclass(given[0], {});
  const options = parameters(given, []);
  return (Cls) => $dataclass(Cls, options);
}
function $dataclass(Cls, options) {
  const inherited = Cls.$bases.flatMap((one) => one.$all_fields ?? []);
  const own = Cls.$fields.map((name) => {
    const given = Object.hasOwn(Cls.$members, name) ? Cls.$members[name] : MISSING;
    if (given?.$field) {
      delete Cls.prototype[name];
      if (given.value !== undefined)
        Object.defineProperty(Cls.prototype, name, { value: given.value, configurable: true, writable: true });
      return { name, ...given, value: given.value === undefined ? MISSING : given.value };
    }
    return { name, value: given };
  });
  const changed = new Map(own.map((one) => [one.name, one]));
  const all = inherited.map((one) => changed.get(one.name) ?? one);
  all.push(...own.filter((one) => !inherited.some(({ name }) => name === one.name)));
  Cls.$all_fields = all;
  const taken = all.filter((one) => one.init !== false);
  const positional = taken.filter((one) => !one.kw_only).map(({ name }) => name);
  const proto = Cls.prototype;
  const define = (name, value) => {
    if (Object.hasOwn(Cls.$members, name)) return;
    value.$python = true;
    Object.defineProperty(proto, name, { value, configurable: true, writable: true });
  };
  define("__init__", function (...given) {
    const named = given[given.length - 1] instanceof KW ? given.pop() : {};
    if (given.length > positional.length)
      throw error("TypeError", `${Cls.__name__}() takes ${positional.length} positional arguments but ${given.length} were given`);
    for (const one of all) {
      const place = positional.indexOf(one.name);
      let value;
      if (one.init !== false && place >= 0 && place < given.length) value = given[place];
      else if (one.init !== false && one.name in named) value = named[one.name];
      else if (one.factory) value = one.factory();
      else if (one.value !== MISSING && one.value !== undefined) value = one.value;
      else if (one.init === false) continue;
      else throw error("TypeError", `${Cls.__name__}() missing a required argument: '${one.name}'`);
      Object.defineProperty(this, one.name, { value, writable: true, configurable: true, enumerable: true });
    }
    for (const name in named)
      if (!taken.some((one) => one.name === name))
        throw error("TypeError", `${Cls.__name__}() got an unexpected keyword argument '${name}'`);
    this.__post_init__?.();
    return null;
  });
  const shown = all.filter((one) => one.repr !== false);
  define("__repr__", function () {
    return `${Cls.__name__}(${shown.map(({ name }) => `${name}=${repr(this[name])}`).join(", ")})`;
  });
  if (options.eq !== false) {
    const compared = all.filter((one) => one.compare !== false);
    define("__eq__", function (other) {
      if ($b.type(other) !== $b.type(this)) return NotImplemented;
      return compared.every(({ name }) => $truth($eq(this[name], other[name])));
    });
    if (options.frozen)
      define("__hash__", function () {
        return `${Cls.__name__}(${compared.map(({ name }) => String(key_of(this[name]))).join()})`;
      });
  }
  if (options.order) {
    const values = (o) => tuple(all.map(({ name }) => o[name]));
    for (const [name, f] of [["__lt__", $lt], ["__le__", $le], ["__gt__", $gt], ["__ge__", $ge]])
      define(name, function (other) { return f(values(this), values(other)); });
  }
  return Cls;
}
const dataclasses = {
  dataclass,
  field: $field,
  KW_ONLY: Symbol("KW_ONLY"),
  fields: (o) => tuple((typeof o === "function" ? o : o.constructor).$all_fields),
  is_dataclass: (o) => Boolean((typeof o === "function" ? o : o?.constructor)?.$all_fields),
  replace(o, named = {}) {
    const values = {};
    for (const one of o.constructor.$all_fields) if (one.init !== false) values[one.name] = o[one.name];
    return o.constructor(new KW({ ...values, ...named }));
  },
  asdict: (o) => $plain(o),
};
function $plain(o) {
  if (o?.constructor?.$all_fields) return $dict(o.constructor.$all_fields.map(({ name }) => [name, $plain(o[name])]));
  if (o instanceof Tuple) return tuple(o.map($plain));
  if (Array.isArray(o)) return o.map($plain);
  if (o instanceof Dict) return $dict([...o.map.values()].map(([k, v]) => [$plain(k), $plain(v)]));
  return o;
}

// --- containers -------------------------------------------------------------------------------

export class Tuple extends Array {
  static get [Symbol.species]() { return Array; }
  static of(...values) { return tuple(values); }
}
export const tuple = (values) => {
  const made = new Tuple();
  if (Array.isArray(values)) for (let i = 0; i < values.length; i++) made.push(values[i]);
  else for (const one of values) made.push(one);
  return made;
};
export const $tuple = (values) => Object.setPrototypeOf(values, Tuple.prototype);

export class Slice {
  constructor(start, stop, step) {
    this.start = start ?? null;
    this.stop = stop ?? null;
    this.step = step ?? null;
  }
  indices(count) { return tuple(ends_of(this, count)); }
}
function ends_of({ start, stop, step }, count) {
  step ??= 1;
  const clip = (x, low, high) => Math.max(low, Math.min(high, x < 0 ? x + count : x));
  if (step > 0) return [start === null ? 0 : clip(start, 0, count), stop === null ? count : clip(stop, 0, count), step];
  return [start === null ? count - 1 : clip(start, -1, count - 1), stop === null ? -1 : clip(stop, -1, count - 1), step];
}
function sliced(list, slice) {
  const [start, stop, step] = ends_of(slice, list.length);
  if (step === 1) return [...Array.prototype.slice.call(list, start, Math.max(start, stop))];
  const found = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) found.push(list[i]);
  return found;
}

export class Range {
  constructor(start, stop, step) { Object.assign(this, { start, stop, step }); }
  get length() { return Math.max(0, Math.ceil((this.stop - this.start) / this.step)); }
  __len__() { return this.length; }
  *[Symbol.iterator]() {
    for (let i = this.start; this.step > 0 ? i < this.stop : i > this.stop; i += this.step) yield i;
  }
  __getitem__(key) {
    if (key instanceof Slice) {
      const [start, stop, step] = ends_of(key, this.length);
      return new Range(this.start + start * this.step, this.start + stop * this.step, step * this.step);
    }
    const at = key < 0 ? key + this.length : key;
    if (!(at >= 0 && at < this.length)) throw error("IndexError", "range object index out of range");
    return this.start + at * this.step;
  }
  __contains__(x) { return x >= Math.min(this.start, this.stop) && [...this].includes(x); }
  __eq__(other) { return other instanceof Range && String([...this]) === String([...other]); }
  __repr__() { return `range(${this.start}, ${this.stop}${this.step === 1 ? "" : `, ${this.step}`})`; }
}

// Under which a value is kept in a dictionary or set.
let identities = 0;
const IDENTITY = new WeakMap();
export function key_of(x) {
  if (typeof x !== "object" && typeof x !== "function") return x;
  if (x === null) return x;
  if (x instanceof Tuple) return `\u0000(${x.map((one) => `${typeof one}${String(key_of(one))}`).join("\u0000,")})`;
  if (x instanceof PySet) return `\u0000{${[...x.map.keys()].map(String).sort().join("\u0000,")}}`;
  if (Array.isArray(x) || x instanceof Dict) throw error("TypeError", `unhashable type: '${$type_name(x)}'`);
  if (typeof x.__hash__ === "function") return `\u0000${x.__hash__()}`;
  if (!IDENTITY.has(x)) IDENTITY.set(x, `\u0000#${++identities}`);
  return IDENTITY.get(x);
}

export class Dict {
  constructor(pairs = []) {
    this.map = new Map();
    for (const [key, value] of pairs) this.map.set(key_of(key), [key, value]);
  }
  __len__() { return this.map.size; }
  *[Symbol.iterator]() { for (const [key] of this.map.values()) yield key; }
  __contains__(key) { return this.map.has(key_of(key)); }
  __getitem__(key) {
    const found = this.map.get(key_of(key));
    if (found) return found[1];
    if (this.__missing__) return this.__missing__(key);
    throw error("KeyError", key);
  }
  __setitem__(key, value) {
    const at = key_of(key), there = this.map.get(at);
    if (there) there[1] = value;
    else this.map.set(at, [key, value]);
  }
  __delitem__(key) { if (!this.map.delete(key_of(key))) throw error("KeyError", key); }
  __eq__(other) {
    if (!(other instanceof Dict)) return NotImplemented;
    return this.map.size === other.map.size &&
      [...this.map].every(([at, [, value]]) => other.map.has(at) && $truth($eq(value, other.map.get(at)[1])));
  }
  __or__(other) { return new this.constructor([...this.map.values(), ...$pairs(other)]); }
  __ior__(other) { this.update(other); return this; }
  __repr__() { return `{${[...this.map.values()].map(([k, v]) => `${repr(k)}: ${repr(v)}`).join(", ")}}`; }
  get(key, otherwise = null) { return this.map.get(key_of(key))?.[1] ?? (this.map.has(key_of(key)) ? null : otherwise); }
  keys() { return new Keys(this); }
  values() { return [...this.map.values()].map(([, value]) => value); }
  items() { return [...this.map.values()].map(([key, value]) => tuple([key, value])); }
  setdefault(key, value = null) {
    if (!this.__contains__(key)) this.__setitem__(key, value);
    return this.__getitem__(key);
  }
  pop(key, ...otherwise) {
    if (!this.__contains__(key)) {
      if (otherwise.length) return otherwise[0];
      throw error("KeyError", key);
    }
    const value = this.__getitem__(key);
    this.map.delete(key_of(key));
    return value;
  }
  update(...given) {
    for (const one of given)
      for (const [key, value] of one instanceof KW ? Object.entries(one) : $pairs(one)) this.__setitem__(key, value);
    return null;
  }
  copy() { return new this.constructor([...this.map.values()]); }
  clear() { this.map.clear(); return null; }
}
// The keys of a dictionary, in their order and as a set.
class Keys {
  constructor(of) { this.of = of; }
  __len__() { return this.of.map.size; }
  [Symbol.iterator]() { return this.of[Symbol.iterator](); }
  __contains__(key) { return this.of.__contains__(key); }
  set() { return new PySet(this); }
}
for (const name of ["__or__", "__and__", "__sub__", "__xor__", "__le__", "__lt__", "__ge__", "__gt__", "__eq__", "isdisjoint"])
  Keys.prototype[name] = function (other) { return this.set()[name](other instanceof Keys ? other.set() : other); };

export class PySet {
  constructor(values = []) {
    this.map = new Map();
    for (const one of $iter(values)) this.map.set(key_of(one), one);
  }
  __len__() { return this.map.size; }
  [Symbol.iterator]() { return this.map.values(); }
  __contains__(x) { return this.map.has(key_of(x)); }
  __eq__(other) { return other instanceof PySet ? this.map.size === other.map.size && this.__le__(other) : NotImplemented; }
  __le__(other) { return [...this.map.keys()].every((key) => other.map.has(key)); }
  __lt__(other) { return this.map.size < other.map.size && this.__le__(other); }
  __ge__(other) { return other.__le__(this); }
  __gt__(other) { return other.__lt__(this); }
  __or__(other) { return new PySet([...this, ...$iter(other)]); }
  __and__(other) { const there = as_set(other); return new PySet([...this].filter((x) => there.__contains__(x))); }
  __sub__(other) { const there = as_set(other); return new PySet([...this].filter((x) => !there.__contains__(x))); }
  __xor__(other) { return this.__sub__(other).__or__(as_set(other).__sub__(this)); }
  __repr__() { return this.map.size ? `{${[...this].map(repr).join(", ")}}` : "set()"; }
  __hash__() { return key_of(this); }
  add(x) { this.map.set(key_of(x), x); return null; }
  discard(x) { this.map.delete(key_of(x)); return null; }
  remove(x) { if (!this.map.delete(key_of(x))) throw error("KeyError", x); return null; }
  update(...others) { for (const one of others) for (const x of $iter(one)) this.add(x); return null; }
  union(...others) { return new PySet([...this, ...others.flatMap((one) => [...$iter(one)])]); }
  intersection(other) { return this.__and__(other); }
  difference(other) { return this.__sub__(other); }
  isdisjoint(other) { return this.__and__(other).map.size === 0; }
  issubset(other) { return this.__le__(as_set(other)); }
  issuperset(other) { return as_set(other).__le__(this); }
  copy() { return new PySet(this); }
}
const as_set = (x) => (x instanceof PySet ? x : new PySet(x));

export class PyBytes {
  constructor(data) { this.data = data; }
  __len__() { return this.data.length; }
  [Symbol.iterator]() { return this.data[Symbol.iterator](); }
  __getitem__(key) {
    if (key instanceof Slice) return new PyBytes(Uint8Array.from(sliced(this.data, key)));
    const at = key < 0 ? key + this.data.length : key;
    if (!(at >= 0 && at < this.data.length)) throw error("IndexError", "index out of range");
    return this.data[at];
  }
  __contains__(x) { return typeof x === "number" ? this.data.includes(x) : BYTES.find(this, x) >= 0; }
  __eq__(other) {
    return other instanceof PyBytes && other.data.length === this.data.length && this.data.every((x, i) => x === other.data[i]);
  }
  __add__(other) {
    const both = new Uint8Array(this.data.length + other.data.length);
    both.set(this.data);
    both.set(other.data, this.data.length);
    return new PyBytes(both);
  }
  __hash__() { return `b${this.data.join()}`; }
}
for (const name of Object.keys(BYTES))
  if (!(name in PyBytes.prototype)) PyBytes.prototype[name] = function (...given) { return BYTES[name](this, ...given); };
export const $bytes = (values) => new PyBytes(Uint8Array.from(values));

const index_of = (list, x) => list.findIndex((one) => one === x || $truth($eq(one, x)));
const LIST = {
  append: (list, x) => (list.push(x), null),
  extend: (list, more) => { for (const x of $iter(more)) list.push(x); return null; },
  insert: (list, at, x) => (list.splice(at, 0, x), null),
  pop: (list, at = -1) => {
    if (!list.length) throw error("IndexError", "pop from empty list");
    return list.splice(at, 1)[0];
  },
  remove: (list, x) => {
    const at = index_of(list, x);
    if (at < 0) throw error("ValueError", "list.remove(x): x not in list");
    list.splice(at, 1);
    return null;
  },
  index: (list, x) => {
    const at = index_of(list, x);
    if (at < 0) throw error("ValueError", `${repr(x)} is not in list`);
    return at;
  },
  count: (list, x) => list.filter((one) => $truth($eq(one, x))).length,
  reverse: (list) => (list.reverse(), null),
  copy: (list) => [...list],
  clear: (list) => ((list.length = 0), null),
  sort: (list, ...given) => {
    const ordered = sorted(list, ...given);
    list.splice(0, list.length, ...ordered);
    return null;
  },
};

export function $get(o, key) {
  if (Array.isArray(o)) {
    if (typeof key === "number") {
      const at = key < 0 ? key + o.length : key;
      if (at >= 0 && at < o.length) return o[at];
      throw error("IndexError", `${o instanceof Tuple ? "tuple" : "list"} index out of range`);
    }
    if (key instanceof Slice) return o instanceof Tuple ? $tuple(sliced(o, key)) : sliced(o, key);
    if (typeof key === "boolean") return o[Number(key)];
  }
  if (typeof o === "string") {
    if (key instanceof Slice) return slice_string(o, key);
    const at = key < 0 ? key + o.length : key;
    if (at >= 0 && at < o.length) return o[at];
    throw error("IndexError", "string index out of range");
  }
  if (o?.__getitem__) return o.__getitem__(key);
  if (typeof o === "function") return o; // a type with parameters
  throw error("TypeError", `'${$type_name(o)}' object is not subscriptable`);
}

export function $put(o, key, value) {
  if (Array.isArray(o)) {
    if (key instanceof Slice) {
      const [start, stop] = ends_of(key, o.length);
      o.splice(start, Math.max(0, stop - start), ...$iter(value));
    } else o[key < 0 ? key + o.length : key] = value;
  } else o.__setitem__(key, value);
}
export function $delete(o, key) {
  if (Array.isArray(o)) {
    if (key instanceof Slice) {
      const [start, stop] = ends_of(key, o.length);
      o.splice(start, Math.max(0, stop - start));
    } else o.splice(key, 1);
  } else o.__delitem__(key);
}

// A loop that breaks off ends no iterator in Python: what comes after may take up the rest.
const is_iterator = (x) => typeof x?.next === "function" && !x.constructor?.$class;
const left_open = (it) => ({ next: () => it.next(), [Symbol.iterator]() { return this; } });
export function $iter(x) {
  if (typeof x === "string" || Array.isArray(x)) return x;
  if (x === null || x === undefined) throw error("TypeError", `'${$type_name(x)}' object is not iterable`);
  if (x[Symbol.iterator]) return is_iterator(x) ? left_open(x) : x;
  if (x.__iter__) {
    const it = x.__iter__();
    return it[Symbol.iterator] ? it : { [Symbol.iterator]: () => it };
  }
  throw error("TypeError", `'${$type_name(x)}' object is not iterable`);
}
export const iter = (x) => (is_iterator(x) ? x : $iter(x)[Symbol.iterator]());
// What iterables give side by side, until one ends; those after it are not asked any more.
function* abreast(iterables, strict = false) {
  const each = iterables.map(iter);
  while (each.length) {
    const row = [];
    for (const one of each) {
      const { done, value } = one.next();
      if (done && strict && (row.length || each.slice(1).some((other) => !other.next().done)))
        throw error("ValueError", "zip() arguments have different lengths");
      if (done) return;
      row.push(value);
    }
    yield row;
  }
}
export const $list = (x) => [...$iter(x)];
export const $pairs = (x) =>
  x instanceof Dict ? [...x.map.values()] : x?.keys && x.__getitem__ ? [...$iter(x.keys())].map((k) => [k, x.__getitem__(k)]) : [...$iter(x)];
export const $dict = (pairs) => new Dict(pairs);
export const $named = (x) => (x instanceof KW ? x : Object.fromEntries($pairs(x)));

export function $unpack(value, before, after) {
  const list = Array.isArray(value) ? value : [...$iter(value)];
  if (after < 0) {
    if (list.length === before) return list;
    throw error("ValueError", list.length > before
      ? `too many values to unpack (expected ${before})`
      : `not enough values to unpack (expected ${before}, got ${list.length})`);
  }
  if (list.length < before + after)
    throw error("ValueError", `not enough values to unpack (expected at least ${before + after}, got ${list.length})`);
  const end = list.length - after;
  return [...list.slice(0, before), [...list.slice(before, end)], ...list.slice(end)];
}

export function len(x) {
  if (typeof x === "string" || Array.isArray(x)) return x.length;
  if (x?.__len__) return x.__len__();
  throw error("TypeError", `object of type '${$type_name(x)}' has no len()`);
}

// --- truth, equality, order -------------------------------------------------------------------

export function $truth(x) {
  if (typeof x === "boolean") return x;
  if (typeof x === "number") return x !== 0;
  if (typeof x === "string") return x.length > 0;
  if (x === null || x === undefined) return false;
  if (Array.isArray(x)) return x.length > 0;
  if (x.__bool__) return x.__bool__();
  if (x.__len__ && typeof x !== "function") return x.__len__() > 0;
  return true;
}
export const truth = $truth;

export function $eq(a, b) {
  if (a === b) return true;
  const kind = typeof a;
  if (kind === "number" || kind === "string" || kind === "boolean" || a === null) {
    if (b?.$dtype_name) return a === b.$dtype_name; // the kind of an array
    if (typeof b !== "object" || b === null) return kind !== "string" && typeof b !== "string" && a !== null && b !== null && Number(a) === Number(b);
    const found = b.__eq__?.(a);
    return found === undefined || found === NotImplemented ? false : found;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length || a instanceof Tuple !== b instanceof Tuple) return false;
    return a.every((one, i) => $truth($eq(one, b[i])));
  }
  let found = a.__eq__?.(b);
  if (found === undefined || found === NotImplemented) found = b?.__eq__?.(a);
  return found === undefined || found === NotImplemented ? false : found;
}
export function $ne(a, b) {
  const own = a?.__ne__?.(b) ?? b?.__ne__?.(a);
  if (own !== undefined && own !== NotImplemented) return own;
  return !$truth($eq(a, b));
}
function ordered(name, mirrored, plain) {
  return (a, b) => {
    if (typeof a === "number" && typeof b === "number") return plain(a, b);
    if (typeof a === "string" && typeof b === "string") return plain(code_order(a, b), 0);
    let found = a?.[name]?.(b);
    if (found === undefined || found === NotImplemented) found = b?.[mirrored]?.(a);
    if (found !== undefined && found !== NotImplemented) return found;
    if (Array.isArray(a) && Array.isArray(b)) {
      for (let i = 0; i < Math.min(a.length, b.length); i++)
        if (!$truth($eq(a[i], b[i]))) return ORDER[name](a[i], b[i]);
      return plain(a.length, b.length);
    }
    const numeric = (x) => typeof x === "number" || typeof x === "boolean";
    if (numeric(a) && numeric(b)) return plain(Number(a), Number(b));
    throw error("TypeError", `'${SIGNS[name]}' not supported between instances of '${$type_name(a)}' and '${$type_name(b)}'`);
  };
}
// By code points, where JavaScript compares halves of characters.
function code_order(a, b) {
  if (a === b) return 0;
  const left = [...a], right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++)
    if (left[i] !== right[i]) return left[i].codePointAt(0) - right[i].codePointAt(0);
  return left.length - right.length;
}
const SIGNS = { __lt__: "<", __le__: "<=", __gt__: ">", __ge__: ">=" };
export const $lt = ordered("__lt__", "__gt__", (a, b) => a < b);
export const $le = ordered("__le__", "__ge__", (a, b) => a <= b);
export const $gt = ordered("__gt__", "__lt__", (a, b) => a > b);
export const $ge = ordered("__ge__", "__le__", (a, b) => a >= b);
const ORDER = { __lt__: $lt, __le__: $le, __gt__: $gt, __ge__: $ge };

export function $in(x, container) {
  if (typeof container === "string") return container.includes(x);
  if (container?.__contains__) return container.__contains__(x);
  if (Array.isArray(container)) return index_of(container, x) >= 0;
  for (const one of $iter(container)) if (one === x || $truth($eq(one, x))) return true;
  return false;
}

// --- arithmetic -------------------------------------------------------------------------------

const numeric = (x) => typeof x === "number" || typeof x === "boolean";
function operation(name, mirrored, plain, otherwise) {
  return (a, b) => {
    if (typeof a === "number" && typeof b === "number") return plain(a, b);
    let found = a?.[name]?.(b);
    if (found !== undefined && found !== NotImplemented) return found;
    found = b?.[mirrored]?.(a);
    if (found !== undefined && found !== NotImplemented) return found;
    if (numeric(a) && numeric(b)) return plain(Number(a), Number(b));
    found = otherwise?.(a, b);
    if (found !== undefined) return found;
    throw error("TypeError", `unsupported operand type(s) for ${name.replaceAll("_", "")}: '${$type_name(a)}' and '${$type_name(b)}'`);
  };
}
const joined = (a, b) => {
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return a instanceof Tuple ? tuple([...a, ...b]) : [...a, ...b];
};
const repeated = (a, b) => {
  if (!numeric(b)) [a, b] = [b, a];
  if (typeof a === "string") return a.repeat(Math.max(0, Number(b)));
  if (Array.isArray(a) && numeric(b)) {
    const found = [];
    for (let i = 0; i < Number(b); i++) found.push(...a);
    return a instanceof Tuple ? tuple(found) : found;
  }
};
const types_or = (a, b) => (is_type(a) && is_type(b) ? tuple([...(Array.isArray(a) ? a : [a]), ...(Array.isArray(b) ? b : [b])]) : undefined);
const is_type = (x) => x === null || typeof x === "function" || x?.$type || (x instanceof Tuple && x.every(is_type));
export const $add = operation("__add__", "__radd__", (a, b) => a + b, joined);
export const $sub = operation("__sub__", "__rsub__", (a, b) => a - b);
export const $mul = operation("__mul__", "__rmul__", (a, b) => a * b, repeated);
export const $truediv = operation("__truediv__", "__rtruediv__", (a, b) => a / b);
export const $floordiv = operation("__floordiv__", "__rfloordiv__", (a, b) => Math.floor(a / b));
export const $mod = operation("__mod__", "__rmod__", (a, b) => { const r = a % b; return r !== 0 && r < 0 !== b < 0 ? r + b : r; });
export const $pow = operation("__pow__", "__rpow__", (a, b) => (b === 2 ? a * a : a ** b));
export const $matmul = operation("__matmul__", "__rmatmul__", undefined_for_numbers);
function undefined_for_numbers() { throw error("TypeError", "unsupported operand type(s) for @: 'float' and 'float'"); }
export const $and = bitwise("__and__", "__rand__", (a, b) => a & b, (a, b) => a && b);
export const $or = bitwise("__or__", "__ror__", (a, b) => a | b, (a, b) => a || b);
export const $xor = bitwise("__xor__", "__rxor__", (a, b) => a ^ b, (a, b) => a !== b);
function bitwise(name, mirrored, whole, logical) {
  const general = operation(name, mirrored, whole, types_or);
  return (a, b) => (typeof a === "boolean" && typeof b === "boolean" ? logical(a, b) : general(a, b));
}
export const $lshift = operation("__lshift__", "__rlshift__", (a, b) => a * 2 ** b);
export const $rshift = operation("__rshift__", "__rrshift__", (a, b) => Math.floor(a / 2 ** b));
export const $neg = (a) => (numeric(a) ? -a : a.__neg__());
export const $pos = (a) => (numeric(a) ? Number(a) : a.__pos__ ? a.__pos__() : a);
export const $invert = (a) => (numeric(a) ? ~a : a.__invert__());
const IN_PLACE = new Map([[$add, "__iadd__"], [$sub, "__isub__"], [$mul, "__imul__"], [$truediv, "__itruediv__"], [$or, "__ior__"], [$and, "__iand__"], [$sub, "__isub__"], [$pow, "__ipow__"]]);
export function $inplace(f, a, b) {
  if (typeof a === "number" || typeof a === "string") return f(a, b);
  if (f === $add && Array.isArray(a) && !(a instanceof Tuple)) {
    LIST.extend(a, b);
    return a;
  }
  if (f === $mul && Array.isArray(a) && !(a instanceof Tuple)) {
    a.splice(0, a.length, ...f(a, b));
    return a;
  }
  if (a instanceof PySet && f === $or) return a.update(b), a;
  const found = a?.[IN_PLACE.get(f)]?.(b);
  return found === undefined || found === NotImplemented ? f(a, b) : found;
}

// --- text -------------------------------------------------------------------------------------

const ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };
function quoted(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const hex = (c, n, mark) => `\\${mark}${c.toString(16).padStart(n, "0")}`;
  let out = "";
  for (const one of text) {
    const c = one.codePointAt(0);
    if (one in ESCAPES) out += ESCAPES[one];
    else if (one === quote) out += `\\${quote}`;
    else if (c < 32 || c === 127) out += hex(c, 2, "x");
    else if (c > 127 && /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u.test(one))
      out += c < 256 ? hex(c, 2, "x") : c < 65536 ? hex(c, 4, "u") : hex(c, 8, "U");
    else out += one;
  }
  return quote + out + quote;
}
export function repr(x) {
  if (x === null || x === undefined) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (typeof x === "number") return repr_float(x);
  if (typeof x === "string") return quoted(x);
  if (x.__repr__) return x.__repr__();
  if (x instanceof Tuple) return `(${x.map(repr).join(", ")}${x.length === 1 ? "," : ""})`;
  if (Array.isArray(x)) return `[${x.map(repr).join(", ")}]`;
  if (x.__str__) return x.__str__();
  return `<${$type_name(x)} object>`;
}
export function str(x) {
  if (typeof x === "string") return x;
  return x?.__str__ && typeof x !== "function" ? x.__str__() : repr(x);
}
export function $format(x, spec) {
  if (typeof x === "string") return spec === "" ? x : format_number(x, spec);
  if (typeof x === "number") return spec === "" ? repr_float(x) : format_number(x, spec);
  if (typeof x === "boolean") return spec === "" ? repr(x) : format_number(Number(x), spec);
  if (x?.__format__) return x.__format__(spec);
  return spec === "" ? str(x) : format_number(str(x), spec);
}
export const format = (x, spec = "") => $format(x, spec);

// --- types ------------------------------------------------------------------------------------

function $type_name(x) {
  return x === null || x === undefined ? "NoneType" : $b.type(x).__name__ ?? "object";
}
// A type that is told by a test, with what calling it does.
const type = (name, check, make) =>
  Object.assign((...given) => make(...given), { __name__: name, $check: check, $type: true });
// A number as it is written, without spaces around it (a mark of the order of bytes is none) and
// single _ between its digits.
const bare_number = (x) => (x.includes("\ufeff") ? x : x.trim()).replace(/(?<=\d)_(?=\d)/g, "");
const to_float = (x = 0) => {
  if (typeof x === "number") return x;
  if (typeof x === "boolean") return Number(x);
  if (typeof x === "string") {
    const bare = bare_number(x);
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare)) return Number(bare);
    const word = bare.toLowerCase().match(/^([+-]?)(inf|infinity|nan)$/);
    if (word) return word[2] === "nan" ? NaN : word[1] === "-" ? -Infinity : Infinity;
    throw error("ValueError", `could not convert string to float: ${quoted(x)}`);
  }
  if (x?.__float__) return x.__float__();
  if (x?.item) return x.item();
  throw error("TypeError", `float() argument must be a string or a real number, not '${$type_name(x)}'`);
};
const to_int = (x = 0, base = 10) => {
  if (x instanceof KW) x = 0;
  if (typeof x === "string") {
    const bare = bare_number(x);
    if (base === 10 ? /^[+-]?\d+$/.test(bare) : /^[+-]?[\da-z]+$/i.test(bare)) return parseInt(bare, base);
    throw error("ValueError", `invalid literal for int() with base ${base}: ${quoted(x)}`);
  }
  const value = to_float(x);
  if (Number.isNaN(value)) throw error("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(value)) throw error("OverflowError", "cannot convert float infinity to integer");
  return Math.trunc(value) + 0;
};
const set_type = type("set", (x) => x instanceof PySet, (values = []) => new PySet(values));
const dict_type = type("dict", (x) => x instanceof Dict, (...given) => {
  const named = given[given.length - 1] instanceof KW ? Object.entries(given.pop()) : [];
  return new Dict([...(given.length ? $pairs(given[0]) : []), ...named]);
});
dict_type.fromkeys = (keys, value = null) => new Dict([...$iter(keys)].map((key) => [key, value]));
const str_type = type("str", (x) => typeof x === "string", (x = "") => str(x));
for (const name of Object.keys(STR)) str_type[name] = STR[name];
const bytes_type = type("bytes", (x) => x instanceof PyBytes, (x = []) => (x instanceof PyBytes ? x : $bytes([...$iter(x)])));
const object_type = type("object", () => true, () => ({}));
object_type.$dtype_name = "object";
object_type.__setattr__ = (o, name, value) => $set(o, name, value);
object_type.__new__ = (Cls) => Object.create(Cls.prototype);
const number_check = (x) => typeof x === "number";
const list_type = type("list", (x) => Array.isArray(x) && !(x instanceof Tuple), (x = []) => [...$iter(x)]);
const tuple_type = type("tuple", (x) => x instanceof Tuple, (x = []) => tuple($iter(x)));
const TYPES = {
  bool: type("bool", (x) => typeof x === "boolean", (x = false) => $truth(x)),
  int: type("int", (x) => (typeof x === "number" && Number.isInteger(x)) || typeof x === "boolean", to_int),
  float: type("float", number_check, to_float),
  str: str_type,
  bytes: bytes_type,
  list: list_type,
  tuple: tuple_type,
  dict: dict_type,
  set: set_type,
  frozenset: type("frozenset", (x) => x instanceof PySet, (values = []) => new PySet(values)),
  range: type("range", (x) => x instanceof Range, (a, b, c = 1) => (b === undefined ? new Range(0, a, 1) : new Range(a, b, c))),
  slice: type("slice", (x) => x instanceof Slice, (a, b, c) => (b === undefined ? new Slice(null, a, null) : new Slice(a, b, c))),
  object: object_type,
};

function isinstance(x, kind) {
  if (kind === null) return x === null;
  if (Array.isArray(kind)) return kind.some((one) => isinstance(x, one));
  if (kind.$check) return kind.$check(x);
  if (kind.$class) return x !== null && x !== undefined && issubclass($b.type(x), kind);
  return typeof kind === "function" && kind.prototype !== undefined && x instanceof kind;
}
function issubclass(Cls, kind) {
  if (Array.isArray(kind)) return kind.some((one) => issubclass(Cls, one));
  return Cls === kind || (Cls?.$bases ?? []).some((one) => issubclass(one, kind));
}

// --- what Python has everywhere ---------------------------------------------------------------

function sorted(values, ...given) {
  const { key, reverse } = parameters(given, [], { key: null, reverse: false });
  const list = [...$iter(values)], keys = key === null ? list : list.map((one) => call(key, one));
  const places = list.map((_, i) => i);
  places.sort((a, b) => ($truth($lt(keys[a], keys[b])) ? -1 : $truth($lt(keys[b], keys[a])) ? 1 : 0) * (reverse ? -1 : 1));
  return places.map((i) => list[i]);
}
function extreme(name, before) {
  return (...given) => {
    const options = given[given.length - 1] instanceof KW ? given.pop() : {};
    const list = given.length === 1 ? [...$iter(given[0])] : given;
    if (!list.length) {
      if ("default" in options) return options.default;
      throw error("ValueError", `${name}() arg is an empty sequence`);
    }
    const key = options.key ?? null;
    let [best] = list, best_key = key ? call(key, best) : best;
    for (const one of list.slice(1)) {
      const own = key ? call(key, one) : one;
      if ($truth(before(own, best_key))) [best, best_key] = [one, own];
    }
    return best;
  };
}
function rounded(x, digits = null) {
  if (!Number.isFinite(x)) {
    if (digits === null) return to_int(x);
    return x;
  }
  if (digits === null || digits === 0) {
    const below = Math.floor(x), part = x - below;
    if (part === 0.5) return below % 2 === 0 ? below : below + 1;
    return Math.round(x);
  }
  if (digits < 0) return rounded(x / 10 ** -digits) * 10 ** -digits;
  return Number(x.toFixed(Math.min(digits, 100)));
}
export const $b = {
  ...TYPES,
  NotImplemented,
  Ellipsis,
  None: null,
  __name__: "module",
  abs: (x) => (numeric(x) ? Math.abs(x) : x.__abs__()),
  all: (values) => { for (const x of $iter(values)) if (!$truth(x)) return false; return true; },
  any: (values) => { for (const x of $iter(values)) if ($truth(x)) return true; return false; },
  callable: (x) => typeof x === "function" || typeof x?.__call__ === "function",
  chr: (x) => String.fromCodePoint(x),
  divmod: (a, b) => tuple([$floordiv(a, b), $mod(a, b)]),
  *enumerate(values, ...given) {
    let { start } = parameters(given, ["start"], { start: 0 });
    for (const x of $iter(values)) yield tuple([start++, x]);
  },
  *filter(f, values) { for (const x of $iter(values)) if ($truth(f === null ? x : call(f, x))) yield x; },
  format,
  getattr: (o, name, ...otherwise) => {
    if (!otherwise.length) return $attr(o, name);
    try {
      return $attr(o, name);
    } catch (caught) {
      if (isinstance(caught, exceptions.AttributeError)) return otherwise[0];
      throw caught;
    }
  },
  hasattr: (o, name) => $b.getattr(o, name, MISSING) !== MISSING,
  hash: key_of,
  id: (x) => key_of(x),
  isinstance,
  issubclass,
  iter,
  len,
  *map(f, ...lists) { for (const row of abreast(lists)) yield call(f, ...row); },
  max: extreme("max", (a, b) => $gt(a, b)),
  min: extreme("min", (a, b) => $lt(a, b)),
  next: (it, ...otherwise) => {
    const { done, value } = (it.next ? it : iter(it)).next();
    if (!done) return value;
    if (otherwise.length) return otherwise[0];
    throw error("StopIteration", "");
  },
  ord: (x) => x.codePointAt(0),
  pow: (a, b) => $pow(a, b),
  print: () => null,
  repr,
  reversed: (x) => (Array.isArray(x) || typeof x === "string" ? [...x].reverse() : x.__reversed__ ? x.__reversed__() : [...$iter(x)].reverse()),
  round: (x, ...given) => (numeric(x) ? rounded(Number(x), ...given) : x.__round__(...given)),
  setattr: (o, name, value) => ($set(o, name, value), null),
  sorted,
  sum: (values, ...given) => {
    let { start: total } = parameters(given, ["start"], { start: 0 });
    for (const x of $iter(values)) total = $add(total, x);
    return total;
  },
  type: (x) => {
    if (x === null || x === undefined) return NONE_TYPE;
    if (typeof x === "boolean") return TYPES.bool;
    if (typeof x === "number") return Number.isInteger(x) ? TYPES.int : TYPES.float;
    if (typeof x === "string") return TYPES.str;
    if (x.constructor?.$class) return x.constructor;
    if (x instanceof Tuple) return TYPES.tuple;
    if (Array.isArray(x)) return TYPES.list;
    if (x instanceof Dict) return TYPES.dict;
    if (x instanceof PySet) return TYPES.set;
    if (x instanceof PyBytes) return TYPES.bytes;
    return x.constructor ?? TYPES.object;
  },
  vars: (o) => $dict(Object.entries(o)),
  *zip(...lists) {
    const strict = lists[lists.length - 1] instanceof KW && lists.pop().strict;
    for (const row of abreast(lists, strict)) yield tuple(row);
  },
  property: (f) => $marked("property", f),
  staticmethod: (f) => $marked("staticmethod", f),
  classmethod: (f) => $marked("classmethod", f),
};
const NONE_TYPE = type("NoneType", (x) => x === null, () => null);

// The classes of exceptions, and what they derive from.
const FAMILY = {
  BaseException: "", Exception: "BaseException", KeyboardInterrupt: "BaseException",
  ArithmeticError: "Exception", ZeroDivisionError: "ArithmeticError", OverflowError: "ArithmeticError",
  FloatingPointError: "ArithmeticError",
  AttributeError: "Exception", LookupError: "Exception", KeyError: "LookupError", IndexError: "LookupError",
  OSError: "Exception", FileNotFoundError: "OSError", IsADirectoryError: "OSError", EOFError: "Exception",
  MemoryError: "Exception", NotImplementedError: "Exception", RuntimeError: "Exception",
  RecursionError: "RuntimeError", StopIteration: "Exception", TypeError: "Exception", ValueError: "Exception",
  UnicodeError: "ValueError", UnicodeDecodeError: "UnicodeError", UnicodeEncodeError: "UnicodeError",
  LinAlgError: "ValueError", AssertionError: "Exception", ImportError: "Exception", ModuleNotFoundError: "ImportError",
  Warning: "Exception", UserWarning: "Warning", RuntimeWarning: "Warning", DeprecationWarning: "Warning",
};
for (const [name, base] of Object.entries(FAMILY)) {
  const own = base ? () => ({}) : () => ({
    __init__: $function("__init__", { n: ["self"], v: true, r: true }, (self, args) => {
      self.args = args;
      self.$trace = new Error(String(args[0] ?? ""));
      return null;
    }),
    __str__: (self) => (self.args.length === 0 ? "" : self.args.length === 1
      ? (isinstance(self, exceptions.KeyError) ? repr(self.args[0]) : str(self.args[0])) : repr(self.args)),
    __repr__: (self) => `${self.constructor.__name__}${self.args.length === 1 ? `(${repr(self.args[0])})` : repr(self.args)}`,
    with_traceback: (self) => self,
    add_note: () => null,
  });
  exceptions[name] = $class(name, base ? [exceptions[base]] : [], [], { $module: "builtins" }, own);
  $b[name] = exceptions[name];
}
$b.IOError = $b.EnvironmentError = exceptions.OSError;
Object.defineProperty(exceptions.BaseException.prototype, "toString", {
  value() { return `${this.constructor.__name__}: ${str(this)}`; },
});
// Written out only where it is read: most exceptions are expected.
Object.defineProperty(exceptions.BaseException.prototype, "stack", {
  get() { return this.$trace?.stack; },
});

export const $raised = (x) => (typeof x === "function" ? x() : x);

// --- modules ----------------------------------------------------------------------------------

const DEFINED = {}, LOADED = {};
export const $define = (name, body) => (DEFINED[name] = body);
export function $namespace($m, names) {
  for (const [name, get] of Object.entries(names)) Object.defineProperty($m, name, { get, enumerable: true, configurable: true });
}
export const $provide = (modules) => Object.assign(LOADED, modules);
export function $import(name) {
  if (name in LOADED) return LOADED[name];
  if (!(name in DEFINED)) throw error("ModuleNotFoundError", `No module named '${name}'`);
  const $m = (LOADED[name] = { $module: name, __name__: name });
  DEFINED[name]($m);
  return $m;
}
export function $from(module, name) {
  const found = $import(module);
  const value = found[name];
  if (value !== undefined) return value;
  if (`${module}.${name}` in DEFINED || `${module}.${name}` in LOADED) return $import(`${module}.${name}`);
  throw error("ImportError", `cannot import name '${name}' from '${module}'`);
}

// What stays with the command line: whoever calls it is told so.
let refusal = () => error("NotImplementedError", "this is left to the command line");
export const $refusing = (f) => (refusal = f);
export function $behind(module, name) {
  const refused = () => { throw refusal(module, name); };
  refused.__name__ = name;
  return refused;
}

$provide({
  dataclasses,
  "collections.abc": Object.fromEntries(
    ["Iterable", "Iterator", "Generator", "Collection", "Sequence", "MutableSequence", "Mapping", "MutableMapping",
      "Callable", "Hashable", "Set", "KeysView", "Container", "Sized"].map((name) => [name, type(name, ABSTRACT(name), () => null)]),
  ),
});
function ABSTRACT(name) {
  if (name === "Mapping" || name === "MutableMapping") return (x) => x instanceof Dict;
  if (name === "Sequence" || name === "MutableSequence" || name === "Collection") return (x) => Array.isArray(x) || typeof x === "string" || x instanceof Range || (name === "Collection" && (x instanceof Dict || x instanceof PySet));
  if (name === "Callable") return (x) => $b.callable(x);
  if (name === "Set") return (x) => x instanceof PySet;
  return (x) => x !== null && x !== undefined && (x[Symbol.iterator] !== undefined || x.__iter__ !== undefined);
}
export const $named_tuple_base = { $named_tuple: true };
export const $enum_base = { $enum: true };
export const add = $add, sub = $sub, mul = $mul, truediv = $truediv, floordiv = $floordiv, mod = $mod, pow = $pow,
  eq = $eq, ne = $ne, lt = $lt, le = $le, gt = $gt, ge = $ge, neg = $neg, attr = $attr, getitem = $get;
