"""The exercises of the chapter on what is inside PyTorch's schedulers. They run on lrlearn.pytorch.scratch: no torch is needed."""
from math import cos, pi

from ..pytorch.scratch import LRScheduler, Optimizer
from .exercise import Exercise


class Setting:
    """One run in which a get_lr is put to use. Its repr is what a message shows of it: a scheduler's attributes.

    lrs      the base rates, one for each param group; the last group's rates are looked at
    updates  how many
    edits    update -> factor by which someone multiplies the rates just before it
    stops    updates at which the scheduler is dropped and a new one goes on with last_epoch
    others   how many schedulers of the same kind step along
    hyper    the scheduler's own attributes
    """

    def __init__(self, lrs, updates, edits=(), stops=(), others=0, **hyper):
        self.lrs, self.updates, self.edits, self.stops, self.others = lrs, updates, dict(edits), stops, others
        self.hyper = hyper

    def __repr__(self):
        shown = {"base_lrs": self.lrs, **{name: value for name, value in self.hyper.items() if not callable(value)}}
        return "self: " + ", ".join(f"{name}={value!r}" for name, value in shown.items())


def play(get_lr, setting):
    """The rates that the last param group uses, update by update, under a scheduler with this get_lr."""
    def listed(self):
        lrs = get_lr(self)
        lrs = lrs.tolist() if hasattr(lrs, "tolist") else lrs                        # an array is a list of rates, too
        return [0.0 for _ in self.base_lrs] if hasattr(lrs, "__float__") else lrs      # torch stops; here nothing moves

    scheduler_class = type("YourLR", (LRScheduler,), {**setting.hyper, "get_lr": listed})
    optimizer, used = Optimizer([1.0], lr=list(setting.lrs)), []
    schedulers = [scheduler_class(optimizer) for _ in range(1 + setting.others)]
    for t in range(setting.updates):
        if t in setting.stops:
            schedulers = [scheduler_class(optimizer, last_epoch=t - 1)]
        for group in optimizer.param_groups:
            group["lr"] *= setting.edits.get(t, 1)
        used.append(optimizer.param_groups[-1]["lr"])
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
    return used


# -- 1. a subclass -------------------------------------------------------------------------------------


def inverse_time_lr(self):
    return [base_lr / (1 + self.k * self.last_epoch) for base_lr in self.base_lrs]


def a_number(self):
    """That is a number. The scheduler writes one rate into each param group, so it wants a list. torch stops with
    `TypeError: 'float' object is not iterable`; here no rate was written at all."""
    return self.base_lrs[0] / (1 + self.k * self.last_epoch)


def the_factor(self):
    """You give the factor. That is LambdaLR's habit: `get_lr` gives the rate itself, so the base rate belongs in."""
    return [1 / (1 + self.k * self.last_epoch) for _ in self.base_lrs]


def compounded(self):
    """`group["lr"]` is the rate of the last update, not the base: it is cut again and again. The rate at the start stands in
    `self.base_lrs`."""
    return [group["lr"] / (1 + self.k * self.last_epoch) for group in self.optimizer.param_groups]


def one_ahead(self):
    """You are one update ahead. When `get_lr` is called, `self.last_epoch` has moved on already, and in the constructor it has
    moved from minus one to zero: it is the t of the update to come. (`self._step_count` counts calls and is one ahead.)"""
    return [base_lr / (1 + self.k * (self.last_epoch + 1)) for base_lr in self.base_lrs]


def exponential(self):
    """You divide by `1 + k` once more at each step, which is an exponential. Divide once, by `1 + k * t`."""
    return [base_lr / (1 + self.k) ** self.last_epoch for base_lr in self.base_lrs]


def stands_still(self):
    """Your rate never moves. The time is in `self.last_epoch`, which grows with each `step()`."""
    return list(self.base_lrs)


def first_group_for_all(self):
    """Every group gets the rate of the first. Each has its own start: go through `self.base_lrs`."""
    return [self.base_lrs[0] / (1 + self.k * self.last_epoch) for _ in self.base_lrs]


