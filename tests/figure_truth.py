"""What a figure of a test shows, and how well it was read out: nothing here knows who drew it."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

MEDIAN, WORST = 3e-4, 2e-3  # of the length of an axis: what reading may be wrong by
PARTNER = 2e-2  # farther away than this, it is another curve
DROPPED = 2 / 9  # points of the page: twice what a line is simplified by, to either side
SAMPLE = 2e-3  # between points that are put on a line to find the nearest piece of it
HIDDEN = {"linear": lambda v: v, "log": np.log10, "reciprocal": lambda v: 1 / v}


@dataclass(frozen=True)
class Scale:
    """One axis: numbers at its ends (left or bottom first), how they are spaced, its title."""

    low: float
    high: float
    kind: str = "linear"
    title: str = ""
    unit: str = ""

    def part(self, values):
        """Where values stand, as parts of the axis from its left or lower end."""
        scaled = HIDDEN[self.kind]
        with np.errstate(invalid="ignore", divide="ignore"):
            low, high = scaled(self.low), scaled(self.high)
            return (scaled(np.asarray(values, float)) - low) / (high - low)


@dataclass(frozen=True)
class Frame:
    """A panel: where it stands (points, y upwards) and its axes."""

    box: tuple[float, float, float, float]
    x: Scale
    y: Scale
    right: Scale | None = None
    inside: int | None = None


@dataclass(frozen=True, eq=False)
class Curve:
    """What was plotted, as it was given to the plotting programme."""

    panel: int
    x: np.ndarray
    y: np.ndarray
    kind: str  # "line", "markers", "both"
    label: str = ""
    colour: tuple[float, float, float] | None = None
    axis: str = "left"
    x_error: np.ndarray | None = None
    y_error: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Truth:
    frames: tuple[Frame, ...]
    curves: tuple[Curve, ...]
    features: tuple[str, ...] = ()
    simplified: bool = False  # points within 1/9 pt of a line may have been dropped
    unsure: bool = False  # nothing in the drawing tells which curve belongs to the right axis


@dataclass
class Verdict:
    """Faults in words; the deviations of every point that was read, as parts of an axis."""

    curves: int = 0
    refused: str = ""
    faults: list[str] = field(default_factory=list)
    deviations: list[np.ndarray] = field(default_factory=list)
    seconds: float = 0.0
    stated: list[float] = field(default_factory=list)  # deviation over stated uncertainty

    @property
    def median(self):
        return max((float(np.median(deviation)) for deviation in self.deviations), default=np.nan)

    @property
    def worst(self):
        return max((float(deviation.max()) for deviation in self.deviations), default=np.nan)

    @property
    def word(self):
        return "WRONG" if self.faults else "refused" if self.refused else "ok"


def to_polyline(points, line):
    """Distance of each point from a polyline that may have gaps (rows that are not numbers).

    Of the pieces, those are looked at that own the nearest of samples along the line; so the
    distance can come out too large, never too small.
    """
    start, along = line[:-1], np.diff(line, axis=0)
    whole = np.isfinite(along).all(1)
    start, along = start[whole], along[whole]
    if not len(start):
        inner = line[np.isfinite(line).all(1)]
        return np.hypot(*(points[:, None] - inner).transpose(2, 0, 1)).min(1)
    squared = (along**2).sum(1)
    counts = np.ceil(np.clip(np.sqrt(squared) / SAMPLE, 1, 5000)).astype(int)
    owner = np.repeat(np.arange(len(start)), counts)
    t = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5
    samples = start[owner] + (t / counts[owner])[:, None] * along[owner]
    near = cKDTree(samples).query(points, k=min(8, len(samples)))[1].reshape(len(points), -1)
    pieces = owner[near]
    away = points[:, None] - start[pieces]
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.clip((away * along[pieces]).sum(-1) / squared[pieces], 0, 1)
    t = np.where(squared[pieces] > 0, t, 0.0)
    return np.hypot(*(away - t[..., None] * along[pieces]).transpose(2, 0, 1)).min(1)


def to_points(points, others):
    """Distance of each point from its partner among as many others; as many as there are."""
    away = np.hypot(*np.moveaxis(points[:, None] - others[None], -1, 0))
    rows, columns = linear_sum_assignment(away)
    return away[rows, columns], rows, columns


def places(frame, curve, x=None, y=None):
    scale = frame.right if curve.axis == "right" else frame.y
    x, y = (curve.x, curve.y) if x is None else (x, y)
    return np.column_stack([frame.x.part(x), scale.part(y)])


def within(points, margin=0.0):
    """Whether points are in the panel."""
    return ((points >= -margin) & (points <= 1 + margin)).all(1)


def hidden(points, frame, frames, index):
    """Whether points lie below a panel inside of this one."""
    x0, y0, x1, y1 = frame.box
    at = np.array([x0, y0]) + points * [x1 - x0, y1 - y0]
    below = np.zeros(len(points), bool)
    for other in frames:
        if other.inside == index:
            low, high = np.array(other.box[:2]) - 1, np.array(other.box[2:]) + 1
            below |= ((at > low) & (at < high)).all(1)
    return below


def plain(text):
    """A title or label without what cannot be seen: spaces, kinds of signs, how it is written."""
    for old, new in (
        ("−", "-"),
        ("µ", "μ"),
        ("Ω", "Ω"),
        (r"$\mu_0H$", "μ0H"),
        ("^", ""),
        ("{", ""),
        ("}", ""),
    ):
        text = text.replace(old, new)
    return "".join(text.split()).casefold()


def score(panels, drawn, series, truth):
    """Judge what was read out; `drawn` and `series` belong together one by one."""
    verdict = Verdict(curves=len(series))
    partner = _panels(panels, truth, verdict)
    by_frame = {}
    for mark, found in zip(drawn, series, strict=True):
        frame = partner.get(mark.panel)
        if frame is None:
            verdict.faults.append(f"{found.place}: in a panel that is not there")
        else:
            by_frame.setdefault(frame, []).append((mark, found))
    for index in range(len(truth.frames)):
        wanted = [curve for curve in truth.curves if curve.panel == index]
        _curves(wanted, by_frame.get(index, []), index, truth, verdict)
    return verdict


def _panels(panels, truth, verdict):
    """Partners of panels found: the index of a frame for the index of a panel."""
    partner = {}
    for index, frame in enumerate(truth.frames):
        near = [
            (np.abs(np.subtract(panel.box, frame.box)).max(), number)
            for number, panel in enumerate(panels)
            if number not in partner
        ]
        away, number = min(near, default=(np.inf, -1))
        if away > 2.0:
            verdict.faults.append(f"panel {index + 1} not found")
            continue
        partner[number] = index
        _axes(panels[number], index, truth, verdict)
    inside = [number for number, panel in enumerate(panels) if number not in partner]
    verdict.faults += [f"panel {panels[number].name!r} is none" for number in inside]
    for number, index in partner.items():
        of = panels[number].inside
        if (None if of is None else partner.get(of, -1)) != truth.frames[index].inside:
            verdict.faults.append(f"panel {index + 1}: inside of the wrong one")
    return partner


def _axes(panel, index, truth, verdict):
    """Numbers, spacing and titles of the axes of a panel."""
    frame = truth.frames[index]
    sides = [("x", panel.x, frame.x, (0, 2)), ("y", panel.y, frame.y, (1, 3))]
    if frame.right:
        sides.append(("right", panel.right, frame.right, (1, 3)))
    for name, axis, scale, (low, high) in sides:
        if axis is None:
            verdict.faults.append(f"panel {index + 1}: no {name} axis")
            continue
        ends = scale.part(axis.value(np.array([frame.box[low], frame.box[high]])))
        off = np.abs(ends - [0, 1]).max()
        if not off < WORST or axis.scale != scale.kind:
            verdict.faults.append(
                f"panel {index + 1}: {name} axis {axis.scale} wrong by {off:.2g} of its length"
            )
        said, meant = (axis.title, axis.unit), (scale.title, scale.unit)
        allowed = [meant]
        if not scale.title:  # another panel's may be taken for it, but nothing else
            allowed += [(other.x.title, other.x.unit) for other in truth.frames]
            allowed += [(other.y.title, other.y.unit) for other in truth.frames]
        if [*map(plain, said)] not in [[*map(plain, one)] for one in allowed]:
            verdict.faults.append(f"panel {index + 1}: {name} title {said}, not {meant}")


def _curves(wanted, found, index, truth, verdict):
    frame = truth.frames[index]
    costs = np.full((len(wanted), len(found)), 1e3)
    for i, curve in enumerate(wanted):
        for j, (_, one) in enumerate(found):
            costs[i, j] = _cost(curve, one, frame, truth)
    left = set(range(len(found)))
    rows, columns = linear_sum_assignment(costs)
    for i, j in zip(rows, columns, strict=True):
        if costs[i, j] < PARTNER * 10:
            left.discard(j)
            _compare(wanted[i], *found[j], index, truth, verdict)
            wanted[i] = None
    for curve in wanted:
        if curve is not None and _visible(curve, index, truth).any():
            name = curve.label or curve.kind
            verdict.faults.append(f"panel {index + 1}: curve {name!r} not found")
    verdict.faults += [f"{found[j][1].place}: no such curve" for j in sorted(left)]


def _visible(curve, index, truth):
    frame = truth.frames[index]
    points = places(frame, curve)
    return within(points) & ~hidden(points, frame, truth.frames, index)


def _read(curve, series, frame, truth):
    """Points that were read, as parts of the axes; unsure axes are taken as their curve's."""
    if truth.unsure and curve.axis == "right":
        curve = replace(curve, axis="left")
    return places(frame, curve, series.x, series.y)


