"""Draw a picture as SVG text: the same lines in CPython and, on the published page, in MicroPython.

Colours, fonts and line widths of every picture of the book stand here; lrlearn.plots takes them from here.
"""

# Okabe and Ito's colours, safe for colour-blind readers, in the order in which curves take them.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
FONT, FONT_SIZE, LINE_WIDTH, GRID_OPACITY = "sans-serif", 13, 2.2, 0.15