subclass = Exercise(
    """**A subclass.** Write `inverse_time_lr(self)`, the `get_lr` of a scheduler that has a hyperparameter `self.k`: at time t
each param group trains at its base rate, divided by 1 + k * t. (About one line.)""",
    solution=inverse_time_lr,
    why="""`get_lr` is called in `step()`, when `self.last_epoch` is already the t of the update to come. It starts from
`self.base_lrs`, one number for each param group, and gives back as many rates. Since it looks at nothing but the time, it is a
closed form: called twice, it says the same.""",
    cases={
        "one param group": [(Setting([0.1], 6, k=0.5),), (Setting([0.3], 12, k=0.04),)],
        "several param groups": [(Setting([0.3, 0.02], 6, k=0.5),), (Setting([0.02, 0.3, 0.1], 8, k=2.0),)],
    },
    mistakes=(a_number, the_factor, compounded, one_ahead, exponential, stands_still, first_group_for_all),
    hints=(
        "Three things are at hand: `self.base_lrs`, `self.last_epoch` and `self.k`. Which of them is a list?",
        "The time t is `self.last_epoch`.",
        "`[... for base_lr in self.base_lrs]`: one rate for each param group.",
    ),
    play=play,
    rel=1e-5,
)

# -- 2. the wrong order --------------------------------------------------------------------------------


def used_rates():
    return [0.8, 0.4, 0.4, 0.2, 0.2]


def the_right_order():
    """Those are the rates in the right order. Here the scheduler has moved on before the first update is made."""
    return [0.8, 0.8, 0.4, 0.4, 0.2]


def the_first_rate_skipped_whole():
    """It is the first *value* of the schedule that is skipped, not the first rate: the rate at t = 1 is still the one of the
    start, as a cut comes every two steps."""
    return [0.4, 0.4, 0.2, 0.2, 0.1]


def a_cut_at_every_step():
    """You cut at every step. The cut comes when `last_epoch` is a multiple of `step_size`."""
    return [0.8, 0.4, 0.2, 0.1, 0.05]


def printed_afterwards():
    """Those are the rates of the right order, read after `scheduler.step()` and one too late. Write down `last_epoch` at each
    `optimizer.step()` of the script."""
    return [0.4, 0.2, 0.2, 0.1, 0.1]


wrong_order = Exercise(
    """**The wrong order.** Which learning rates do the five updates of this script use? Give a list of five numbers.

```python
optimizer = torch.optim.SGD(model.parameters(), lr=0.8)
scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
for x, y in five_batches:
    loss(model, x, y).backward()
    scheduler.step()
    optimizer.step()
    optimizer.zero_grad()
```""",
    solution=used_rates,
    why="""The constructor stands at t = 0. The first `scheduler.step()` moves to t = 1, and only then comes the first update. So the
five updates use the schedule at t = 1 to 5, and t = 0 is never used. StepLR with `step_size=2` cuts at t = 2 and 4. One of the
two updates at the start's rate is lost, and torch warns once.""",
    cases={"the list": [()]},
    mistakes=(the_right_order, the_first_rate_skipped_whole, a_cut_at_every_step, printed_afterwards),
    hints=(
        "Write down `scheduler.last_epoch` for each `optimizer.step()`.",
        "After the constructor it is 0. The first update comes after one `scheduler.step()`.",
        "The updates are at t = 1, 2, 3, 4, 5. At which of these does StepLR cut?",
    ),
)

# -- 3. a factor for LambdaLR --------------------------------------------------------------------------


def factor(t, base_lr, eta_min, total_steps):
    return 1 - (1 - eta_min / base_lr) * min(t, total_steps) / total_steps


def the_rate(t, base_lr, eta_min, total_steps):
    """That is the rate. LambdaLR multiplies what you give it by the base rate, so it would come in twice."""
    return base_lr * factor(t, base_lr, eta_min, total_steps)


def floor_as_a_factor(t, base_lr, eta_min, total_steps):
    """Your factor ends at `eta_min`, so the rate ends at `base_lr * eta_min`, far below the floor. In a factor, the floor is
    `eta_min / base_lr`."""
    return factor(t, 1.0, eta_min, total_steps)


