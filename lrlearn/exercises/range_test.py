"""The exercises of the range-test chapter."""
from copy import deepcopy

from ..schedules.rarer.laws import exponential_between
from .exercise import Exercise

# -- 1. the ramp ---------------------------------------------------------------------------------------


def my_ramp(t, start_lr, end_lr, steps):
    return start_lr * (end_lr / start_lr) ** (t / (steps - 1))


def a_straight_line(t, start_lr, end_lr, steps):
    """Your rate climbs along a straight line. That is Smith's ramp. Here each update multiplies the rate by the same number."""
    return start_lr + (end_lr - start_lr) * t / (steps - 1)


def one_ratio_short(t, start_lr, end_lr, steps):
    """Your last update does not get to `end_lr`: it is one ratio short, as fastai's is. There are `steps` rates, and one ratio
    less than that between them."""
    return start_lr * (end_lr / start_lr) ** (t / steps)


def one_update_ahead(t, start_lr, end_lr, steps):
    """You are one update ahead: your first rate should be `start_lr`, and your last goes beyond `end_lr`. Count from t = 0."""
    return start_lr * (end_lr / start_lr) ** ((t + 1) / (steps - 1))


def downhill(t, start_lr, end_lr, steps):
    """Your ramp goes down. It begins at `start_lr` and ends at `end_lr`."""
    return end_lr * (start_lr / end_lr) ** (t / (steps - 1))


def times_and_not_power(t, start_lr, end_lr, steps):
    """Your rate begins at 0 and grows by equal *amounts*. The part of the way belongs into the exponent."""
    return start_lr * (end_lr / start_lr) * (t / (steps - 1))


def ten_times_an_update(t, start_lr, end_lr, steps):
    """Your rate grows tenfold with each update, whatever `end_lr` and `steps` are."""
    return start_lr * 10.0**t


the_ramp = Exercise(
    """**The ramp.** Write `my_ramp(t, start_lr, end_lr, steps)`, the rate of update t in a range test of `steps` updates.
Update t = 0 has `start_lr`, the last one, t = `steps - 1`, has `end_lr`, and each rate is the one before times the same
number. (About one line.)""",
    solution=my_ramp,
    why="""The last rate over the first is the product of all ratios. There are `steps - 1` of them, so after t updates
`t / (steps - 1)` of the way is done, and the part of the way stands in the exponent. In logarithms the ramp is a straight line:
each power of ten gets the same number of updates. fastai divides by `steps`, so its last rate is one ratio short of
`end_lr`.""",
    cases={
        "three decades in seven updates": [(t, 0.002, 2.0, 7) for t in range(7)],
        "another ramp": [(t, 0.05, 0.8, 5) for t in range(5)] + [(t, 0.01, 3.0, 12) for t in range(12)],
    },
    mistakes=(a_straight_line, one_ratio_short, one_update_ahead, downhill, times_and_not_power, ten_times_an_update),
    hints=(
        "With three updates from 0.01 to 1 the rates are 0.01, 0.1 and 1. What is the one number between neighbours?",
        "`start_lr` times the ratio `end_lr / start_lr` to a power. The power goes from 0 to 1.",
        "How many ratios lie between `steps` rates? The power is t over that number.",
    ),
    by_hand=(exponential_between,),
)

# -- 2. the smoothing ----------------------------------------------------------------------------------


def smooth(losses, beta):
    mean, out = 0.0, []
    for t, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        out.append(mean / (1 - beta ** (t + 1)))
    return out


def means(losses, beta, mean=0.0):
    """The running means, as they are before any correction."""
    out = []
    for loss in losses:
        mean = beta * mean + (1 - beta) * loss
        out.append(mean)
    return out


def not_corrected(losses, beta):
    """Your curve begins far too low and rises, also where no loss rises: the 0 that the mean began with is still in it.
    Divide by the share that the losses have so far."""
    return means(losses, beta)


def one_count_too_many(losses, beta):
    """Your correction counts one update too many, so the curve begins at about half its height. Lightning's finder does the
    same. After the first update the mean has seen one loss, and the exponent is one."""
    return [mean / (1 - beta ** (t + 2)) for t, mean in enumerate(means(losses, beta))]


