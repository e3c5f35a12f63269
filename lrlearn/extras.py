"""One sentence when an optional package is missing."""
from importlib import import_module


def need(package, extra):
    """Import the package, or say which extra brings it."""
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package.split(".")[0]:
            raise
        raise ModuleNotFoundError(f"this part of lrlearn needs {package}, which is not installed: pip install 'lrlearn[{extra}]'", name=package) from None
