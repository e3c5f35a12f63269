"""A quicker build, of the whole and of a changed page: what costs seconds and changes nothing is left out.

pybtex asks the metadata of every installed package for each citation, and reads the LaTeX of the same names again and again.
Sphinx loads every page to number figures, though look.py numbers them.
"""
import functools

import pybtex.plugin
from pybtex.richtext import Text
from sphinx.environment.collectors.toctree import TocTreeCollector


def setup(app):
    pybtex.plugin._load_entry_point = functools.cache(pybtex.plugin._load_entry_point)
    Text.from_latex = functools.cache(Text.from_latex)
    TocTreeCollector.assign_figure_numbers = lambda self, env: []
    return {"parallel_read_safe": True, "parallel_write_safe": True}
