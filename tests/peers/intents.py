"""What the frameworks are asked for: one intent in words, and the calls that a reader of each framework's documentation writes.

A call keeps the defaults of its framework wherever the intent does not say otherwise, so that the differences show. Where two
readings are near, both stand here, and the row says which. A comment stands over a row that surprises. Where the name of a
function is long, the row has the short name that get_scheduler takes. test_peers.py says what each departure is instead.
"""
from . import from_fastai as fastai
from . import from_ignite as ignite
from . import from_keras as keras
from . import from_lrsched as lrsched
from . import from_optax as optax
from . import from_timm as timm
from . import from_torch as torch
from . import from_transformers as transformers

# name -> (the intent in words, {row: (adapter, call)})
INTENTS = {
    "step": ("peak 1.0, cut to a tenth at update 5 and again at update 10", {
        "PyTorch StepLR": (torch, "StepLR(optimizer, step_size=5)"),
        "PyTorch MultiStepLR": (torch, "MultiStepLR(optimizer, milestones=[5, 10])"),
        "optax exponential_decay, staircase": (optax, "optax.exponential_decay(1.0, 5, 0.1, staircase=True)"),
        "optax piecewise_constant_schedule": (optax, "optax.piecewise_constant_schedule(1.0, {5: 0.1, 10: 0.1})"),
        "Keras ExponentialDecay, staircase": (keras, "keras.optimizers.schedules.ExponentialDecay(1.0, 5, 0.1, staircase=True)"),
        # at the boundary itself the old rate holds
        "Keras PiecewiseConstantDecay, [5, 10]": (
            keras, "keras.optimizers.schedules.PiecewiseConstantDecay([5, 10], [1.0, 0.1, 0.01])"),
        "Keras PiecewiseConstantDecay, [4, 9]": (
            keras, "keras.optimizers.schedules.PiecewiseConstantDecay([4, 9], [1.0, 0.1, 0.01])"),
        # decay_rate is 1: nothing falls
        "timm StepLRScheduler": (timm, "StepLRScheduler(optimizer, decay_t=5)"),
        "timm StepLRScheduler, decay_rate=0.1": (timm, "StepLRScheduler(optimizer, decay_t=5, decay_rate=0.1)"),
        # cuts one update before each of decay_t, which StepLRScheduler does not
        "timm MultiStepLRScheduler, decay_rate=0.1": (timm, "MultiStepLRScheduler(optimizer, decay_t=[5, 10], decay_rate=0.1)"),
        "fastai combine_scheds": (
            fastai,
            'learner.fit(15, cbs=ParamScheduler({"lr": combine_scheds([1 / 3] * 3, '
            "[SchedNo(1.0, 1.0), SchedNo(0.1, 0.1), SchedNo(0.01, 0.01)])}))"),
        "lrsched step_decay": (lrsched, "lrsched.step_decay(base_lr=1.0, drop=0.1, step_size=5)"),
        "lrsched multi_step": (lrsched, "lrsched.multi_step(base_lr=1.0, milestones=[5, 10], gamma=0.1)"),
    }),
    "exponential": ("peak 1.0, halved every 5 updates, without a jump", {
        "PyTorch ExponentialLR": (torch, "ExponentialLR(optimizer, gamma=0.5 ** (1 / 5))"),
        # gamma is the factor of one step, so this halves at each update
        "PyTorch ExponentialLR, gamma=0.5": (torch, "ExponentialLR(optimizer, gamma=0.5)"),
        "PyTorch LambdaLR": (torch, "LambdaLR(optimizer, lambda t: 0.5 ** (t / 5))"),
        "optax exponential_decay": (optax, "optax.exponential_decay(1.0, transition_steps=5, decay_rate=0.5)"),
        "Keras ExponentialDecay": (keras, "keras.optimizers.schedules.ExponentialDecay(1.0, decay_steps=5, decay_rate=0.5)"),
        # a flag away: the same points, joined by stairs
        "Keras ExponentialDecay, staircase": (
            keras, "keras.optimizers.schedules.ExponentialDecay(1.0, decay_steps=5, decay_rate=0.5, staircase=True)"),
        "fastai SchedExp": (fastai, 'learner.fit(15, cbs=ParamScheduler({"lr": SchedExp(1.0, 0.125)}))'),
        "lrsched exponential": (lrsched, "lrsched.exponential(base_lr=1.0, gamma=0.5 ** (1 / 5))"),
        "lrsched exponential_decay": (lrsched, "lrsched.exponential_decay(base_lr=1.0, decay_rate=0.5, decay_steps=5)"),
    }),
    "inverse_time": ("peak 1.0, a half of it at update 5, a third at update 10: 1 / (1 + t / 5)", {
        "PyTorch LambdaLR": (torch, "LambdaLR(optimizer, lambda t: 1 / (1 + t / 5))"),
        "Keras InverseTimeDecay": (keras, "keras.optimizers.schedules.InverseTimeDecay(1.0, decay_steps=5, decay_rate=1.0)"),
        "Keras InverseTimeDecay, staircase": (
            keras, "keras.optimizers.schedules.InverseTimeDecay(1.0, decay_steps=5, decay_rate=1.0, staircase=True)"),
        # stable_power is 0.5: the root of it (a decay there must be; here it comes after update 15)
        "timm WSDLRScheduler, power": (
            timm, 'WSDLRScheduler(optimizer, t_initial=16, decay_t=1, stable_fn="power", stable_timescale=5)'),
        "timm WSDLRScheduler, power, stable_power=1.0": (
            timm, 'WSDLRScheduler(optimizer, t_initial=16, decay_t=1, stable_fn="power", stable_timescale=5, stable_power=1.0)'),
    }),
    "linear": ("peak 1.0, straight to 0 in 10 updates", {
        "PyTorch LinearLR": (torch, "LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=10)"),
        "PyTorch PolynomialLR": (torch, "PolynomialLR(optimizer, total_iters=10)"),
        # not clamped: below 0 from update 11 on
        "PyTorch LambdaLR": (torch, "LambdaLR(optimizer, lambda t: 1 - t / 10)"),
        "transformers get_linear_schedule_with_warmup": (
            transformers, "get_linear_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=10)"),
        # ends at 1e-7, which six digits do not show
        "transformers polynomial": (
            transformers, "get_polynomial_decay_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=10)"),
        "optax linear_schedule": (optax, "optax.linear_schedule(1.0, 0.0, transition_steps=10)"),
        "optax polynomial_schedule": (optax, "optax.polynomial_schedule(1.0, 0.0, power=1, transition_steps=10)"),
        # ends at 1e-4
        "Keras PolynomialDecay": (keras, "keras.optimizers.schedules.PolynomialDecay(1.0, decay_steps=10)"),
        "Keras PolynomialDecay, end_learning_rate=0.0": (
            keras, "keras.optimizers.schedules.PolynomialDecay(1.0, decay_steps=10, end_learning_rate=0.0)"),
        # power is 0.5
        "timm PolyLRScheduler": (timm, "PolyLRScheduler(optimizer, t_initial=10)"),
        "timm PolyLRScheduler, power=1.0": (timm, "PolyLRScheduler(optimizer, t_initial=10, power=1.0)"),
        # the run is over after 10 updates
        "fastai SchedLin": (fastai, 'learner.fit(10, cbs=ParamScheduler({"lr": SchedLin(1.0, 0.0)}))'),
        # jumps back to the peak: a cycle
        "Ignite LinearCyclicalScheduler, monotonic": (
            ignite, 'LinearCyclicalScheduler(optimizer, "lr", 1.0, 0.0, cycle_size=10, monotonic=True)'),
        "Ignite PiecewiseLinear": (ignite, 'PiecewiseLinear(optimizer, "lr", [(0, 1.0), (10, 0.0)])'),
        "lrsched linear": (lrsched, "lrsched.linear(base_lr=1.0, end_lr=0.0, total_steps=10)"),
    }),
    "polynomial": ("peak 1.0, the square of what is left of 10 updates, floor 0", {
        "PyTorch PolynomialLR": (torch, "PolynomialLR(optimizer, total_iters=10, power=2.0)"),
        "transformers polynomial": (
            transformers,
            "get_polynomial_decay_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=10, power=2.0)"),
        "optax polynomial_schedule": (optax, "optax.polynomial_schedule(1.0, 0.0, power=2, transition_steps=10)"),
        # ends at 1e-4
        "Keras PolynomialDecay": (keras, "keras.optimizers.schedules.PolynomialDecay(1.0, decay_steps=10, power=2.0)"),
        "Keras PolynomialDecay, end_learning_rate=0.0": (
            keras, "keras.optimizers.schedules.PolynomialDecay(1.0, decay_steps=10, end_learning_rate=0.0, power=2.0)"),
        "timm PolyLRScheduler": (timm, "PolyLRScheduler(optimizer, t_initial=10, power=2.0)"),
        # the power is of the way that is done: high for long, then down
        "fastai SchedPoly": (fastai, 'learner.fit(10, cbs=ParamScheduler({"lr": SchedPoly(1.0, 0.0, 2)}))'),
        "lrsched polynomial": (lrsched, "lrsched.polynomial(base_lr=1.0, end_lr=0.0, total_steps=10, power=2.0)"),
    }),
    "cosine": ("peak 1.0, 10 updates to the bottom, no warm-up, floor 0", {
        # rises again after T_max
        "PyTorch CosineAnnealingLR": (torch, "CosineAnnealingLR(optimizer, T_max=10)"),
        # rises again, too
        "transformers get_cosine_schedule_with_warmup": (
            transformers, "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=10)"),
        "optax cosine_decay_schedule": (optax, "optax.cosine_decay_schedule(1.0, decay_steps=10)"),
        "Keras CosineDecay": (keras, "keras.optimizers.schedules.CosineDecay(1.0, decay_steps=10)"),
        "timm CosineLRScheduler": (timm, "CosineLRScheduler(optimizer, t_initial=10)"),
    }),
    "warmup": ("3 updates of warm-up, then the peak, 1.0, for good", {
        # begins at a third
        "PyTorch LinearLR": (torch, "LinearLR(optimizer, total_iters=3)"),
        # 0 is refused
        "PyTorch LinearLR, start_factor=1e-8": (torch, "LinearLR(optimizer, start_factor=1e-8, total_iters=3)"),
        # ConstantLR holds a third of the rate for five updates
        "PyTorch SequentialLR, ConstantLR": (
            torch, "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=3), ConstantLR(optimizer)], [3])"),
        # counts from 1: no update is lost, and the peak comes one earlier
        "PyTorch LambdaLR, t + 1": (torch, "LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / 3))"),
        "transformers get_constant_schedule_with_warmup": (
            transformers, "get_constant_schedule_with_warmup(optimizer, num_warmup_steps=3)"),
        "optax warmup_constant_schedule": (optax, "optax.warmup_constant_schedule(0.0, 1.0, warmup_steps=3)"),
        "Keras PolynomialDecay, upwards": (
            keras, "keras.optimizers.schedules.PolynomialDecay(0.0, decay_steps=3, end_learning_rate=1.0)"),
        "timm StepLRScheduler": (timm, "StepLRScheduler(optimizer, decay_t=15, warmup_t=3)"),
        "fastai combine_scheds": (
            fastai,
            'learner.fit(15, cbs=ParamScheduler({"lr": combine_scheds([0.2, 0.8], [SchedLin(0.0, 1.0), SchedNo(1.0, 1.0)])}))'),
        # the peak is the third update of three, so one earlier
        "Ignite create_lr_scheduler_with_warmup": (
            ignite,
            "create_lr_scheduler_with_warmup(torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0), "
            "warmup_start_value=0.0, warmup_duration=3)"),
        "Ignite PiecewiseLinear": (ignite, 'PiecewiseLinear(optimizer, "lr", [(0, 0.0), (3, 1.0)])'),
        "lrsched with_warmup": (lrsched, "lrsched.with_warmup(lrsched.constant(lr=1.0), warmup_steps=3, start_lr=0.0)"),
    }),
    "warmup_linear": ("10 updates, 3 of warm-up, peak 1.0, straight to 0", {
        # begins at a third
        "PyTorch SequentialLR": (
            torch,
            "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=3), PolynomialLR(optimizer, total_iters=7)], [3])"),
        # a product: the decay runs on during the warm-up
        "PyTorch ChainedScheduler": (
            torch, "ChainedScheduler([LinearLR(optimizer, total_iters=3), PolynomialLR(optimizer, total_iters=10)])"),
        # peaks at update 2, is below 0 at update 10, and refuses to go on
        "PyTorch OneCycleLR, linear": (
            torch, 'OneCycleLR(optimizer, max_lr=1.0, total_steps=10, anneal_strategy="linear")'),
        "transformers get_linear_schedule_with_warmup": (
            transformers, "get_linear_schedule_with_warmup(optimizer, num_warmup_steps=3, num_training_steps=10)"),
        "optax join_schedules": (
            optax, "optax.join_schedules([optax.linear_schedule(0.0, 1.0, 3), optax.linear_schedule(1.0, 0.0, 7)], [3])"),
        # the decay runs on during the warm-up
        "timm PolyLRScheduler, power=1.0": (timm, "PolyLRScheduler(optimizer, t_initial=10, power=1.0, warmup_t=3)"),
        "timm PolyLRScheduler, warmup_prefix": (
            timm, "PolyLRScheduler(optimizer, t_initial=7, power=1.0, warmup_t=3, warmup_prefix=True)"),
        # the run is over after 10 updates
        "fastai combine_scheds": (
            fastai,
            'learner.fit(10, cbs=ParamScheduler({"lr": combine_scheds([0.3, 0.7], [SchedLin(0.0, 1.0), SchedLin(1.0, 0.0)])}))'),
        # the peak comes one update early, and so does the end
        "Ignite create_lr_scheduler_with_warmup": (
            ignite,
            "create_lr_scheduler_with_warmup(torch.optim.lr_scheduler.PolynomialLR(optimizer, 7), "
            "warmup_start_value=0.0, warmup_duration=3)"),
        "Ignite PiecewiseLinear": (ignite, 'PiecewiseLinear(optimizer, "lr", [(0, 0.0), (3, 1.0), (10, 0.0)])'),
        "lrsched with_warmup": (
            lrsched,
            "lrsched.with_warmup(lrsched.linear(base_lr=1.0, end_lr=0.0, total_steps=7), warmup_steps=3, start_lr=0.0)"),
    }),
    "warmup_cosine": ("10 updates, 3 of warm-up, peak 1.0, cosine to 0", {
        # begins at a third, and rises again after its end
        "PyTorch SequentialLR": (
            torch, "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, T_max=7)], [3])"),
        # a product: the cosine runs on during the warm-up
        "PyTorch ChainedScheduler": (
            torch, "ChainedScheduler([LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, T_max=10)])"),
        # peaks at update 2, goes up again at update 10, and refuses to go on
        "PyTorch OneCycleLR": (torch, "OneCycleLR(optimizer, max_lr=1.0, total_steps=10)"),
        # rises again after its end
        "transformers get_cosine_schedule_with_warmup": (
            transformers, "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=3, num_training_steps=10)"),
        # counts from 1, as no other warm-up of transformers does
        "transformers cosine_warmup_with_min_lr": (
            transformers,
            'get_scheduler("cosine_warmup_with_min_lr", optimizer, num_warmup_steps=3, num_training_steps=10,'
            ' scheduler_specific_kwargs={"min_lr": 0.0})'),
        "optax warmup_cosine_decay_schedule": (
            optax, "optax.warmup_cosine_decay_schedule(0.0, 1.0, warmup_steps=3, decay_steps=10)"),
        # begins at the peak over 25, and climbs along a cosine
        "optax cosine_onecycle_schedule": (optax, "optax.cosine_onecycle_schedule(10, peak_value=1.0)"),
        "Keras CosineDecay, decay_steps=7": (
            keras, "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=7, warmup_target=1.0, warmup_steps=3)"),
        # decay_steps leaves the warm-up out
        "Keras CosineDecay, decay_steps=10": (
            keras, "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=10, warmup_target=1.0, warmup_steps=3)"),
        # the cosine runs on during the warm-up
        "timm CosineLRScheduler": (timm, "CosineLRScheduler(optimizer, t_initial=10, warmup_t=3)"),
    }),
    "inverse_sqrt": ("3 updates of warm-up, peak 1.0, then as one over the root of the update", {
        # counts from 1: the same curve, one update earlier
        "PyTorch LambdaLR, Noam": (
            torch, "LambdaLR(optimizer, lambda t: 3 ** 0.5 * min((t + 1) ** -0.5, (t + 1) * 3 ** -1.5))"),
        # counts from 0, and takes 0 for 1: the first two updates have the same rate
        "PyTorch LambdaLR, Noam, 0 as 1": (
            torch, "LambdaLR(optimizer, lambda t: 3 ** 0.5 * min(max(t, 1) ** -0.5, max(t, 1) * 3 ** -1.5))"),
        "transformers get_inverse_sqrt_schedule": (transformers, "get_inverse_sqrt_schedule(optimizer, num_warmup_steps=3)"),
        # join_schedules asks each part at each step, at steps below 0 too: hence abs
        "optax join_schedules": (
            optax, "optax.join_schedules([optax.linear_schedule(0.0, 1.0, 3), lambda t: (1 + abs(t) / 3) ** -0.5], [3])"),
        # stable_timescale is the warm-up (a decay there must be; here it comes after update 15)
        "timm WSDLRScheduler, rsqrt": (
            timm, 'WSDLRScheduler(optimizer, t_initial=13, decay_t=1, stable_fn="rsqrt", warmup_t=3)'),
        "lrsched inverse_sqrt": (lrsched, "lrsched.inverse_sqrt(base_lr=1.0, warmup_steps=3)"),
    }),
    "wsd": ("10 updates: 2 of warm-up, 5 at the peak, 1.0, the last 3 straight to 0", {
        # begins at a third
        "PyTorch SequentialLR": (
            torch,
            "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=2), ConstantLR(optimizer, factor=1.0), "
            "PolynomialLR(optimizer, total_iters=3)], [2, 7])"),
        # cools down along a cosine
        "transformers get_wsd_schedule": (
            transformers, "get_wsd_schedule(optimizer, num_warmup_steps=2, num_decay_steps=3, num_training_steps=10)"),
        "transformers get_wsd_schedule, linear": (
            transformers,
            'get_wsd_schedule(optimizer, num_warmup_steps=2, num_decay_steps=3, num_training_steps=10, decay_type="linear")'),
        "transformers get_wsd_schedule, 1-sqrt": (
            transformers,
            'get_wsd_schedule(optimizer, num_warmup_steps=2, num_decay_steps=3, num_training_steps=10, decay_type="1-sqrt")'),
        "optax join_schedules": (
            optax,
            "optax.join_schedules([optax.linear_schedule(0.0, 1.0, 2), optax.constant_schedule(1.0), "
            "optax.linear_schedule(1.0, 0.0, 3)], [2, 7])"),
        # cools down along 1 - sqrt; t_initial leaves the warm-up out, so that 10 ends two updates late
        "timm WSDLRScheduler, t_initial=10": (timm, "WSDLRScheduler(optimizer, t_initial=10, decay_t=3, warmup_t=2)"),
        "timm WSDLRScheduler, t_initial=8": (timm, "WSDLRScheduler(optimizer, t_initial=8, decay_t=3, warmup_t=2)"),
        "timm WSDLRScheduler, t_initial=8, linear": (
            timm, 'WSDLRScheduler(optimizer, t_initial=8, decay_t=3, warmup_t=2, decay_fn="linear")'),
        # the run is over after 10 updates
        "fastai combine_scheds": (
            fastai,
            'learner.fit(10, cbs=ParamScheduler({"lr": combine_scheds([0.2, 0.5, 0.3], '
            "[SchedLin(0.0, 1.0), SchedNo(1.0, 1.0), SchedLin(1.0, 0.0)])}))"),
        "Ignite PiecewiseLinear": (ignite, 'PiecewiseLinear(optimizer, "lr", [(0, 0.0), (2, 1.0), (7, 1.0), (10, 0.0)])'),
        "lrsched warmup_stable_decay": (
            lrsched,
            "lrsched.warmup_stable_decay(base_lr=1.0, warmup_steps=2, decay_steps=3, total_steps=10, final_lr=0.0, "
            'warmup_start=0.0, decay_shape="linear")'),
    }),
    "restarts": ("cosines of 5 updates, each from the peak, 1.0, to 0", {
        "PyTorch CosineAnnealingWarmRestarts": (torch, "CosineAnnealingWarmRestarts(optimizer, T_0=5)"),
        # turns round instead of jumping back
        "PyTorch CosineAnnealingLR": (torch, "CosineAnnealingLR(optimizer, T_max=5)"),
        # num_cycles is 1: no restart
        "transformers cosine_with_restarts": (
            transformers,
            "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=15)"),
        "transformers cosine_with_restarts, num_cycles=3": (
            transformers,
            "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=15, "
            "num_cycles=3)"),
        # whole waves
        "transformers cosine, num_cycles=3": (
            transformers,
            "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=15, num_cycles=3)"),
        "optax sgdr_schedule": (
            optax, "optax.sgdr_schedule([dict(init_value=1.0, peak_value=1.0, warmup_steps=0, decay_steps=5)] * 3)"),
        # t_mul is 2: the second cycle has 10 updates
        "Keras CosineDecayRestarts": (keras, "keras.optimizers.schedules.CosineDecayRestarts(1.0, 5)"),
        "Keras CosineDecayRestarts, t_mul=1.0": (keras, "keras.optimizers.schedules.CosineDecayRestarts(1.0, 5, t_mul=1.0)"),
        # cycle_limit is 1: no restart
        "timm CosineLRScheduler": (timm, "CosineLRScheduler(optimizer, t_initial=5)"),
        "timm CosineLRScheduler, cycle_limit=3": (timm, "CosineLRScheduler(optimizer, t_initial=5, cycle_limit=3)"),
        # cycle_mult is 2; with 1 it divides by zero
        "fastai fit_sgdr": (fastai, "learner.fit_sgdr(2, 5, lr_max=1.0)"),
        "fastai combine_scheds": (
            fastai, 'learner.fit(15, cbs=ParamScheduler({"lr": combine_scheds([1 / 3] * 3, [SchedCos(1.0, 0.0)] * 3)}))'),
        "Ignite CosineAnnealingScheduler": (ignite, 'CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.0, cycle_size=5)'),
        "lrsched cosine_restarts": (lrsched, "lrsched.cosine_restarts(base_lr=1.0, min_lr=0.0, period=5, t_mult=1)"),
    }),
    "triangular": ("from 0.1 up to the peak, 1.0, in 4 updates, back in 4, and so on", {
        "PyTorch CyclicLR": (torch, "CyclicLR(optimizer, base_lr=0.1, max_lr=1.0, step_size_up=4)"),
        # gamma is 1: nothing shrinks
        "PyTorch CyclicLR, exp_range": (
            torch, 'CyclicLR(optimizer, base_lr=0.1, max_lr=1.0, step_size_up=4, mode="exp_range")'),
        "optax piecewise_interpolate_schedule": (
            optax, 'optax.piecewise_interpolate_schedule("linear", 0.1, {4: 10.0, 8: 0.1, 12: 10.0, 16: 0.1})'),
        "fastai combine_scheds": (
            fastai,
            'learner.fit(16, cbs=ParamScheduler({"lr": combine_scheds([0.25] * 4, '
            "[SchedLin(0.1, 1.0), SchedLin(1.0, 0.1)] * 2)}))"),
        # cycle_size is the way up and down together
        "Ignite LinearCyclicalScheduler, cycle_size=4": (
            ignite, 'LinearCyclicalScheduler(optimizer, "lr", 0.1, 1.0, cycle_size=4)'),
        "Ignite LinearCyclicalScheduler, cycle_size=8": (
            ignite, 'LinearCyclicalScheduler(optimizer, "lr", 0.1, 1.0, cycle_size=8)'),
        "lrsched triangular": (lrsched, "lrsched.triangular(min_lr=0.1, max_lr=1.0, step_size=4)"),
    }),
    "one_cycle": ("10 updates, up to the peak, 1.0, and down to almost 0", {
        # one update past the end it goes up again; then it refuses
        "PyTorch OneCycleLR": (torch, "OneCycleLR(optimizer, max_lr=1.0, total_steps=10)"),
        # one update past the end it is below 0
        "PyTorch OneCycleLR, linear": (
            torch, 'OneCycleLR(optimizer, max_lr=1.0, total_steps=10, anneal_strategy="linear")'),
        # down to the first rate in as many updates as it climbed; then on to almost 0
        "PyTorch OneCycleLR, three_phase": (torch, "OneCycleLR(optimizer, max_lr=1.0, total_steps=10, three_phase=True)"),
        # peak and end come one update later than in PyTorch
        "optax cosine_onecycle_schedule": (optax, "optax.cosine_onecycle_schedule(10, peak_value=1.0)"),
        # has a third phase: back at the first rate at 85 % of the run
        "optax linear_onecycle_schedule": (optax, "optax.linear_onecycle_schedule(10, peak_value=1.0)"),
        # climbs for a quarter of the run, and passes by the peak
        "fastai fit_one_cycle": (fastai, "learner.fit_one_cycle(10, lr_max=1.0)"),
        # peak and end come one update later than in PyTorch, and the end comes after the run
        "fastai fit_one_cycle, pct_start=0.3": (fastai, "learner.fit_one_cycle(10, lr_max=1.0, pct_start=0.3)"),
        # final_div divides the peak, not the first rate: the last rate is 25 times that of PyTorch
        "lrsched one_cycle": (
            lrsched, "lrsched.one_cycle(max_lr=1.0, total_steps=10, pct_start=0.3, initial_div=25.0, final_div=1e4)"),
    }),
}
