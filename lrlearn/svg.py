"""Draw a picture as SVG text: the same lines in CPython and, on the published page, in MicroPython.

Colours, fonts and line widths of every picture of the book stand here; lrlearn.plots takes them from here.
Attributes stand in single quotes, so that the text fits unchanged into a data URI and into HTML.
"""
from math import floor, log10

# Okabe and Ito's colours, safe for colour-blind readers, in the order in which curves take them.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
FONT, FONT_SIZE, LINE_WIDTH, GRID_OPACITY = "sans-serif", 13, 2.2, 0.15

SPACE = [640, 320]                      # width and height of the next Chart in px; the page sets what it has
CHAR = 0.62 * FONT_SIZE                 # a bold letter's mean width, px
HEADLINE = 20                           # what a title takes, px
NARROW = 480                            # below this width in px, panels stand one above the other
INF = float("inf")
PLACES = {"dot": 2, "ellipse": 4, "text": 2, "vline": 1, "hline": 1}       # how many numbers of a part say where it is


def there(*numbers):
    """Whether they can be drawn: nan and infinities cannot.

    >>> there(1, -2.5), there(1, float("inf")), there(float("nan"))
    (True, False, False)
    """
    return all([-INF < n < INF for n in numbers])


def escape(text):
    """Text that is safe between tags and in attributes."""
    text = str(text)
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&#39;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    return text


def ticks(lo, hi, n=5):
    """About n round numbers from lo to hi.

    >>> ticks(0, 1), ticks(0, 200)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 50.0, 100.0, 150.0, 200.0])
    """
    raw = (hi - lo) / n
    power = floor(log10(raw))
    step = min((1, 2, 2.5, 5, 10), key=lambda m: abs(m * 10.0**power - raw))
    k, out = -floor(-lo / (step * 10.0**power) + 1e-9), []
    while k * step * 10.0**power <= hi + 1e-9 * (hi - lo):
        out.append(float("%.12g" % (k * step * 10.0**power)))
        k += 1
    return out


def decades(lo, hi):
    """The powers of ten from lo to hi.

    >>> decades(0.001, 1)
    [0.001, 0.01, 0.1, 1.0]
    """
    return [10.0**k for k in range(floor(log10(lo) + 0.999999), floor(log10(hi) + 1e-6) + 1)]