def no_floor(t, base_lr, eta_min, total_steps):
    """Nothing of yours depends on `eta_min`. The line has to end there, not at zero."""
    return 1 - min(t, total_steps) / total_steps


def below_zero(t, base_lr, eta_min, total_steps):
    """After the end your line goes on, down through zero, and a negative rate climbs uphill. LambdaLR does not check: stop
    the clock at `total_steps`."""
    return 1 - (1 - eta_min / base_lr) * t / total_steps


def cut_off(t, base_lr, eta_min, total_steps):
    """`max` cuts a line to zero off where it meets the floor, too early. The line has to arrive at the floor at the end."""
    return max(1 - t / total_steps, eta_min / base_lr)


def back_to_zero(t, base_lr, eta_min, total_steps):
    """After the end your rate is zero. It has to stay at the floor."""
    return factor(t, base_lr, eta_min, total_steps) if t <= total_steps else 0.0


def floor_added(t, base_lr, eta_min, total_steps):
    """The floor is added on top, so the peak is too high. The line falls by what lies
    between peak and floor."""
    return 1 - min(t, total_steps) / total_steps + eta_min / base_lr


a_factor = Exercise(
    """**A factor for LambdaLR.** Write `factor(t, base_lr, eta_min, total_steps)`. Given to LambdaLR, as in
`LambdaLR(optimizer, lambda t: factor(t, 0.1, 0.01, 100))`, it lets the learning rate fall in a straight line from `base_lr` at
t = 0 to the learning rate `eta_min` at t = `total_steps`, and stay there. (About one line.)""",
    solution=factor,
    why="""LambdaLR gives `base_lr * factor(t)`. The factor begins at 1 and must end at `eta_min / base_lr`, so it falls by
`1 - eta_min / base_lr`. `min(t, total_steps)` stops the clock. With several param groups that start apart, the same factor gives
each its own floor: who wants one floor for all gives LambdaLR a list of functions, or writes a subclass.""",
    cases={
        "until total_steps": [(t, 0.1, 0.01, 100) for t in (0, 1, 40, 99, 100)] + [(t, 0.4, 0.1, 7) for t in range(8)],
        "after it": [(t, 0.1, 0.01, 100) for t in (101, 150)] + [(t, 0.4, 0.1, 7) for t in (8, 12, 30)],
    },
    mistakes=(the_rate, floor_as_a_factor, no_floor, below_zero, cut_off, back_to_zero, floor_added),
    hints=(
        "LambdaLR multiplies by the base rate. Which factor gives `base_lr`, and which gives `eta_min`?",
        "The factor falls from 1 to `eta_min / base_lr`. By how much has it fallen at t?",
        "The share of the way is `min(t, total_steps) / total_steps`.",
    ),
)

# -- 4. find the bugs ----------------------------------------------------------------------------------


def as_found(self):
    t, W, T = self.last_epoch, self.warmup_epochs, self.max_epochs
    lrs, low = [], self.eta_min
    for base_lr in self.base_lrs:
        if t < W:
            lrs.append(base_lr * t / W)
        else:
            wave = (1 + cos(pi * (t - W) / (T - W))) / 2
            lrs.append(low + (base_lr - low) * wave)
    return lrs


def warmup_cosine_lr(self):
    t, W, T = self.last_epoch, self.warmup_epochs, self.max_epochs
    lrs, low = [], self.eta_min
    for base_lr in self.base_lrs:
        if t < W:
            lrs.append(base_lr * (t + 1) / W)
        else:
            wave = (1 + cos(pi * (min(t, T) - W) / (T - W))) / 2
            lrs.append(low + (base_lr - low) * wave)
    return lrs


def wastes_an_epoch(self):
    """The first epoch still trains at zero: at t = 0 the ramp has to stand on its first step."""
    return as_found(self) if self.last_epoch < self.warmup_epochs else warmup_cosine_lr(self)


