"""The schedules of optax: functions of the step, in float32."""
from . import frameworks


def version():
    return frameworks.version("optax")


def rates(call, steps, lr=1.0):
    """The peak stands in the call, so lr is not used."""
    import optax

    schedule = eval(call, {"optax": optax})
    return [float(schedule(t)) for t in range(steps)]


def fed(call, metrics, lr=1.0):
    """The learning rate after each of the metrics: a scale of the updates."""
    import jax
    import optax

    transformation, used = eval(call, {"optax": optax}), []
    state = transformation.init({"weight": 0.0})
    update = jax.jit(lambda state, metric: transformation.update({}, state, value=metric)[1])
    for metric in metrics:
        state = update(state, metric)
        used.append(lr * float(state.scale))
    return used
