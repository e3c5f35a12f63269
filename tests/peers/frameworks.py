"""The frameworks that a run of the tests can do without, and how to load a part of one."""
import sys
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from types import ModuleType

# what is imported -> the distribution that brings it
FRAMEWORKS = {
    "transformers": "transformers", "optax": "optax", "keras": "keras", "timm": "timm", "fastai": "fastai",
    "ignite": "pytorch-ignite", "lrsched": "lrsched",
}
TOOLBOX = {
    "accelerate": "accelerate", "trl": "trl", "lightning": "lightning", "tensorboard": "tensorboard", "wandb": "wandb", "mlflow": "mlflow-skinny",
    "hyperopt": "hyperopt", "smac": "smac", "autokeras": "autokeras", "schedulefree": "schedulefree", "prodigyopt": "prodigyopt", "dadaptation": "dadaptation",
}


def version(framework):
    """Its name and version, as in "optax 0.2.8"."""
    find_spec(framework)                    # make test-core skips here
    return f"{framework} {metadata.version(FRAMEWORKS[framework])}"


@contextmanager
def alone(package, **modules):
    """The package as an empty shell with the given modules in it, so that one more can be imported without the rest.

    modules  their names, with __ for a dot, and what they hold
    """
    spec = find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    def ours():
        return [name for name in sys.modules if name.split(".")[0] == package]

    kept = {name: sys.modules.pop(name) for name in ours()}
    stub = ModuleType(package)
    stub.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = stub
    for name, names in modules.items():
        name = f"{package}.{name.replace('__', '.')}"
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(names)
    try:
        yield
    finally:                                # as if nothing had been imported
        for name in ours():
            del sys.modules[name]
        sys.modules.update(kept)