def touches_neither_end(self):
    """Your ramp has one step too many: its last epoch, t = warmup_epochs - 1, is not yet at `base_lr`."""
    if self.last_epoch < self.warmup_epochs:
        return [base_lr * (self.last_epoch + 1) / (self.warmup_epochs + 1) for base_lr in self.base_lrs]
    return warmup_cosine_lr(self)


def everything_one_ahead(self):
    """You moved the whole clock, so the cosine comes one epoch early. Only the ramp needs t + 1."""
    t, W, T = self.last_epoch + 1, self.warmup_epochs, self.max_epochs
    if t < W:
        return [base_lr * t / W for base_lr in self.base_lrs]
    wave = (1 + cos(pi * (min(t, T) - W) / (T - W))) / 2
    return [self.eta_min + (base_lr - self.eta_min) * wave for base_lr in self.base_lrs]


def starts_at_the_floor(self):
    """Your ramp climbs from `eta_min`. It should climb in equal steps from zero, and never stand there."""
    t, W = self.last_epoch, self.warmup_epochs
    if t < W:
        return [self.eta_min + (base_lr - self.eta_min) * t / W for base_lr in self.base_lrs]
    return warmup_cosine_lr(self)


def rises_again(self):
    """The warm-up is mended. After `max_epochs` the wave still rises: stop its clock there."""
    return warmup_cosine_lr(self) if self.last_epoch < self.warmup_epochs else as_found(self)


def ends_at_zero(self):
    """After `max_epochs` your rate is zero. It has to stay at `eta_min`."""
    return [lr if self.last_epoch <= self.max_epochs else 0.0 for lr in warmup_cosine_lr(self)]


def back_at_the_peak(self):
    """After `max_epochs` your rate is back at the peak: `max` lets the clock begin where `min` would stop it, or a remainder
    starts it again."""
    t, T = self.last_epoch, self.max_epochs
    return warmup_cosine_lr(self) if t <= T else list(self.base_lrs)


find_the_bugs = Exercise(
    """**Find the bugs.** Mend `warmup_cosine_lr(self)`, the `get_lr` of the WarmupCosineLR above. In the warm-up, epochs t = 0 to
`warmup_epochs - 1`, the rate should climb in equal steps, so that the first epoch trains and the last one is at `base_lr`.
The cosine is right up to `max_epochs`; after that the rate should stay at `eta_min`.""",
    solution=warmup_cosine_lr,
    why="""Counting from t + 1, the ramp has as many steps as the warm-up has epochs, none of them zero, and the last one is the
peak. (The mended schedule of the chapter climbs one epoch longer, to t = warmup_epochs; both are in use.) `min(t, T)` stops the
wave's clock at the bottom. A ramp that is stepped once per update, not once per epoch, wastes one
update only, and hardly anybody notices; stepped per epoch it wastes a whole pass through the data.""",
    cases={
        "the warm-up": [(Setting([0.1], 5, warmup_epochs=5, max_epochs=12, eta_min=0.0),),
                        (Setting([0.3], 2, warmup_epochs=2, max_epochs=9, eta_min=0.02),)],
        "until max_epochs": [(Setting([0.1], 13, warmup_epochs=5, max_epochs=12, eta_min=0.0),),
                             (Setting([0.1, 0.3], 10, warmup_epochs=2, max_epochs=9, eta_min=0.02),),
                             (Setting([0.3], 5, warmup_epochs=0, max_epochs=4, eta_min=0.01),)],
        "after max_epochs": [(Setting([0.3], 26, warmup_epochs=2, max_epochs=9, eta_min=0.02),),
                             (Setting([0.1], 12, warmup_epochs=0, max_epochs=4, eta_min=0.01),)],
    },
    mistakes=(wastes_an_epoch, touches_neither_end, everything_one_ahead, starts_at_the_floor, rises_again, ends_at_zero,
              back_at_the_peak),
    hints=(
        "Write down the rates of the warm-up for `warmup_epochs=5`. How many steps lie between zero and the peak?",
        "In the ramp, t counts from 0. An epoch that trains needs `t + 1`.",
        "The cosine does not know that the training is over. Let its time be `min(t, T)`.",
    ),
    play=play,
    rel=1e-5,
    stub=as_found,
)

