// The methods of Python's texts and bytes. Each takes its text first. Places and lengths count
// a character beyond the first 65,536 as two.
import { $b, $iter, $truth, KW, PyBytes, Tuple, error, format, parameters, str, tuple } from "./python.js";

// What Python takes for white space.
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${SPACE}]+`, "u");
const LINE_ENDS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/u;
const ONE_SPACE = new RegExp(`[${SPACE}]`, "u");
const is_space = (one) => one === " " || ((one < "!" || one > "~") && ONE_SPACE.test(one));
function stripped(s, characters, left, right) {
  let start = 0, end = s.length;
  const gone = characters === null ? is_space : ((some) => (one) => some.has(one))(new Set(characters));
  while (left && start < end) {
    const one = String.fromCodePoint(s.codePointAt(start));
    if (!gone(one)) break;
    start += one.length;
  }
  while (right && start < end) {
    const pair = end - start > 1 && (s.charCodeAt(end - 1) & 0xfc00) === 0xdc00;
    const one = s.slice(end - (pair ? 2 : 1), end);
    if (!gone(one)) break;
    end -= one.length;
  }
  return s.slice(start, end);
}
function split_up(s, given) {
  const { sep, maxsplit } = parameters(given, ["sep", "maxsplit"], { sep: null, maxsplit: -1 });
  if (sep === "") throw error("ValueError", "empty separator");
  let parts;
  if (sep === null) {
    const bare = stripped(s, null, true, maxsplit < 0);
    parts = bare === "" ? [] : bare.split(SPACES);
    if (maxsplit < 0 || parts.length <= maxsplit + 1) return parts.filter((one) => one !== "");
    let rest = bare;
    for (let i = 0; i < maxsplit; i++) rest = stripped(rest.slice(parts[i].length), null, true, false);
    return [...parts.slice(0, maxsplit), rest];
  }
  parts = s.split(sep);
  if (maxsplit < 0 || parts.length <= maxsplit + 1) return parts;
  return [...parts.slice(0, maxsplit), parts.slice(maxsplit).join(sep)];
}
const any_of = (test) => (s, ends, start = 0, stop = s.length) =>
  (ends instanceof Tuple ? [...ends] : [ends]).some((one) => test(s.slice(start, stop), one));
const every = (pattern) => (s) => s !== "" && pattern.test(s);
const filled = (s, width, fill, left) => {
  const some = fill.repeat(Math.max(0, width - [...s].length));
  return left ? some + s : s + some;
};
const found_at = (method) => (s, part, start = 0, stop = s.length) => {
  const at = s.slice(0, stop)[method](part, method === "indexOf" ? start : undefined);
  return at < start ? -1 : at;
};

// Digits that are no decimals: raised and lowered ones, and those in circles and the like.
const DIGITS = "\\xb2\\xb3\\xb9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u2474-\\u247c" +
  "\\u2488-\\u2490\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788\\u278a-\\u2792";

export const STR = {
  count: (s, part) => (part === "" ? s.length + 1 : s.split(part).length - 1),
  endswith: any_of((s, end) => s.endsWith(end)),
  find: found_at("indexOf"),
  rfind: found_at("lastIndexOf"),
  format: (s, ...given) => {
    const named = given[given.length - 1] instanceof KW ? given.pop() : {};
    let place = 0;
    return s.replace(/\{\{|\}\}|\{(\w*)(!r)?(?::([^{}]*))?\}|[{}]/g, (whole, name, quoted, spec = "") => {
      if (whole === "{{" || whole === "}}") return whole[0];
      if (whole.length === 1) throw error("ValueError", "a field is named, or has a place, and no parts");
      const [from, key] = /^\d*$/.test(name) ? [given, name || place++] : [named, name];
      if (!(key in from)) throw error(from === named ? "KeyError" : "IndexError", `no value for the field ${key}`);
      return format(quoted ? repr(from[key]) : from[key], spec);
    });
  },
  index: (s, part) => {
    const at = s.indexOf(part);
    if (at < 0) throw error("ValueError", "substring not found");
    return at;
  },
  isalnum: every(/^[\p{L}\p{N}]+$/u),
  isalpha: every(/^\p{L}+$/u),
  isascii: (s) => /^[\0-\x7f]*$/.test(s),
  isdecimal: every(/^\p{Nd}+$/u),
  isdigit: every(new RegExp(`^[\\p{Nd}${DIGITS}]+$`, "u")),
  isspace: (s) => stripped(s, null, true, true) === "" && s !== "",
  join: (s, parts) => {
    const list = [...$iter(parts)];
    const other = list.findIndex((one) => typeof one !== "string");
    if (other >= 0)
      throw error("TypeError", `sequence item ${other}: expected str instance, ${$b.type(list[other]).__name__} found`);
    return list.join(s);
  },
  ljust: (s, width, fill = " ") => filled(s, width, fill, false),
  lower: (s) => s.toLowerCase(),
  lstrip: (s, characters = null) => stripped(s, characters, true, false),
  maketrans: (from, to, gone = "") => {
    const pairs = typeof from === "string" ? [...from].map((one, i) => [one, [...to][i]]) : [...from.items()];
    return new Map([...pairs, ...[...gone].map((one) => [one, null])].map(([a, b]) => [typeof a === "number" ? String.fromCodePoint(a) : a, b]));
  },
  partition: (s, sep) => {
    const at = s.indexOf(sep);
    return tuple(at < 0 ? [s, "", ""] : [s.slice(0, at), sep, s.slice(at + sep.length)]);
  },
  removeprefix: (s, start) => (start && s.startsWith(start) ? s.slice(start.length) : s),
  removesuffix: (s, end) => (end && s.endsWith(end) ? s.slice(0, -end.length) : s),
  replace: (s, old, by, count = -1) => {
    if (count < 0) return s.replaceAll(old, () => by);
    for (let i = 0, at = 0; i < count; i++) {
      at = s.indexOf(old, at);
      if (at < 0) break;
      s = s.slice(0, at) + by + s.slice(at + old.length);
      at += by.length;
    }
    return s;
  },
  rjust: (s, width, fill = " ") => filled(s, width, fill, true),
  rpartition: (s, sep) => {
    const at = s.lastIndexOf(sep);
    return tuple(at < 0 ? ["", "", s] : [s.slice(0, at), sep, s.slice(at + sep.length)]);
  },
  rstrip: (s, characters = null) => stripped(s, characters, false, true),
  split: (s, ...given) => split_up(s, given),
  splitlines: (s, keep = false) => {
    const lines = [];
    while (s !== "") {
      const end = LINE_ENDS.exec(s);
      if (!end) return [...lines, s];
      lines.push(s.slice(0, end.index + (keep === true || keep?.keepends ? end[0].length : 0)));
      s = s.slice(end.index + end[0].length);
    }
    return lines;
  },
  startswith: any_of((s, start) => s.startsWith(start)),
  strip: (s, characters = null) => stripped(s, characters, true, true),
  translate: (s, table) => [...s].map((one) => (table.has(one) ? table.get(one) ?? "" : one)).join(""),
  upper: (s) => s.toUpperCase(),
  zfill: (s, width) => (/^[+-]/.test(s) ? s[0] + filled(s.slice(1), width - 1, "0", true) : filled(s, width, "0", true)),
};

const REPLACED = { "utf-8": [0xef, 0xbf, 0xbd], "utf-16le": [0xfd, 0xff], "utf-16be": [0xff, 0xfd] };
function encoding_of(name, data) {
  if (name === "utf-8" || name === "utf-8-sig") return "utf-8";
  if (name !== "utf-16") throw error("LookupError", `unknown encoding: ${name}`);
  return data[0] === 0xfe && data[1] === 0xff ? "utf-16be" : "utf-16le";
}
// What can be read. A U+FFFD that was written stays: the bytes are cut there, and the rest of
// them is what the decoder puts for what it cannot read.
function readable(data, label, ignoreBOM) {
  const written = REPLACED[label], step = label === "utf-8" ? 1 : 2, texts = [];
  const decode = (piece) =>
    new TextDecoder(label, { ignoreBOM: ignoreBOM || texts.length > 0 }).decode(piece).replaceAll("\ufffd", "");
  let last = 0;
  for (let i = 0; i < data.length; i += step)
    if (written.every((x, k) => x === data[i + k])) {
      texts.push(decode(data.subarray(last, i)));
      last = i + written.length;
    }
  return [...texts, decode(data.subarray(last))].join("\ufffd");
}
const at_place = (bytes, part) => {
  const last = bytes.data.length - part.data.length;
  for (let i = 0; i <= last; i++) if (part.data.every((x, k) => x === bytes.data[i + k])) return i;
  return -1;
};
export const BYTES = {
  count: (bytes, part) => {
    const some = typeof part === "number" ? new PyBytes(Uint8Array.of(part)) : part;
    let count = 0, rest = bytes.data;
    for (;;) {
      const at = at_place({ data: rest }, some);
      if (at < 0) return count;
      count += 1;
      rest = rest.subarray(at + some.data.length);
    }
  },
  decode: (bytes, ...given) => {
    const { encoding, errors } = parameters(given, ["encoding", "errors"], { encoding: "utf-8", errors: "strict" });
    const name = encoding.toLowerCase(), { data } = bytes;
    if (name === "latin-1") {
      let text = "";
      for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
      return text;
    }
    const label = encoding_of(name, data), ignoreBOM = name === "utf-8";
    if (errors === "ignore") return readable(data, label, ignoreBOM);
    try {
      return new TextDecoder(label, { fatal: true, ignoreBOM }).decode(data);
    } catch {
      throw error("UnicodeDecodeError", `'${name}' codec can't decode the bytes`);
    }
  },
  endswith: (bytes, end) => bytes.data.length >= end.data.length && end.data.every((x, i) => x === bytes.data[bytes.data.length - end.data.length + i]),
  find: at_place,
  startswith: (bytes, start) =>
    (start instanceof Tuple ? [...start] : [start]).some((one) => one.data.every((x, i) => x === bytes.data[i])),
  replace: (bytes, old, by) => {
    const out = [];
    for (let i = 0; i < bytes.data.length; )
      if (old.data.every((x, k) => x === bytes.data[i + k])) out.push(...by.data), (i += old.data.length);
      else out.push(bytes.data[i++]);
    return new PyBytes(Uint8Array.from(out));
  },
};

export function slice_string(s, slice) {
  const [start, stop, step] = slice.indices(s.length);
  if (step === 1) return s.slice(start, Math.max(start, stop));
  let out = "";
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) out += s[i];
  return out;
}
