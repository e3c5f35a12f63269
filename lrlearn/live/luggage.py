"""What travels to the page: Python text that gives a function back where no notebook runs."""
import ast
import inspect
import math
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
        """Python text that gives the thing back; what it names is packed first. `made` is how a thing is made: (function, arguments)."""
        if hasattr(thing, "made"):
            function, given = thing.made
            return f"{self.expression(function)}({', '.join(map(self.expression, given))})"
        if isinstance(thing, Schedule):
            hyper = "".join(f", {k}={self.expression(v)}" for k, v in thing.hyper.items())
            return f"{self.expression(Schedule)}({self.expression(thing.formula)}{hyper})"
        if isinstance(thing, dict):
            return "{" + ", ".join(f"{self.expression(k)}: {self.expression(v)}" for k, v in thing.items()) + "}"
        if isinstance(thing, (list, tuple)):
            inner = "".join(self.expression(v) + ", " for v in thing)
            return f"[{inner}]" if isinstance(thing, list) else f"({inner})"
        if isinstance(thing, float) and not math.isfinite(thing):
            return f"float({str(thing)!r})"
        if thing is None or isinstance(thing, (bool, int, float, str)):
            return repr(thing)
        if isinstance(thing, (types.FunctionType, type)):
            self.pack(thing.__name__, thing)
            return thing.__name__
        raise CannotTravel(f"it uses a {type(thing).__name__}, which the published page does not have")

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
        check_imports(name, source)
        for needed, found in uses(thing, source):
            self.pack(needed, found)
        self.lines.append(source.rstrip() + "\n")
        if name != thing.__name__:
            self.lines.append(f"{name} = {thing.__name__}")


def on_the_page(module):
    """Whether the page has the module of that name."""
    return module == "math" or bool(module) and module.startswith("lrlearn.") and module.split(".")[1] in TRAVELS


def check_imports(name, source):
    """Raise when the source imports, inside a function, what the page does not have, or is beyond MicroPython."""
    for node in ast.walk(ast.parse(source)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []
        missing = [module for module in modules if module != "lrlearn" and not on_the_page(module)]
        if missing:
            raise CannotTravel(f"{name} imports {missing[0]}, which the published page does not have")
        if isinstance(node, ast.Match):
            raise CannotTravel(f"{name} uses match, which the published page does not know")


def uses(thing, source):
    """(name, value) of the globals and closure variables that a function or a class reads, in the order of the source."""
    read = dict.fromkeys(n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name))      # defaults and bases, too
    parts = [thing] if isinstance(thing, types.FunctionType) else list(vars(thing).values())
    functions = [f for part in parts for f in (part, *(getattr(part, side, None) for side in ("fget", "fset", "__func__"))) if isinstance(f, types.FunctionType)]
    found = {}
    for function in functions:
        codes = [function.__code__]
        for code in codes:
            codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
        globals_read = {name for code in codes for name in code.co_names}
        closed = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
        own = {name for code in codes for name in code.co_varnames}
        for name in read:
            if name in closed:
                found[name] = closed[name].cell_contents
            elif name in function.__globals__ and (name in globals_read or name not in own):
                found[name] = function.__globals__[name]
    return [(name, value) for name, value in found.items() if value is not thing]
