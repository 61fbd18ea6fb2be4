// What the package uses of Python's standard library.
import {
  $b, $dict, $eq, $get, $iter, $truth, Dict, KW, Tuple, call, error, key_of, parameters, repr, str, tuple,
} from "./python.js";
import { SPACE } from "./strings.js";

// --- re ---------------------------------------------------------------------------------------

const FLAGS = { IGNORECASE: 2, I: 2, MULTILINE: 8, M: 8, DOTALL: 16, S: 16 };
// Python's classes know all letters and digits; so must these. Those that leave out are written as
// what is left, for they may stand within brackets: no letter, digit or _, and no space.
const CLASSES = {
  w: "\\p{L}\\p{N}_", W: "\\p{M}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}\\u203f\\u2040\\u2054\\ufe33\\ufe34\\ufe4d-\\ufe4f\\uff3f\\p{S}\\p{Z}\\p{C}",
  d: "\\p{Nd}", D: "\\P{Nd}",
  s: SPACE, S: "\\0-\\x08\\x0e-\\x1b\\x21-\\x84\\x86-\\x9f\\xa1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}",
};
const AT_WORD_END = `(?:(?<=[${CLASSES.w}])(?![${CLASSES.w}])|(?<![${CLASSES.w}])(?=[${CLASSES.w}]))`;
const MUST = new Set([..."^$\\.*+?()[]{}|/"]); // may stand behind a backslash with the flag u
const DOT = "[^\\n]";