def _cost(curve, series, frame, truth):
    read, true = _read(curve, series, frame, truth), places(frame, curve)
    if not np.isfinite(read).all() or not len(read):
        return 1e3
    inner = true[within(true)]
    if not len(inner):
        return 1e3
    onto = np.mean(to_polyline(read[:: 1 + len(read) // 200], true))
    back = np.mean(to_polyline(inner[:: 1 + len(inner) // 200], read))
    kinds = curve.kind in ("both", series.drawn)
    return min(onto + 0.1 * back + (0 if kinds else PARTNER), 1e3)


def _compare(curve, mark, series, index, truth, verdict):
    frame, where = truth.frames[index], series.place
    read, true = _read(curve, series, frame, truth), places(frame, curve)
    seen = _visible(curve, index, truth)
    if series.drawn == "markers":
        inner = true[within(true, -1e-4)]
        away, rows, columns = to_points(read, true[np.isfinite(true).all(1)])
        if len(inner) > len(read) or len(rows) < len(read):
            verdict.faults.append(f"{where}: {len(read)} markers instead of {len(inner)}")
        _errors(curve, series, frame, (rows, columns), verdict)
    else:
        away = to_polyline(read, true)
    back = to_polyline(true[seen], read)
    verdict.deviations.append(away)
    limit = _limit(series, frame, back.max(initial=0), truth, verdict)
    if np.median(away) > MEDIAN or away.max() > WORST or back.max(initial=0) > limit:
        verdict.faults.append(
            f"{where}: off by {np.median(away):.1e} (median), {away.max():.1e}, missing "
            f"{back.max(initial=0):.1e}"
        )
    if curve.kind not in ("both", series.drawn):
        verdict.faults.append(f"{where}: {series.drawn} instead of {curve.kind}")
    if plain(series.label) != plain(curve.label):
        verdict.faults.append(f"{where}: label {series.label!r}, not {curve.label!r}")
    if curve.colour and np.abs(np.subtract(mark.colour, curve.colour)).max() > 0.01:
        verdict.faults.append(f"{where}: colour {mark.colour}, not {curve.colour}")
    if not truth.unsure and mark.axis != curve.axis:
        verdict.faults.append(f"{where}: {mark.axis} axis, not {curve.axis}")
    if truth.unsure and not any("axis" in remark for remark in series.remarks):
        verdict.faults.append(f"{where}: does not say that its axis is uncertain")
    _stated(curve, series, frame, away, verdict)


def _limit(series, frame, missing, truth, verdict):
    """How far true points may lie from a line that was read; the file may lack some."""
    if not truth.simplified or series.drawn != "line":
        return WORST
    if missing > WORST and not any("dropped" in remark for remark in series.remarks):
        verdict.faults.append(f"{series.place}: does not say that points were dropped")
    return max(WORST, DROPPED / np.subtract(frame.box[2:], frame.box[:2]).min())


def _errors(curve, series, frame, pairs, verdict):
    rows, columns = pairs
    for name in ("x", "y"):
        meant, said = getattr(curve, f"{name}_error"), getattr(series, f"{name}_error")
        if (meant is None) != (said is None):
            verdict.faults.append(f"{series.place}: {name} error bars: {said is not None}")
        if meant is None or said is None:
            continue
        whole = np.flatnonzero(np.isfinite(curve.x) & np.isfinite(curve.y))
        scale = frame.right if curve.axis == "right" and name == "y" else getattr(frame, name)
        value, error = getattr(curve, name)[whole][columns], meant[whole][columns]
        off = np.abs(scale.part(value + error) - scale.part(value + said[rows]))
        off = off[(scale.part(value + error) < 1) & (scale.part(value - error) > 0)]
        if not off.max(initial=0) < WORST:
            verdict.faults.append(f"{series.place}: {name} error bars wrong by {off.max():.1e}")


def _stated(curve, series, frame, away, verdict):
    """How far points lie away in units of what is stated, at the middle of the curve."""
    middle = np.nanmedian(series.x), np.nanmedian(series.y)
    more = places(frame, curve, *(np.array([m]) for m in middle))
    moved = middle[0] + series.x_reading, middle[1] + series.y_reading
    moved = places(frame, curve, *(np.array([m]) for m in moved))
    stated = np.hypot(*(moved - more).T)[0]
    if stated > 0 and np.isfinite(stated):
        verdict.stated.append(float(np.quantile(away, 0.95) / stated))
    else:
        verdict.faults.append(f"{series.place}: no uncertainty of reading")