def thinned(values, most):
    """The first value and every n-th after it, so that there are at most so many.

    >>> thinned([1, 2, 3, 4, 5], 3)
    [1, 3, 5]
    """
    return values[:: max(1, -int(-len(values) // max(1, int(most))))]


def spread(wanted, gap, low, high):
    """Places near the wanted ones, in the same order, at least gap apart, from low to high if they fit.

    >>> spread([0.0, 0.0, 0.9], gap=0.2, low=0.0, high=1.0)
    [0.0, 0.2, 0.9]
    """
    # The index decides between equals, since MicroPython's sort is not stable.
    placed, order = list(wanted), sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    for i in order:
        placed[i] = low = max(placed[i], low)
        low += gap
    for i in reversed(order):
        placed[i] = high = min(placed[i], high)
        high -= gap
    return placed


def nearest(xs, place, scale):
    """The index of the value whose place is nearest; xs rise.

    >>> nearest([0, 10, 20, 30], 14, lambda x: x)
    1
    """
    low, high = 0, len(xs) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if scale(xs[middle]) <= place:
            low = middle
        else:
            high = middle
    return low if place - scale(xs[low]) <= scale(xs[high]) - place else high


class Chart:
    """Axes to draw on: add lines, dots, bands, rules and words in data coordinates; str(chart) is the SVG.

    x, y            (from, to) of each axis; outside is cut off
    xlabel, ylabel  what the axes show, with units
    log             "", "x", "y" or "xy": the axes that are logarithmic (their limits are > 0)
    alt             what the picture shows, in words, for those who cannot see it

    >>> chart = Chart(x=(0, 10), y=(0, 1), alt="a falling line")
    >>> chart.line([0, 10], [1, 0], label="falls").dot(10, 0)
    <Chart: a falling line>
    >>> str(chart)[:4], "polyline" in str(chart)
    ('<svg', True)
    """

    def __init__(self, x, y, xlabel="", ylabel="", log="", alt=""):
        for name, (lo, hi) in (("x", x), ("y", y)):
            if not (lo < hi and there(hi - lo)) or (name in log and lo <= 0):
                raise ValueError(f"{name}: the ends of an axis, must be (from, to) with from < to, and > 0 when it is logarithmic, got {(lo, hi)!r}")
        self.x, self.y, self.xlabel, self.ylabel, self.log, self.alt = x, y, xlabel, ylabel, log, alt
        self.width, self.height = SPACE
        self.parts, self.names = [], []     # names: (y, text, colour) of the labels at the lines' ends
        self.taken = 0                      # colours given out
        self.headline = None                # (words, colour)
        self.nudge = 0.0                    # px to the right and down

    def __repr__(self):
        return f"<Chart: {self.alt}>"

    def box(self):
        """Left, top, right, bottom of the plotting area in px."""
        longest = max([len(text) for _, text, _ in self.names] + [0])
        return 62, 12 + HEADLINE * bool(self.headline), self.width - max(18, min(longest * CHAR + 12, self.width * 0.4)), self.height - 46

    def line(self, xs, ys, label="", colour=None, width=LINE_WIDTH, dash=""):
        """A line through the points, with gaps where a value is nan or infinite, its name at its right end.

        colour: None takes the next colour.
        """
        if colour is None:
            colour = COLOURS[self.taken % len(COLOURS)]
            self.taken += 1
        self.parts.append(("line", (xs, ys, colour, width, dash)))
        if label:
            last = len(ys) - 1
            while last >= 0 and ys[last] != ys[last]:
                last -= 1
            self.names.append((ys[last] if last >= 0 else self.y[1], label, colour))
        return self

    def band(self, xs, low, high, colour):
        """A pale area between two lines."""
        self.parts.append(("band", (xs, low, high, colour)))
        return self

    def dot(self, x, y, colour="currentColor", radius=5):
        """A filled circle."""
        self.parts.append(("dot", (x, y, colour, radius)))
        return self

    def ellipse(self, x, y, rx, ry, colour="currentColor", width=1):
        """An ellipse about a point, with its half-axes in data coordinates; for axes that are not logarithmic."""
        self.parts.append(("ellipse", (x, y, rx, ry, colour, width)))
        return self

    def text(self, x, y, words, colour="currentColor", anchor="middle"):
        """Words at a point. anchor: start, middle or end of the words stands there."""
        self.parts.append(("text", (x, y, words, colour, anchor)))
        return self

    def vline(self, x, words="", colour="currentColor"):
        """A dashed upright line with words at its top."""
        self.parts.append(("vline", (x, words, colour)))
        return self

    def hline(self, y, words="", colour="currentColor"):
        """A dashed level line with words at its left end."""
        self.parts.append(("hline", (y, words, colour)))
        return self

    def title(self, words, colour="currentColor"):
        """Bold words above the axes: what the picture says."""
        self.headline = words, colour
        return self

    # -- from here on: data to px, and px to text -------------------------------------------------

    def scales(self):
        left, top, right, bottom = self.box()

        def scale(limits, start, end, is_log):
            lo, hi = [log10(v) for v in limits] if is_log else limits
            start, end = start + self.nudge, end + self.nudge
            pixels = (end - start) / ((hi - lo) or 1)
            return (lambda v: start + (log10(max(v, limits[0] * 1e-3)) - lo) * pixels) if is_log else lambda v: start + (v - lo) * pixels

        return scale(self.x, left, right, "x" in self.log), scale(self.y, bottom, top, "y" in self.log)

    def axes(self, sx, sy):
        left, top, right, bottom = self.box()
        out = []
        few, rows = max(2, int((right - left) / 75)), max(1, min(5, int((bottom - top) / 30)))
        for v in thinned(decades(*self.y), (bottom - top) / 15) if "y" in self.log else ticks(self.y[0], self.y[1], rows):
            out.append("<line x1='%d' x2='%.1f' y1='%.1f' y2='%.1f' stroke='currentColor' stroke-opacity='%g'/>" % (left, right, sy(v), sy(v), GRID_OPACITY))
            out.append("<text x='%d' y='%.1f' text-anchor='end'>%g</text>" % (left - 7, sy(v) + 4, v))
        for v in decades(*self.x) if "x" in self.log else ticks(self.x[0], self.x[1], few):
            out.append("<text x='%.1f' y='%d' text-anchor='middle'>%g</text>" % (sx(v), bottom + 18, v))
        out.append("<path d='M%d,%d V%d H%.1f' fill='none' stroke='currentColor' stroke-opacity='.6'/>" % (left, top, bottom, right))
        out.append("<text x='%d' y='%d' text-anchor='middle'>%s</text>" % ((left + right) // 2, self.height - 8, escape(self.xlabel)))
        out.append("<text transform='translate(14,%d) rotate(-90)' text-anchor='middle'>%s</text>" % ((top + bottom) // 2, escape(self.ylabel)))
        return out

    def draw_line(self, sx, sy, xs, ys, colour, width, dash):
        dashes = f" stroke-dasharray='{dash}'" if dash else ""
        pieces = [[]]
        for x, y in zip(xs, ys):
            if -INF < x < INF and -INF < y < INF:
                pieces[-1].append("%.1f,%.2f" % (sx(x), sy(y)))
            else:                           # the line has a gap
                pieces.append([])
        drawn = ["<polyline points='%s' fill='none' stroke='%s' stroke-width='%s' stroke-linejoin='round'%s/>" % (" ".join(piece), colour, width, dashes) for piece in pieces if piece]
        return "".join(drawn)

    def draw_band(self, sx, sy, xs, low, high, colour):
        edges = [(x, a, b) for x, a, b in zip(xs, low, high) if there(x, a, b)]
        points = ["%.1f,%.2f" % (sx(x), sy(a)) for x, a, _ in edges]
        points += ["%.1f,%.2f" % (sx(x), sy(b)) for x, _, b in reversed(edges)]
        return f"<polygon points='{' '.join(points)}' fill='{colour}' fill-opacity='.18' stroke='none'/>"

    def draw_dot(self, sx, sy, x, y, colour, radius):
        return "<circle cx='%.1f' cy='%.2f' r='%g' fill='%s'/>" % (sx(x), sy(y), radius, colour)

    def draw_ellipse(self, sx, sy, x, y, rx, ry, colour, width):
        return "<ellipse cx='%.1f' cy='%.2f' rx='%.1f' ry='%.2f' fill='none' stroke='%s' stroke-width='%s'/>" % (
            sx(x), sy(y), sx(x + rx) - sx(x), sy(y) - sy(y + ry), colour, width)

    def draw_text(self, sx, sy, x, y, words, colour, anchor):
        return "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>%s</text>" % (sx(x), sy(y), anchor, colour, escape(words))

    def draw_vline(self, sx, sy, x, words, colour):
        left, top, right, bottom = self.box()
        anchor, shift = ("end", -6) if sx(x) > (left + right) / 2 else ("start", 6)
        rule = "<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='%s' stroke-dasharray='4 4' stroke-opacity='.7'/>" % (sx(x), sx(x), top, bottom, colour)
        return rule + "<text x='%.1f' y='%d' text-anchor='%s' fill='%s'>%s</text>" % (sx(x) + shift, top + 12, anchor, colour, escape(words))

    def draw_hline(self, sx, sy, y, words, colour):
        left, top, right, bottom = self.box()
        rule = "<line x1='%d' x2='%.1f' y1='%.1f' y2='%.1f' stroke='%s' stroke-dasharray='4 4' stroke-opacity='.7'/>" % (left, right, sy(y), sy(y), colour)
        return rule + "<text x='%d' y='%.1f' fill='%s'>%s</text>" % (left + 6, sy(y) - 5, colour, escape(words))

    # -- what the page asks for when a pointer is over the picture ----------------------------------

    def read(self, x, y):
        """The numbers at a point of the picture, in px: an SVG fragment to lay over it, or "" where no line is near.

        Lines that run from left to right are read at the same place of their x axis, other lines where they are nearest.
        """
        left, top, right, bottom = self.box()
        if not (left - 6 <= x <= right + 6 and top - 6 <= y <= bottom + 6):
            return ""
        sx, sy = self.scales()
        lines = [what for kind, what in self.parts if kind == "line" and len(what[0]) > 1]
        runs = [what for what in lines if all([a <= b for a, b in zip(what[0], what[0][1:])])]
        found = []                                          # (how far, px, py, x, y, colour)
        for xs, ys, colour, _, _ in runs:
            k = nearest(xs, x, sx)
            found.append((abs(sy(ys[k]) - y), sx(xs[k]), sy(ys[k]), xs[k], ys[k], colour))
        for xs, ys, colour, _, _ in lines if not runs else []:
            px, py = [sx(v) for v in xs], [sy(v) for v in ys]
            # A product, since ** stops at a number too large for a float.
            away = [(u - x) * (u - x) + (v - y) * (v - y) for u, v in zip(px, py)]
            k = min(range(len(xs)), key=lambda i: (away[i] if away[i] == away[i] else INF, i))
            found.append((abs(px[k] - x) + abs(py[k] - y), px[k], py[k], xs[k], ys[k], colour))
        reach = 30 if runs else 60
        found = sorted([f for f in found if f[4] == f[4] and abs(f[1] - x) <= reach and top - 1 <= f[2] <= bottom + 1])
        return self.told(found[: 6 if runs else 1], left, right, top, bottom)

    def told(self, found, left, right, top, bottom):
        """A rule, a dot on each line that was found, and the numbers."""
        if not found:
            return ""
        px = found[0][1]
        out = ["<line x1='%.1f' x2='%.1f' y1='%d' y2='%d' stroke='currentColor' stroke-opacity='.5'/>" % (px, px, top, bottom)]
        side, shift = ("end", -9) if px > left + 0.7 * (right - left) else ("start", 9)
        for (_, at, py, _, v, colour), text in zip(found, spread([f[2] for f in found], FONT_SIZE + 3, top + 4, bottom - 4)):
            out.append("<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/>" % (at, py, colour))
            out.append("<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>%.4g</text>" % (at + shift, text + 4, side, colour, v))
        out.append("<text x='%.1f' y='%d' text-anchor='middle' font-weight='600'>%s</text>" % (px, bottom + 18, found[0][3] if isinstance(found[0][3], int) else "%.4g" % found[0][3]))
        return "".join(out)

    def labels(self, sy):
        """The lines' names at their right ends, pushed apart where they would overlap."""
        left, top, right, bottom = self.box()
        wanted = [min(max(sy(y), top), bottom) for y, _, _ in self.names]
        out = []
        for y, (_, text, colour) in sorted(zip(spread(wanted, FONT_SIZE + 3, top, bottom), self.names)):
            out.append("<text x='%.1f' y='%.1f' fill='%s' font-weight='600'>%s</text>" % (right + 7, y + 4, colour, escape(text)))
        return out

    def elements(self):
        """The parts of the picture as SVG elements, without the svg around them."""
        left, top, right, bottom = self.box()
        sx, sy = self.scales()
        draw = {"line": self.draw_line, "band": self.draw_band, "dot": self.draw_dot, "ellipse": self.draw_ellipse, "text": self.draw_text, "vline": self.draw_vline, "hline": self.draw_hline}
        drawn = [draw[kind](sx, sy, *what) for kind, what in self.parts if there(*what[: PLACES.get(kind, 0)])]
        # A nested svg cuts off what lies outside the axes; a clipPath would need an id unique in the page.
        inside = "<svg x='%d' y='%d' width='%.1f' height='%d' viewBox='%d %d %.1f %d'>%s</svg>" % (
            (left - 6, top - 6, right - left + 12, bottom - top + 12) * 2 + ("\n".join(drawn),))
        return self.axes(sx, sy) + [inside] + self.labels(sy)

    def __str__(self):
        head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {self.width} {self.height}' width='{self.width}' height='{self.height}' fill='currentColor' font-family='{FONT}' font-size='{FONT_SIZE}' role='img' aria-label='{escape(self.alt)}'>"
        said = []
        if self.headline:
            words, colour = self.headline
            size = min(FONT_SIZE, (self.width - 10) / (0.63 * max(1, len(str(words)))))       # a long one is made to fit
            said = ["<text x='%d' y='%d' text-anchor='middle' font-weight='600' font-size='%.1f' fill='%s'>%s</text>" % (self.width // 2, HEADLINE - 2, size, colour, escape(words))]
        return "\n".join([head] + said + self.elements() + ["</svg>"])


class Panels(Chart):
    """Charts in one picture: side by side, or one above the other where it is narrow.

    charts  the Charts, from left to right or from above
    share   the first one's share of the room, the others divide the rest
    alt     what the picture shows, in words

    >>> two = Panels([Chart(x=(0, 1), y=(0, 1)), Chart(x=(0, 9), y=(0, 1))], alt="two pictures")
    >>> two, str(two).count("<g ")
    (<Chart: two pictures>, 2)
    """

    def __init__(self, charts, share=0.55, alt=""):
        self.charts, self.share, self.alt = charts, share, alt
        self.width, self.height = SPACE
        self.headline, self.places = None, []       # places: (left, top, chart), as drawn

    def elements(self):
        above = HEADLINE * bool(self.headline)
        out, at, narrow, height = [], 0, self.width < NARROW, self.height - above
        self.places = []
        for i, chart in enumerate(self.charts):
            share = (1 - self.share) / (len(self.charts) - 1) if i else self.share
            chart.width = self.width if narrow else round(share * self.width)
            chart.height = round(share * height) if narrow else height
            chart.nudge = 1e-7                              # then no coordinate is a tie, which two Pythons would round apart
            place = (0, at + above) if narrow else (at, above)
            self.places.append(place + (chart,))
            out.append("<g transform='translate(%d,%d)'>" % place)
            out += chart.elements()
            out.append("</g>")
            at += chart.height if narrow else chart.width
        return out

    def read(self, x, y):
        """The numbers at a point, in px, of the chart that is there."""
        for left, top, chart in self.places:
            if left <= x < left + chart.width and top <= y < top + chart.height:
                told = chart.read(x - left, y - top)
                return f"<g transform='translate({left},{top})'>{told}</g>" if told else ""
        return ""
