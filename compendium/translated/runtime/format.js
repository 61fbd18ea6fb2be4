// Numbers as text, as Python's format() and repr() write them. Needs nothing else.

// --- exact digits -----------------------------------------------------------------------------

// The exact decimal digits of x > 0, without the point, and the power of ten of the first.
function format_exact(x) {
  if (x >= 1e21) {
    const digits = BigInt(x).toString();
    return { digits, exponent: digits.length - 1 };
  }
  const [mantissa, power] = x.toExponential(100).split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(power) };
}

// So many first digits, the last rounded; what lies just between goes to the even digit, which
// JavaScript's own toFixed and toPrecision do not do.
function format_round({ digits, exponent }, keep) {
  if (keep < 0) return { digits: "", exponent };
  const left = digits.slice(0, keep).padEnd(keep, "0"), rest = digits.slice(keep);
  const odd = keep > 0 && Number(left[keep - 1]) % 2 === 1;
  const up = rest[0] > "5" || (rest[0] === "5" && (odd || /[1-9]/.test(rest.slice(1))));
  if (!up) return { digits: left, exponent };
  const more = keep ? (BigInt(left) + 1n).toString().padStart(keep, "0") : "1";
  const carried = more.length > keep;
  return { digits: carried ? more.slice(0, keep || 1) : more, exponent: exponent + carried };
}

const format_zeros = (count) => ({ digits: "0".repeat(count), exponent: 0 });

// x >= 0 with so many digits after the point.
function format_fixed(x, places) {
  if (x === 0) return places ? `0.${"0".repeat(places)}` : "0";
  const exact = format_exact(x);
  const { digits, exponent } = format_round(exact, exact.exponent + 1 + places);
  const all = digits.padEnd(digits && exponent + 1 + places, "0").padStart(places + 1, "0");
  const at = all.length - places;
  return places ? `${all.slice(0, at)}.${all.slice(at)}` : all;
}