def one_number_for_all(losses, beta):
    """You divide by `1 - beta` each time. That is right after the first loss only: the share grows with each loss."""
    return [mean / (1 - beta) for mean in means(losses, beta)]


def corrected_goes_back(losses, beta):
    """You put the corrected number back into the running mean, and correct it again. Keep two numbers: the mean that goes
    on, and what is shown of it."""
    mean, out = 0.0, []
    for t, loss in enumerate(losses):
        mean = (beta * mean + (1 - beta) * loss) / (1 - beta ** (t + 1))
        out.append(mean)
    return out


def nothing_is_kept(losses, beta):
    """Your mean is made of the new loss twice, so nothing of the old ones is in it, and the correction makes it huge. A Keras
    finder had this very line (titu1994/keras-one-cycle, its second issue)."""
    return [(beta * loss + (1 - beta) * loss) / (1 - beta ** (t + 1)) for t, loss in enumerate(losses)]


def begins_at_the_first_loss(losses, beta):
    """Your mean begins at the first loss, as that of torch-lr-finder and ignite does. Then the first loss, chance and all,
    counts as much as all that would have come before it. Here the mean begins at 0, and is corrected."""
    return means(losses, beta, losses[0])


def shares_turned(losses, beta):
    """Your new loss has the share `beta`, and the old mean the rest. `beta` is what the mean keeps. (torch-lr-finder's
    `smooth_f` is the share of the new loss.)"""
    return smooth(losses, 1 - beta)


def plain_mean(losses, beta):
    """That is the plain mean of all losses so far. Here old losses fade: each update multiplies their share by `beta`."""
    return [sum(losses[:t + 1]) / (t + 1) for t in range(len(losses))]


smoothing = Exercise(
    """**The smoothing.** Write `smooth(losses, beta)`. It returns a list as long as `losses`: the running mean that begins at 0
and keeps the share `beta` at each loss, divided by the share that the losses have in it so far. So a loss that never moves is
shown as it is. (About five lines.)""",
    solution=smooth,
    why="""After n losses the 0 of the beginning still has the share `beta ** n` in the mean, so the losses have one minus
that. The mean over that share is a true weighted mean: its weights add up to 1. `enumerate` counts from 0, and after loss t
there are t + 1 of them. fastai's `AvgSmoothLoss` does the same, with 0.98.""",
    cases={
        "a loss that does not move": [([2.25, 2.25, 2.25, 2.25], 0.9), ([0.65, 0.65, 0.65], 0.6)],
        "a loss that jumps": [([1.15, 1.15, 4.35, 4.35, 4.35], 0.8), ([3.15, 1.05, 2.15, 0.55, 5.15, 0.25], 0.7)],
        "without smoothing": [([3.15, 1.05, 2.15], 0.0)],
    },
    mistakes=(not_corrected, one_count_too_many, one_number_for_all, corrected_goes_back, nothing_is_kept,
              begins_at_the_first_loss, shares_turned, plain_mean),
    hints=(
        "Keep one number, the mean. It begins at 0; at each loss it becomes `beta` times itself plus `1 - beta` times the loss.",
        "After one loss the mean is `(1 - beta) * loss`. What must it be divided by to give the loss? And after two equal ones?",
        "After n losses divide by `1 - beta ** n`. `enumerate` counts from 0. Append the quotient, and go on with the mean.",
    ),
)

# -- 3. three rules by hand ----------------------------------------------------------------------------


def three_rules():
    return [0.1, 0.03, 0.01]


def without_the_tenth():
    """Your first rate is the one with the lowest loss. The rule takes a tenth of it."""
    return [1.0, 0.03, 0.01]


def where_the_drop_ends():
    """Your steepest rates are the ones at which the drop has arrived. The rule names the rate from which the loss falls: the
    loss stands before the update at its rate."""
    return [0.1, 0.1, 0.03]


def one_slope_for_both():
    """Your second and third are the same. In the table every step multiplies the rate by about three, so per ratio only the
    drop counts. Per rate the drop is divided by a difference that is tiny on the left."""
    return [0.1, 0.03, 0.03]


