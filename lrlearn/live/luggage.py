"""What travels to the page: Python text that gives a function back where no notebook runs."""
import ast
import inspect
import textwrap
import types

from ..core import Schedule

NAMED = (types.FunctionType, types.BuiltinFunctionType, type)      # what an import can name
TRAVELS = ("core", "schedules", "svg", "worlds")        # rooms of the package that the page has


class CannotTravel(Exception):
    """Why a function cannot run on the page."""


class Luggage:
    """The text that a function needs on the page: itself, what it calls, the constants it uses."""

    def __init__(self):
        self.lines, self.packed = [], {}

    def text(self):
        return "\n".join(self.lines) + "\n"

    def expression(self, thing):
        """Python text that gives the thing back; what it names is packed first."""
        if isinstance(thing, Schedule):
            hyper = "".join(f", {k}={self.expression(v)}" for k, v in thing.hyper.items())
            return f"{self.expression(Schedule)}({self.expression(thing.formula)}{hyper})"
        if isinstance(thing, dict):
            return "{" + ", ".join(f"{self.expression(k)}: {self.expression(v)}" for k, v in thing.items()) + "}"
        if isinstance(thing, (list, tuple)):
            inner = "".join(self.expression(v) + ", " for v in thing)
            return f"[{inner}]" if isinstance(thing, list) else f"({inner})"
        if thing is None or isinstance(thing, (bool, int, float, str)):
            return repr(thing)
        if isinstance(thing, (types.FunctionType, type)):
            self.pack(thing.__name__, thing)
            return thing.__name__
        raise CannotTravel(f"it uses {thing!r}, which the published page does not have")

    def pack(self, name, thing):
        """Make the name mean the thing on the page."""
        if name in self.packed:
            if self.packed[name] is not thing:
                raise CannotTravel(f"it uses two things called {name}")
            return
        self.packed[name] = thing
        if isinstance(thing, types.ModuleType):
            self.pack_module(name, thing.__name__)
        elif isinstance(thing, NAMED) and on_the_page(thing.__module__):
            self.lines.append(f"from {thing.__module__} import {thing.__name__} as {name}")
        elif isinstance(thing, (types.FunctionType, type)):
            self.pack_source(name, thing)
        else:
            self.lines.append(f"{name} = {self.expression(thing)}")

    def pack_module(self, name, module):
        if not (module == "lrlearn" or on_the_page(module)):
            raise CannotTravel(f"it uses {name}, which the published page does not have")
        parent, _, leaf = module.rpartition(".")
        self.lines.append(f"from {parent} import {leaf} as {name}" if parent else f"import {module} as {name}")

    def pack_source(self, name, thing):
        try:
            source = textwrap.dedent(inspect.getsource(thing))
        except (OSError, TypeError):
            raise CannotTravel(f"the source of {name} is not to be had") from None
        if not source.startswith(("def ", "class ")):
            raise CannotTravel(f"{name} must be written with a plain def")
        for needed, found in uses(thing, source):
            self.pack(needed, found)
        self.lines.append(source.rstrip() + "\n")


def on_the_page(module):
    """Whether the page has the module of that name."""
    return module == "math" or bool(module) and module.startswith("lrlearn.") and module.split(".")[1] in TRAVELS


def uses(thing, source):
    """(name, value) of the globals and closure variables that the source of a function or class reads."""
    tree = ast.parse(source)
    read = {n.id: None for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} | {thing.__name__}
    function = thing if isinstance(thing, types.FunctionType) else next((f for f in vars(thing).values() if isinstance(f, types.FunctionType)), None)
    if function is None:
        return []
    known = dict(function.__globals__)
    known.update(zip(function.__code__.co_freevars, (cell.cell_contents for cell in function.__closure__ or ())))
    return [(name, known[name]) for name in read if name in known and name not in own]