const format_power = (exponent) =>
  `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;

function format_scientific(x, places) {
  const { digits, exponent } =
    x === 0 ? format_zeros(places + 1) : format_round(format_exact(x), places + 1);
  return digits[0] + (places ? `.${digits.slice(1)}` : "") + format_power(exponent);
}

// Type g, and what a precision without a type means: `least` digits stay after the point.
function format_general(x, precision, { keep = false, least = 0 } = {}) {
  const count = precision || 1;
  const { exponent } = x === 0 ? format_zeros(count) : format_round(format_exact(x), count);
  const plain = exponent >= -4 && exponent < count - (least ? 1 : 0);
  const text = plain
    ? format_fixed(x, Math.max(count - 1 - exponent, 0))
    : format_scientific(x, count - 1);
  if (keep) return text.includes(".") ? text : text.replace(/(?=e|$)/, ".");
  const [mantissa, power] = text.split("e");
  let short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (plain && least && !short.includes(".")) short += ".0";
  return power === undefined ? short : `${short}e${power}`;
}

// The float nearest to x among those with so many decimals (fewer than none: tens, hundreds).
export function round_float(x, places = 0) {
  if (x === 0 || !Number.isFinite(x)) return x;
  const exact = format_exact(Math.abs(x));
  const keep = exact.exponent + 1 + places;
  if (keep >= exact.digits.length) return x;
  const { digits, exponent } = format_round(exact, keep);
  const size = digits ? Number(`${digits[0]}.${digits.slice(1)}e${exponent}`) : 0;
  return x < 0 ? -size : size;
}

// --- repr ---------------------------------------------------------------------------------------

// The shortest text that reads back as x; a whole number has no point.
export function repr_float(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const [mantissa, power] = Math.abs(x).toExponential().split("e");
  const exponent = Number(power), digits = mantissa.replace(".", "");
  if (exponent < -4 || exponent >= 16) return sign + mantissa + format_power(exponent);
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return sign + whole + (rest && `.${rest}`);
}

// --- format -------------------------------------------------------------------------------------

const FORMAT_SPEC =
  /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

const format_refusal = (code, value) =>
  new Error(`Unknown format code '${code}' for object of type '${typeof value}'`);

const FORMAT_BASES = { b: 2, o: 8, x: 16, X: 16 };

const format_special = (x) => (Number.isNaN(x) ? "nan" : "inf");

// The digits of |value|, without sign and width.
function format_size(value, { type = "", precision, alternate }) {
  const x = Math.abs(type === "%" ? 100 * value : value), kind = type.toLowerCase();
  if (/[dboxXc]/.test(type)) {
    if (!Number.isInteger(value)) throw format_refusal(type, value);
    if (type === "c") return String.fromCodePoint(value);
    const digits = BigInt(x).toString(FORMAT_BASES[type] ?? 10);
    return (alternate && type !== "d" ? `0${kind}` : "") + digits;
  }
  if (!Number.isFinite(x)) return format_special(x) + (type === "%" ? "%" : "");
  const places = precision ?? 6;
  const pointed = (text) =>
    alternate && !text.includes(".") ? text.replace(/(?=e|$)/, ".") : text;
  switch (kind) {
    case "e": return pointed(format_scientific(x, places));
    case "f": return pointed(format_fixed(x, places));
    case "%": return `${pointed(format_fixed(x, places))}%`;
    case "n":
    case "g": return format_general(x, places, { keep: alternate });
    case "":
      if (precision === undefined) return repr_float(x);
      return format_general(x, precision, { keep: alternate, least: 1 });
    default: throw format_refusal(type, value);
  }
}

// Digits before the point in groups, filled up with zeros to a width that counts the separators.
function format_grouped(text, separator, size, width) {
  const [, whole, rest] = /^([0-9a-zA-Z]*?)((?:[.eE%].*)?)$/s.exec(text);
  if (!/^[0-9a-f]+$/i.test(whole)) return text;
  let digits = whole;
  const grouped = () => digits.replace(new RegExp(`\\B(?=(.{${size}})+$)`, "g"), separator);
  while (grouped().length + rest.length < width) digits = `0${digits}`;
  return grouped() + rest;
}

function format_aligned(text, fill, align, width) {
  const missing = Math.max(width - [...text].length, 0);
  const before = { "<": 0, "^": Math.floor(missing / 2) }[align] ?? missing;
  return fill.repeat(before) + text + fill.repeat(missing - before);
}

function format_parts(spec) {
  const found = FORMAT_SPEC.exec(spec);
  if (!found) throw new Error(`Invalid format specifier '${spec}'`);
  const [, fill, align, sign, positive, alternate, zero, width, group, precision, type] = found;
  return {
    fill: fill ?? (zero ? "0" : " "),
    align, sign, zero, group, type,
    positive: Boolean(positive), alternate: Boolean(alternate), width: Number(width ?? 0),
    precision: precision === undefined ? undefined : Number(precision),
  };
}

function format_text(value, { fill, align = "<", width, precision, type }) {
  if (type && type !== "s") throw format_refusal(type, value);
  const text = precision === undefined ? value : [...value].slice(0, precision).join("");
  return format_aligned(text, fill, align, width);
}

// Python's format(value, spec) for a number or a text.
export function format_number(value, spec) {
  const parts = format_parts(spec);
  if (typeof value === "string") return format_text(value, parts);
  const { fill, align = parts.zero ? "=" : ">", width, group, type = "" } = parts;
  let size = format_size(value, parts);
  if (/[EFGX]/.test(type)) size = size.toUpperCase();
  const zero = parts.positive && !/[1-9]/.test(size.split(/e/i)[0]) && Number.isFinite(value);
  const whole = /[dboxXc]/.test(type);
  const negative = (value < 0 || (Object.is(value, -0) && !whole)) && !zero;
  const sign = negative ? "-" : parts.sign === "-" ? "" : (parts.sign ?? "");
  const room = width - sign.length;
  if (group) {
    const each = type in FORMAT_BASES ? 4 : 3;
    size = format_grouped(size, group, each, fill === "0" && align === "=" ? room : 0);
  }
  if (align !== "=") return format_aligned(sign + size, fill, align, width);
  return sign + format_aligned(size, fill, ">", room);
}