// Turn a pattern of Python into one of JavaScript with the flag u.
function in_javascript(pattern, flags) {
  let out = "", inside = false, i = 0;
  const take = (count) => ((i += count), undefined);
  while (i < pattern.length) {
    const rest = pattern.slice(i), one = rest[0];
    if (one === "\\") {
      const next = rest[1];
      const code = /^\\(x[0-9a-f]{2}|u[0-9a-f]{4})/i.exec(rest);
      if (code) out += code[0].length === 4 ? `\\u00${code[1].slice(1)}` : code[0], take(code[0].length);
      else if (next in CLASSES) {
        out += inside ? CLASSES[next] : `[${CLASSES[next]}]`, take(2);
        if (inside && pattern[i] === "-") out += "\\-", take(1); // a class opens no range
      }
      else if (next === "b" && !inside) out += AT_WORD_END, take(2);
      else if (next === "Z") out += "(?![\\s\\S])", take(2);
      else if (next === "A") out += "(?<![\\s\\S])", take(2);
      else if (/[nrtfv0-9]/.test(next)) out += `\\${next}`, take(2);
      else if (MUST.has(next) || (next === "-" && inside)) out += `\\${next}`, take(2);
      else out += next, take(2);
    } else if (inside) {
      if (one === "]") inside = false;
      out += "[{}()|/".includes(one) ? `\\${one}` : one;
      take(1);
    } else if (one === "[") {
      inside = true;
      out += "[", take(1);
      if (pattern[i] === "^") out += "^", take(1);
      if (pattern[i] === "]") out += "\\]", take(1);
    } else if (rest.startsWith("(?P<")) out += "(?<", take(4);
    else if (rest.startsWith("(?P=")) {
      const [whole, name] = /^\(\?P=(\w+)\)/.exec(rest);
      out += `\\k<${name}>`, take(whole.length);
    } else if (one === "." && !(flags & FLAGS.DOTALL)) out += DOT, take(1);
    else if (one === "$" && !(flags & FLAGS.MULTILINE)) out += "(?=\\n?(?![\\s\\S]))", take(1);
    else if (one === "$") out += "(?=\\n|(?![\\s\\S]))", take(1);
    else if (one === "^" && flags & FLAGS.MULTILINE) out += "(?<=\\n|(?<![\\s\\S]))", take(1);
    else if (one === "{" && !/^\{\d*,?\d*\}/.test(rest)) out += "\\{", take(1);
    else if (one === "}" && !/\{\d*,?\d*$/.test(pattern.slice(0, i))) out += "\\}", take(1);
    else if (/^\{,\d+\}/.test(rest)) out += "{0", take(1);
    else out += one, take(1);
  }
  return out;
}

class Match {
  constructor(found, pattern, string) {
    Object.assign(this, { found, pattern, string, re: pattern });
  }
  one(key) {
    const value = typeof key === "string" ? this.found.groups?.[key] : this.found[key];
    const known = typeof key === "string" ? key in (this.found.groups ?? {}) : key < this.found.length;
    if (!known) throw error("IndexError", "no such group");
    return value ?? null;
  }
  group(...keys) {
    if (keys.length < 2) return this.one(keys[0] ?? 0);
    return tuple(keys.map((key) => this.one(key)));
  }
  __getitem__(key) { return this.one(key); }
  groups(otherwise = null) { return tuple(this.found.slice(1).map((one) => one ?? otherwise)); }
  groupdict(otherwise = null) {
    return $dict(Object.entries(this.found.groups ?? {}).map(([key, one]) => [key, one ?? otherwise]));
  }
  span(key = 0) {
    const ends = typeof key === "string" ? this.found.indices.groups[key] : this.found.indices[key];
    return tuple(ends ?? [-1, -1]);
  }
  start(key = 0) { return this.span(key)[0]; }
  end(key = 0) { return this.span(key)[1]; }
}

class Pattern {
  constructor(pattern, flags = 0) {
    const inline = /^\(\?([ims]+)\)/.exec(pattern);
    if (inline) {
      for (const letter of inline[1]) flags |= FLAGS[letter.toUpperCase()];
      pattern = pattern.slice(inline[0].length);
    }
    this.pattern = pattern;
    this.flags = flags;
    this.source = in_javascript(pattern, flags);
    this.marks = `du${flags & FLAGS.IGNORECASE ? "i" : ""}${flags & FLAGS.DOTALL ? "s" : ""}`;
    this.forms = {};
  }
  form(kind) {
    const source = { search: this.source, match: `(?:${this.source})`, full: `(?:${this.source})(?![\\s\\S])` }[kind];
    return (this.forms[kind] ??= new RegExp(source, this.marks + (kind === "search" ? "g" : "y")));
  }
  at(kind, string, place = 0) {
    if (typeof string !== "string") throw error("TypeError", "expected string or bytes-like object");
    const form = this.form(kind);
    form.lastIndex = place;
    const found = form.exec(string);
    return found && new Match(found, this, string);
  }
  match(string, place = 0) { return this.at("match", string, place); }
  fullmatch(string) { return this.at("full", string); }
  search(string, place = 0) { return this.at("search", string, place); }
  *finditer(string) {
    for (let place = 0; place <= string.length; ) {
      const found = this.at("search", string, place);
      if (!found) return;
      yield found;
      place = found.end() > found.start() ? found.end() : found.end() + (string.codePointAt(found.end()) > 0xffff ? 2 : 1);
    }
  }
  findall(string) {
    return [...this.finditer(string)].map(({ found }) =>
      found.length === 1 ? found[0] : found.length === 2 ? found[1] ?? "" : tuple(found.slice(1).map((one) => one ?? "")));
  }
  sub(by, string, ...given) {
    const { count } = parameters(given, ["count"], { count: 0 });
    let out = "", last = 0, done = 0;
    for (const match of this.finditer(string)) {
      if (count && done++ >= count) break;
      out += string.slice(last, match.start()) + (typeof by === "string" ? filled_in(by, match) : call(by, match));
      last = match.end();
    }
    return out + string.slice(last);
  }
  split(string, ...given) {
    const { maxsplit } = parameters(given, ["maxsplit"], { maxsplit: 0 });
    const parts = [];
    let last = 0;
    for (const match of this.finditer(string)) {
      if (maxsplit && parts.length >= maxsplit) break;
      parts.push(string.slice(last, match.start()), ...match.groups());
      last = match.end();
    }
    return [...parts, string.slice(last)];
  }
}
const filled_in = (template, match) =>
  template.replace(/\\(\d)|\\g<(\w+)>|\\([\\nt])/g, (_, digit, name, other) => {
    if (other) return { "\\": "\\", n: "\n", t: "\t" }[other];
    const key = digit ?? name;
    return match.one(/^\d+$/.test(key) ? Number(key) : key) ?? "";
  });

const patterns = new Map();
function compiled(pattern, flags = 0) {
  if (pattern instanceof Pattern) return pattern;
  const key = `${flags} ${pattern}`;
  if (!patterns.has(key)) patterns.set(key, new Pattern(pattern, flags));
  return patterns.get(key);
}
const with_flags = (name, count) => (pattern, ...given) => {
  const named = given[given.length - 1] instanceof KW ? given.pop() : {};
  const flags = named.flags ?? (given.length > count ? given.pop() : 0);
  const { flags: _, ...others } = named;
  return compiled(pattern, flags)[name](...given, ...(Object.keys(others).length ? [new KW(others)] : []));
};
const re = {
  ...FLAGS,
  Match, Pattern,
  compile: (pattern, flags = 0) => compiled(pattern, flags),
  escape: (text) => text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, "\\$&"),
  ...Object.fromEntries(["match", "fullmatch", "search", "findall", "finditer"].map((name) => [name, with_flags(name, 1)])),
  sub: with_flags("sub", 3),
  split: with_flags("split", 2),
};