# -- 5. a forgotten state ------------------------------------------------------------------------------


def rates_after_the_break():
    return [0.4, 0.4, 0.2, 0.2]


def as_if_nothing_happened():
    """Those are the rates of a run without a break. For them the scheduler's state is needed, too: it holds the time."""
    return [0.4, 0.2, 0.2, 0.1]


def from_the_start():
    """The rates do not begin again: the optimizer's state holds `lr` as it was, and loading it comes after the constructor."""
    return [0.8, 0.8, 0.4, 0.4]


def closed_form():
    """So would a closed form go on, as LambdaLR is one: back to the base rate at the next step. StepLR never looks at the
    base rate; it multiplies what it finds."""
    return [0.4, 0.8, 0.4, 0.4]


def cut_at_once():
    """The constructor cuts nothing at t = 0, and it ran before the state came. The first update uses what was loaded."""
    return [0.2, 0.2, 0.1, 0.1]


forgotten_state = Exercise(
    """**A forgotten state.** A training stops after 3 updates and is taken up again. Which learning rates do the four updates of
the second session use? Give a list of four numbers.

```python
optimizer = SGD(model.parameters(), lr=0.8)             # first session
scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
train(model, optimizer, scheduler, updates=3)
torch.save(optimizer.state_dict(), "optimizer.pt")      # and nothing else

optimizer = SGD(model.parameters(), lr=0.8)             # second session
scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
optimizer.load_state_dict(torch.load("optimizer.pt"))
train(model, optimizer, scheduler, updates=4)
```

`train` calls `optimizer.step()` and then `scheduler.step()` for each update.""",
    solution=rates_after_the_break,
    why="""The optimizer brings back its rate: after three updates StepLR had cut once. The scheduler is new, so its time is 0 and
its next cut comes two steps later, one later than it should. The rates look sensible, no warning is given, and the schedule is
late for the rest of the run. Save and load both states.""",
    cases={"the list": [()]},
    mistakes=(as_if_nothing_happened, from_the_start, closed_form, cut_at_once),
    hints=(
        "Two things are remembered in two places: the rate in the optimizer, the time in the scheduler. Which one was saved?",
        "Which rate did the optimizer hold after three updates? The first update of the second session uses it.",
        "The new scheduler counts from 0, and it multiplies what it finds at its own t = 2.",
    ),
)

# -- 6. a follower -------------------------------------------------------------------------------------


def follower_lr(self):
    t, lrs = self.last_epoch, [group["lr"] for group in self.optimizer.param_groups]
    if self._is_initial:
        return lrs
    return [lr * self.formula(t, b) / self.formula(t - 1, b) for lr, b in zip(lrs, self.base_lrs)]


def ignores_the_edit(self):
    """The rate jumps back to the formula: that is a closed form. A follower multiplies the rate that it finds in the param
    group, so that what others did to it stays."""
    return [self.formula(self.last_epoch, base_lr) for base_lr in self.base_lrs]


def adds(self):
    """You move by the same difference, not by the same proportion. Someone who halves the rate wants all later rates halved,
    too: multiply by new over old."""
    t, lrs = self.last_epoch, [group["lr"] for group in self.optimizer.param_groups]
    if self._is_initial:
        return lrs
    return [lr + self.formula(t, b) - self.formula(t - 1, b) for lr, b in zip(lrs, self.base_lrs)]


def looks_ahead(self):
    """You take the step from t to t + 1. `self.last_epoch` has moved on already: the step to make leads from t - 1 to t."""
    t, lrs = self.last_epoch, [group["lr"] for group in self.optimizer.param_groups]
    if self._is_initial:
        return lrs
    return [lr * self.formula(t + 1, b) / self.formula(t, b) for lr, b in zip(lrs, self.base_lrs)]


