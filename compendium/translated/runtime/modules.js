// The modules that are not translated, under the names that Python imports them by.
import { $b, $enum_base, $named_tuple_base, $provide } from "./python.js";
import { MODULES } from "./stdlib.js";
import { np } from "./numpy.js";
import { elementwise, ndimage, optimize, signal, special } from "./scipy.js";
import { uncertainties } from "./uncertainties.js";

// A type that says nothing at run time.
const SOMETHING = Object.assign((x = null) => x, { __name__: "Any", $type: true, $check: () => true });
const typing = { NamedTuple: $named_tuple_base, TYPE_CHECKING: false, cast: (_, x) => x, overload: (f) => f };
for (const name of ["Any", "Generic", "Literal", "Protocol", "SupportsFloat", "Self", "ClassVar", "Final", "TypeAlias",
  "TypedDict", "NoReturn", "Concatenate", "ParamSpec", "Union", "Optional", "IO", "TextIO", "BinaryIO"])
  typing[name] = SOMETHING;
typing.TypeVar = typing.NewType = typing.ParamSpec = () => SOMETHING;

$provide({
  ...MODULES,
  typing,
  enum: { Enum: $enum_base },
  numpy: np,
  "numpy.typing": { NDArray: SOMETHING, ArrayLike: SOMETHING },
  scipy: { special, optimize, ndimage, signal },
  "scipy.signal": signal,
  "scipy.special": special,
  "scipy.ndimage": ndimage,
  "scipy.optimize": { ...optimize, elementwise },
  uncertainties,
  "uncertainties.umath": uncertainties.umath,
  "uncertainties.unumpy": uncertainties.unumpy,
});
$provide({ builtins: $b });
