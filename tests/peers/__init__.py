"""The peers: real frameworks, each run by one small adapter, and what they answer to the same intents.

An adapter has version(), and rates(call, steps, lr=1.0): the learning rates of updates 0 to steps - 1 when the call, a
text as a user would write it, makes the schedule. Adapters import their framework on first use.

`python -m tests.peers` computes INTENTS anew and writes lrlearn/peers.json.
"""
from . import from_fastai, from_ignite, from_keras, from_lrsched, from_optax, from_timm, from_torch, from_transformers

STEPS, DIGITS = 15, 6

# file name -> (the intent in words, {row: (adapter, call)}). Calls keep the defaults of their framework.
INTENTS = {
    "cosine": ("peak 1.0, 10 updates to the bottom, no warm-up, floor 0", {
        "PyTorch CosineAnnealingLR": (from_torch, "CosineAnnealingLR(optimizer, T_max=10)"),
        "transformers get_cosine_schedule_with_warmup": (
            from_transformers, "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=10)"),
        "optax cosine_decay_schedule": (from_optax, "optax.cosine_decay_schedule(1.0, decay_steps=10)"),
        "Keras CosineDecay": (from_keras, "keras.optimizers.schedules.CosineDecay(1.0, decay_steps=10)"),
        "timm CosineLRScheduler": (from_timm, "CosineLRScheduler(optimizer, t_initial=10)"),
    }),
    "warmup_cosine": ("10 updates, 3 of warm-up, peak 1.0, cosine to 0", {
        "PyTorch SequentialLR": (
            from_torch,
            "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, T_max=7)], [3])"),
        "PyTorch ChainedScheduler": (
            from_torch, "ChainedScheduler([LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, T_max=10)])"),
        "PyTorch OneCycleLR": (from_torch, "OneCycleLR(optimizer, max_lr=1.0, total_steps=10)"),
        "transformers get_cosine_schedule_with_warmup": (
            from_transformers, "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=3, num_training_steps=10)"),
        "transformers cosine_warmup_with_min_lr": (
            from_transformers,
            'get_scheduler("cosine_warmup_with_min_lr", optimizer, num_warmup_steps=3, num_training_steps=10,'
            ' scheduler_specific_kwargs={"min_lr": 0.0})'),
        "optax warmup_cosine_decay_schedule": (
            from_optax, "optax.warmup_cosine_decay_schedule(0.0, 1.0, warmup_steps=3, decay_steps=10)"),
        "optax cosine_onecycle_schedule": (from_optax, "optax.cosine_onecycle_schedule(10, peak_value=1.0)"),
        "Keras CosineDecay, decay_steps=7": (
            from_keras, "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=7, warmup_target=1.0, warmup_steps=3)"),
        "Keras CosineDecay, decay_steps=10": (
            from_keras, "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=10, warmup_target=1.0, warmup_steps=3)"),
        "timm CosineLRScheduler": (from_timm, "CosineLRScheduler(optimizer, t_initial=10, warmup_t=3)"),
    }),
}


def computed(name):
    """What the frameworks answer now, in the form of the file."""
    intent, rows = INTENTS[name]
    return {
        "intent": intent,
        "rows": {row: {"call": call, "version": adapter.version(), "rates": adapter.rates(call, STEPS)}
                 for row, (adapter, call) in rows.items()},
    }