// --- functools, itertools, collections --------------------------------------------------------

const lru_cache = (...given) => {
  const { maxsize } = parameters(typeof given[0] === "function" ? [] : given, ["maxsize"], { maxsize: 128 });
  const made = (f) => {
    const known = new Map();
    const cached = (...arguments_) => {
      const key = arguments_.map((one) => (one instanceof KW ? Object.entries(one).flat() : [one])).flat()
        .map((one) => `${typeof one}${String(key_of(one))}`).join("\u0000,");
      if (known.has(key)) return known.get(key);
      const value = f(...arguments_);
      known.set(key, value);
      if (maxsize !== null && known.size > maxsize) known.delete(known.keys().next().value);
      return value;
    };
    cached.cache_clear = () => (known.clear(), null);
    return cached;
  };
  return typeof given[0] === "function" ? made(given[0]) : made;
};
const functools = {
  cached_property: (f) => ({ __decorator__: "cached_property", f }),
  lru_cache,
  cache: (f) => lru_cache(new KW({ maxsize: null }))(f),
  partial: (f, ...first) => {
    const named = first[first.length - 1] instanceof KW ? first.pop() : {};
    return (...given) => {
      const others = given[given.length - 1] instanceof KW ? given.pop() : {};
      const all = { ...named, ...others };
      return call(f, ...first, ...given, ...(Object.keys(all).length ? [new KW(all)] : []));
    };
  },
  reduce: (f, values, ...start) => {
    const list = [...start, ...$iter(values)];
    return list.slice(1).reduce((total, one) => call(f, total, one), list[0]);
  },
  wraps: () => (f) => f,
};
function* combined(list, count, from = 0) {
  if (count === 0) yield [];
  else for (let i = from; i <= list.length - count; i++) for (const rest of combined(list, count - 1, i + 1)) yield [list[i], ...rest];
}
const itertools = {
  *accumulate(values) {
    let total;
    for (const one of $iter(values)) yield (total = total === undefined ? one : total + one);
  },
  *chain(...lists) { for (const one of lists) yield* $iter(one); },
  *combinations(values, count) { for (const one of combined([...$iter(values)], count)) yield tuple(one); },
  *count(start = 0, step = 1) { for (let i = start; ; i += step) yield i; },
  *dropwhile(test, values) {
    let begun = false;
    for (const one of $iter(values)) if (begun ||= !$truth(call(test, one))) yield one;
  },
  *groupby(values, ...given) {
    const { key } = parameters(given, ["key"], { key: null });
    let now, group = null;
    for (const one of $iter(values)) {
      const own = key === null ? one : call(key, one);
      if (group !== null && !$truth($eq(own, now))) {
        yield tuple([now, group]);
        group = null;
      }
      now = own;
      (group ??= []).push(one);
    }
    if (group) yield tuple([now, group]);
  },
  *islice(values, ...ends) {
    const [start, stop, step = 1] = ends.length === 1 ? [0, ends[0]] : ends;
    if (stop !== null && stop <= start) return;
    let i = 0;
    for (const one of $iter(values)) {
      if (i >= (start ?? 0) && (i - (start ?? 0)) % step === 0) yield one;
      i += 1;
      if (stop !== null && i >= stop) return;
    }
  },
  *pairwise(values) {
    let last, some = false;
    for (const one of $iter(values)) {
      if (some) yield tuple([last, one]);
      [last, some] = [one, true];
    }
  },
  *product(...lists) {
    const { repeat } = parameters(lists[lists.length - 1] instanceof KW ? [lists.pop()] : [], [], { repeat: 1 });
    const each = Array.from({ length: repeat }, () => lists.map((one) => [...$iter(one)])).flat();
    const all = each.reduce((found, list) => found.flatMap((first) => list.map((one) => [...first, one])), [[]]);
    for (const one of all) yield tuple(one);
  },
  *repeat(value, count = Infinity) { for (let i = 0; i < count; i++) yield value; },
  *takewhile(test, values) {
    for (const one of $iter(values)) {
      if (!$truth(call(test, one))) return;
      yield one;
    }
  },
  *zip_longest(...lists) {
    const { fillvalue } = parameters(lists[lists.length - 1] instanceof KW ? [lists.pop()] : [], [], { fillvalue: null });
    const each = lists.map((one) => [...$iter(one)]);
    for (let i = 0; i < Math.max(...each.map((one) => one.length)); i++)
      yield tuple(each.map((one) => (i < one.length ? one[i] : fillvalue)));
  },
};
itertools.chain.from_iterable = function* (lists) { for (const one of $iter(lists)) yield* $iter(one); };