def upside_down(self):
    """Your proportion is upside down: old over new. A formula that falls has to make the rate smaller."""
    t, lrs = self.last_epoch, [group["lr"] for group in self.optimizer.param_groups]
    if self._is_initial:
        return lrs
    return [lr * self.formula(t - 1, b) / self.formula(t, b) for lr, b in zip(lrs, self.base_lrs)]


def from_the_base(self):
    """You multiply the base rate by one step's proportion, so the steps before it are lost. Multiply the rate that the param
    group holds now."""
    t = self.last_epoch
    if self._is_initial:
        return list(self.base_lrs)
    return [b * self.formula(t, b) / self.formula(t - 1, b) for b in self.base_lrs]


def multiplies_by_the_formula(self):
    """You multiply by the whole formula at each step, so its cuts pile up. The step from t - 1 to t is new over old."""
    if self._is_initial:
        return [group["lr"] for group in self.optimizer.param_groups]
    return [group["lr"] * self.formula(self.last_epoch, 1.0) for group in self.optimizer.param_groups]


def before_the_start(self):
    """In the constructor there is no t - 1 to come from: at t = 0 you asked the formula for t = -1. While `self._is_initial` is
    true, leave the rates as they are."""
    t, lrs = self.last_epoch, [group["lr"] for group in self.optimizer.param_groups]
    return [lr * self.formula(t, b) / self.formula(t - 1, b) for lr, b in zip(lrs, self.base_lrs)]


def moves_twice(self):
    """Taken up again with `last_epoch`, your scheduler makes a step in its constructor that was made before the break. Only
    `self._is_initial` tells; asking whether t is 0 does not."""
    t, lrs = self.last_epoch, [group["lr"] for group in self.optimizer.param_groups]
    if t == 0:
        return lrs
    return [lr * self.formula(t, b) / self.formula(t - 1, b) for lr, b in zip(lrs, self.base_lrs)]


follower = Exercise(
    """**A follower.** Write `follower_lr(self)`, the `get_lr` of a scheduler that follows a formula: the rate in each param group
moves in the proportion in which `self.formula(t, base_lr)` moves, whoever changed the rate in between. The formula is never
zero. `self._is_initial` is true while the constructor makes its step; then no rate moves. (About four lines.)""",
    solution=follower_lr,
    why="""The step from t - 1 to t multiplies the rate by new over old. Alone, these proportions multiply up to the formula. After an
edit by hand the edit stays in the product, and so does another scheduler's work. In the constructor no step is due: at the
start the rates are the base rates, and after a break the loaded ones are right already. For a formula that reaches zero see
`FollowerLR`, whose floor and trough deal with it.""",
    cases={
        "alone": [(Setting([0.3, 0.1], 8, k=0.25, formula=lambda self, t, base_lr: base_lr / (1 + self.k * t)),),
                  (Setting([0.1, 0.4], 5, k=0.5, formula=lambda self, t, base_lr: base_lr * self.k ** t),)],
        "after an edit": [(Setting([0.1, 0.3], 8, edits={3: 2.0}, k=0.25,
                                   formula=lambda self, t, base_lr: base_lr / (1 + self.k * t)),)],
        "two on one optimizer": [(Setting([0.1, 0.3], 6, others=1, k=0.25,
                                          formula=lambda self, t, base_lr: base_lr / (1 + self.k * t)),)],
        "taken up again": [(Setting([0.1, 0.3], 8, stops=(4,), k=0.25,
                                    formula=lambda self, t, base_lr: base_lr / (1 + self.k * t)),)],
    },
    mistakes=(ignores_the_edit, adds, looks_ahead, upside_down, from_the_base, multiplies_by_the_formula, before_the_start,
              moves_twice),
    hints=(
        "The rates to start from are `[group[\"lr\"] for group in self.optimizer.param_groups]`, not the base rates.",
        "From t - 1 to t the formula moves by the factor `self.formula(t, base_lr) / self.formula(t - 1, base_lr)`.",
        "First deal with the constructor: `if self._is_initial:` give back the rates as they are.",
    ),
    play=play,
    rel=1e-5,
)
