"""How far a long piece of work is: one line, where someone watches."""
import os
import sys
from contextlib import contextmanager
from time import monotonic


@contextmanager
def counter(total, title, wanted):
    """Yield a function to call after some of total pieces of work; a line shows how many are done, then it is gone."""
    show, began, ready = place(wanted), monotonic(), [0]

    def done(pieces=1):
        ready[0] += pieces
        left = (monotonic() - began) * (total / ready[0] - 1)
        if ready[0] < total:
            show(f"{title}: {ready[0]} of {total} done, about {left:.0f} s left")

    try:
        yield done
    finally:
        show("")


def place(wanted):
    """A function that shows one line where someone watches; an empty line takes it away. Elsewhere it does nothing."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not wanted or os.environ.get("LRLEARN_CHECK"):
        return lambda line: None
    if hasattr(shell, "kernel"):
        from IPython.display import DisplayHandle

        # The line is an output of its own, emptied at the end: clear_output would take the cell's other outputs along.
        handle, shown = DisplayHandle(), []

        def show(line):
            if line or shown:
                (handle.update if shown else handle.display)({"text/plain": line} if line else {}, raw=True)
                shown.append(line)

        return show
    if sys.stderr is not None and sys.stderr.isatty():
        return lambda line: print("\r\x1b[K" + line, end="", file=sys.stderr, flush=True)
    return lambda line: None