class Counter extends Dict {
  constructor(values = []) {
    super();
    this.update(values);
  }
  __missing__() { return 0; }
  update(values) {
    if (values instanceof Dict) for (const [key, count] of values.map.values()) this.__setitem__(key, this.__getitem__(key) + count);
    else for (const one of $iter(values)) this.__setitem__(one, this.__getitem__(one) + 1);
    return null;
  }
  total() { return this.values().reduce((sum, one) => sum + one, 0); }
  most_common(count = Infinity) { return this.items().sort((a, b) => b[1] - a[1]).slice(0, count ?? Infinity); }
}
class DefaultDict extends Dict {
  constructor(factory, pairs = []) {
    super(pairs);
    this.factory = factory;
  }
  __missing__(key) {
    const value = this.factory();
    this.__setitem__(key, value);
    return value;
  }
}
class Deque extends Array {
  static get [Symbol.species]() { return Array; }
  popleft() {
    if (!this.length) throw error("IndexError", "pop from an empty deque");
    return this.shift();
  }
  appendleft(x) { this.unshift(x); return null; }
}
const collections = {
  Counter: (...given) => new Counter(...given),
  defaultdict: (...given) => new DefaultDict(...given),
  OrderedDict: $b.dict,
  deque: (values = [], ...given) => {
    const { maxlen } = parameters(given, ["maxlen"], { maxlen: null });
    const list = [...$iter(values)];
    return Deque.from(maxlen === null ? list : list.slice(Math.max(0, list.length - maxlen)));
  },
};

// --- contextlib, contextvars, warnings --------------------------------------------------------

class GeneratorManager {
  constructor(generator) { this.generator = generator; }
  __enter__() { return this.generator.next().value; }
  __exit__(kind, value) {
    if (kind === null) {
      this.generator.next();
      return false;
    }
    try {
      this.generator.throw(value);
    } catch (caught) {
      if (caught === value) return false;
      throw caught;
    }
    return true; // it was caught in there
  }
}
const manager = (enter, leave) => ({ __enter__: enter, __exit__: leave });
const contextlib = {
  contextmanager: (f) => (...given) => new GeneratorManager(f(...given)),
  nullcontext: (value = null) => manager(() => value, () => false),
  suppress: (...kinds) => manager(() => null, (kind, value) => kind !== null && $b.isinstance(value, tuple(kinds))),
};
function ContextVar(name, ...given) {
  const { default: otherwise } = parameters(given, [], { default: null });
  let value = otherwise;
  return { name, get: () => value, set: (next) => { const old = value; value = next; return old; }, reset: (old) => ((value = old), null) };
}
let recorded = null;
const warnings = {
  warn: (message, ...given) => {
    const { category: kind } = parameters(given, ["category", "stacklevel"], { category: $b.UserWarning, stacklevel: 1 });
    recorded?.push({ message: typeof message === "string" ? kind(message) : message, category: kind });
    return null;
  },
  simplefilter: () => null,
  filterwarnings: () => null,
  catch_warnings: (...given) => {
    const { record } = parameters(given, [], { record: false });
    let outer;
    return manager(
      () => { outer = recorded; recorded = []; return record ? recorded : null; },
      () => { recorded = outer; return false; },
    );
  },
};

// --- texts ------------------------------------------------------------------------------------

// A line of separated cells, of which some stand in quotes.
function* rows(lines, ...given) {
  const { delimiter, quotechar } = parameters(given, [], { delimiter: ",", quotechar: '"' });
  for (const line of $iter(lines)) {
    const cells = [];
    let cell = "", quoted = false, i = 0;
    const text = line.replace(/\r?\n$/, "");
    if (text === "") {
      yield [];
      continue;
    }
    for (; i < text.length; i++) {
      const one = text[i];
      if (quoted) {
        if (one === quotechar && text[i + 1] === quotechar) (cell += one), i++;
        else if (one === quotechar) quoted = false;
        else cell += one;
      } else if (one === quotechar && cell === "") quoted = true;
      else if (one === delimiter) cells.push(cell), (cell = "");
      else cell += one;
    }
    cells.push(cell);
    yield cells;
  }
}
const quote = (text) => (text === "" ? "''" : /[^\w@%+=:,./-]/.test(text) ? `'${text.replaceAll("'", "'\"'\"'")}'` : text);