def slopes_turned():
    """Your two slopes are turned: first the one per ratio, then the one per rate."""
    return [0.1, 0.01, 0.03]


by_hand = Exercise(
    """**Three rules by hand.** A range test without noise gives

| rate | 0.001 | 0.003 | 0.01 | 0.03 | 0.1 | 0.3 | 1 | 3 |
|---|---|---|---|---|---|---|---|---|
| smoothed loss | 2.30 | 2.28 | 2.20 | 1.90 | 1.20 | 0.80 | 0.70 | 9.00 |

Give a list of three rates: what minimum / 10 suggests; the rate from which the next update lowers the loss most for a ratio
(count every step of the table as one: steepest as in fastai); and the rate from which it lowers the loss most for a unit of
the *rate* (drop over difference of the two rates: the slope of Lightning, taken between neighbours).""",
    solution=three_rules,
    why="""The lowest loss is at 1, a tenth of it is the first. The drops are 0.02, 0.08, 0.30, 0.70, 0.40 and 0.10, and the
largest begins at 0.03. Over the differences 0.002, 0.007, 0.02, 0.07, 0.2 and 0.7 they become 10, 11, 15, 10, 2 and 0.1, and
the largest begins at 0.01. On a logarithmic axis the differences of the rates grow with the rate, so a slope per rate
prefers the left side of the picture, where with noise there is only noise.""",
    cases={"the three": [()]},
    mistakes=(without_the_tenth, where_the_drop_ends, one_slope_for_both, slopes_turned),
    hints=(
        "Write the seven drops below the table first: each loss minus the next.",
        "For the second answer take the rate at which the largest drop begins.",
        "For the third divide each drop by the difference of its two rates, and look again.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """def probe(model, optimizer, loss_fn, batches, lrs):
    before = model.state_dict()
    losses = []
    for lr, (x, y) in zip(lrs, batches):
        for group in optimizer.param_groups:
            group["lr"] = lr
        loss = loss_fn(model(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.load_state_dict(before)
    return losses
"""


def probe(model, optimizer, loss_fn, batches, lrs):
    weights, inside = deepcopy(model.state_dict()), deepcopy(optimizer.state_dict())
    losses = climbs(model, optimizer, loss_fn, batches, lrs)
    model.load_state_dict(weights)
    optimizer.load_state_dict(inside)
    return losses


def climbs(model, optimizer, loss_fn, batches, lrs, late=False):
    """The losses on the way up; late: the loss of the same batch after its update."""
    losses = []
    for lr, (x, y) in zip(lrs, batches):
        for group in optimizer.param_groups:
            group["lr"] = lr
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append((loss_fn(model(x), y) if late else loss).item())
    return losses


def nothing_put_back(model, optimizer, loss_fn, batches, lrs):
    """The weights are those that the ramp has left. `state_dict()` hands out the live tensors: they were trained along, and
    loading them changes nothing. The optimizer is as the ramp has left it, too."""
    return climbs(model, optimizer, loss_fn, batches, lrs)


def weights_alone(model, optimizer, loss_fn, batches, lrs):
    """The weights are back. The optimizer is not: its rate is the last of the ramp, and its momentum holds the last wild
    gradients."""
    weights = deepcopy(model.state_dict())
    losses = climbs(model, optimizer, loss_fn, batches, lrs)
    model.load_state_dict(weights)
    return losses


def weights_and_rate(model, optimizer, loss_fn, batches, lrs):
    """Weights and rates are back. The momentum is not: it holds the last wild gradients, and the next updates will use them."""
    weights, own = deepcopy(model.state_dict()), [group["lr"] for group in optimizer.param_groups]
    losses = climbs(model, optimizer, loss_fn, batches, lrs)
    model.load_state_dict(weights)
    for group, lr in zip(optimizer.param_groups, own):
        group["lr"] = lr
    return losses


def optimizer_alone(model, optimizer, loss_fn, batches, lrs):
    """The optimizer is back. The weights are not: `state_dict()` hands out the live tensors, which were trained along, and a
    copy of the dict alone holds the same ones."""
    inside = deepcopy(optimizer.state_dict())
    losses = climbs(model, optimizer, loss_fn, batches, lrs)
    optimizer.load_state_dict(inside)
    return losses


def optimizer_not_copied(model, optimizer, loss_fn, batches, lrs):
    """All is back while the optimizer is new. One that has trained before holds its momentum in tensors that are changed in
    place: its `state_dict()` needs a deep copy as much as the model's."""
    weights, inside = deepcopy(model.state_dict()), optimizer.state_dict()
    losses = climbs(model, optimizer, loss_fn, batches, lrs)
    model.load_state_dict(weights)
    optimizer.load_state_dict(inside)
    return losses


def loss_after_the_update(model, optimizer, loss_fn, batches, lrs):
    """Your losses are measured after the update, on the batch that it has just seen. That flatters every rate. The loss
    belongs before the update."""
    weights, inside = deepcopy(model.state_dict()), deepcopy(optimizer.state_dict())
    losses = climbs(model, optimizer, loss_fn, batches, lrs, late=True)
    model.load_state_dict(weights)
    optimizer.load_state_dict(inside)
    return losses


def play_probe(answer, used, lrs):
    """The losses of a probe after so many updates, then weights, rate and the losses of three updates more."""
    import torch

    model = torch.nn.Linear(2, 1, bias=False).double()
    model.load_state_dict({"weight": torch.tensor([[1.1357, -0.4683]], dtype=torch.float64)})
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0537, momentum=0.5)
    x = torch.tensor([[1.0, 0.5], [-0.5, 1.0], [0.25, -1.0]], dtype=torch.float64)
    batches = [(x * scale, torch.ones(3, 1, dtype=torch.float64)) for scale in (1.0, 0.5, 1.5, 0.75, 1.25, 1.0)]
    loss_fn = torch.nn.functional.mse_loss
    climbs(model, optimizer, loss_fn, batches[:used], [0.0537] * used)
    losses = answer(model, optimizer, loss_fn, batches, list(lrs))
    if losses is None:
        return None                                         # the check asks whether a return is missing
    losses = list(losses)
    now = [*model.weight.flatten().tolist(), optimizer.param_groups[0]["lr"]]
    optimizer.param_groups[0]["lr"] = 0.0537                 # so that the next losses tell of weights and momentum alone
    return losses + now + climbs(model, optimizer, loss_fn, batches[3:], [0.0537] * 3)


find_the_bug = Exercise(
    f"""**Find the bug.** This range test was to leave everything as it was. But the training that follows begins with a loss
far above that of a new model, and its first updates are wild. (One half of this was seen with torch-lr-finder, issue 11,
the other with fastai, issue 2892.)

```python
{SCRIPT}```

Write `probe(model, optimizer, loss_fn, batches, lrs)`, which returns the same losses, and leaves model and optimizer as they
were. (Two or three lines are to be changed or added.)""",
    solution=probe,
    why="""`state_dict()` gives the tensors themselves, and the updates change them in place. So `before` has been trained
along with the model, and loading it does nothing. A deep copy keeps the numbers. And the optimizer has a state of its own:
the rate in its groups, which ends at the top of the ramp, and the momentum. (In the solution `climbs` is the loop of the
script.) Buffers come back with `state_dict()`; gradients, train mode and random numbers do not. The package's `range_test`
sees to those as well.""",
    cases={
        "a new optimizer": [(0, (0.01, 0.1, 0.5, 1.0))],
        "in the middle of a training": [(2, (0.02, 0.2, 0.8)), (3, (0.05, 0.5, 1.5, 2.0))],
    },
    mistakes=(nothing_put_back, weights_alone, weights_and_rate, optimizer_alone, optimizer_not_copied, loss_after_the_update),
    hints=(
        "Print `before` at the beginning and at the end. Has it changed?",
        "`copy.deepcopy(model.state_dict())` keeps the numbers of now. What else has a `state_dict()`?",
        "Keep a deep copy of `optimizer.state_dict()` as well, and load both after the loop.",
    ),
    play=play_probe,
)