// Random numbers, dates and files are not here.
const math = {
  ...Object.fromEntries(["sin", "cos", "tan", "atan", "atan2", "tanh", "hypot"].map((name) => [name, Math[name]])),
  ...Object.fromEntries(["sqrt", "log10", "log1p", "log2", "asin", "acos", "exp", "expm1", "sinh", "cosh"].map((name) => [name, (x) => {
    const value = Math[name](x);
    if (Number.isNaN(value) && !Number.isNaN(x) || value === -Infinity && x !== -Infinity) throw error("ValueError", "math domain error");
    if (value === Infinity && x !== Infinity) throw error("OverflowError", "math range error");
    return value;
  }])),
  ...Object.fromEntries(["floor", "ceil", "trunc"].map((name) => [name, (x) => {
    if (Number.isNaN(x)) throw error("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(Number(x))) throw error("OverflowError", "cannot convert float infinity to integer");
    return Math[name](x);
  }])),
  pi: Math.PI, e: Math.E, tau: 2 * Math.PI, inf: Infinity, nan: NaN,
  log: (x, base) => {
    if (!(x > 0)) throw error("ValueError", "math domain error");
    return base === undefined ? Math.log(x) : Math.log(x) / Math.log(base);
  },
  pow: Math.pow, fabs: Math.abs,
  isnan: (x) => Number.isNaN(x), isfinite: (x) => Number.isFinite(Number(x)), isinf: (x) => x === Infinity || x === -Infinity,
  radians: (x) => (x * Math.PI) / 180, degrees: (x) => (x * 180) / Math.PI,
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  gcd: (...all) => all.reduce((a, b) => { while (b) [a, b] = [b, a % b]; return Math.abs(a); }, 0),
  fsum: (values) => [...$iter(values)].reduce((total, x) => total + x, 0),
  prod: (values) => [...$iter(values)].reduce((total, x) => total * x, 1),
  isclose: (a, b, named = {}) => a === b || Math.abs(a - b) <= Math.max((named.rel_tol ?? 1e-9) * Math.max(Math.abs(a), Math.abs(b)), named.abs_tol ?? 0),
  lgamma: (x) => {
    // Stirling's series above 12, and down to it by Gamma(x + 1) = x Gamma(x).
    let below = 0;
    for (; x < 12; x++) below += Math.log(x);
    const z = 1 / (x * x);
    return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 - below +
      (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))) / x;
  },
};

export const MODULES = {
  re, functools, itertools, collections, contextlib, warnings, math,
  contextvars: { ContextVar },
  copy: {
    copy: (o) => (o === null || typeof o !== "object" || o instanceof Tuple ? o : Array.isArray(o) ? [...o] : o?.copy && !o.constructor.$class ? o.copy()
      : Object.create(Object.getPrototypeOf(o), Object.getOwnPropertyDescriptors(o))),
  },
  csv: { reader: rows, Error: $b.ValueError },
  shlex: { quote, join: (words) => [...$iter(words)].map(quote).join(" ") },
  unicodedata: { normalize: (form, text) => text.normalize(form) },
  errno: { ENOSPC: 28, EDQUOT: 122, EROFS: 30, EACCES: 13, EPERM: 1, ENOMEM: 12 },
  signal: { SIGKILL: 9 },
  os: { PathLike: $b.str, environ: $dict([]), fspath: (path) => path },
  sys: { getsizeof: () => 64, maxsize: Number.MAX_SAFE_INTEGER, warnoptions: [] },
  array: { array: () => [] },
  types: { MappingProxyType: (x) => x, SimpleNamespace: (named = {}) => ({ ...named }), FunctionType: $b.object },
  operator: {
    attrgetter: (name) => (o) => o[name],
    itemgetter: (...keys) => (o) => (keys.length === 1 ? $get(o, keys[0]) : tuple(keys.map((key) => $get(o, key)))),
  },
  string: { ascii_letters: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", digits: "0123456789" },
  time: { monotonic: () => performance.now() / 1000, perf_counter: () => performance.now() / 1000 },
};
