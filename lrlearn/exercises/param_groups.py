"""The exercises of the chapter on param groups and transfer."""
from .exercise import Exercise

# -- 1. the rate of a layer ----------------------------------------------------------------------------


def layer_rate(layer, layers, base_lr, xi):
    return base_lr * xi ** (layers - 1 - layer)


def upside_down(layer, layers, base_lr, xi):
    """Your first layer has the full rate, and the last one the smallest. It is the other way round: what is nearest to the
    input holds what is most general, and gets the smallest rate."""
    return base_lr * xi**layer


def one_share_too_many(layer, layers, base_lr, xi):
    """Your last layer has already lost a share. It is number `layers - 1`, as the first is number 0, and it trains at
    `base_lr` itself."""
    return base_lr * xi ** (layers - layer)


def along_a_line(layer, layers, base_lr, xi):
    """You take away the same amount at each layer. Each layer has a share of the one above, so the shares multiply."""
    return base_lr * (1 - (1 - xi) * (layers - 1 - layer))


def divided(layer, layers, base_lr, xi):
    """You divide by `xi`, so your rates grow towards the input. A share is multiplied. (ULMFiT's 2.6 is to be divided by;
    here `xi` is one over it.)"""
    return base_lr / xi ** (layers - 1 - layer)


def the_same_share_for_all(layer, layers, base_lr, xi):
    """Below the last layer all of yours have one and the same rate. Each has a share of the one directly above."""
    return base_lr if layer == layers - 1 else base_lr * xi


the_rate_of_a_layer = Exercise(
    """**The rate of a layer.** A network has `layers` layers, numbered from 0 at the input to `layers - 1`, the head. The head
trains at `base_lr`, each layer below it at the share `xi` of the layer directly above. Write
`layer_rate(layer, layers, base_lr, xi)`. (About one line.)""",
    solution=layer_rate,
    why="""The exponent counts how many layers lie above. The head has none above it, so its share is 1 whatever `xi` is. Most
wrong group lists are one off here, and the run gives no sign of it: the rates look plausible, and the head is too slow.""",
    cases={
        "in three layers": [(layer, 3, 0.1, 0.5) for layer in range(3)],
        "in deeper networks": [(layer, n, 0.02, xi) for n in (1, 5, 12) for xi in (0.75, 0.9) for layer in range(n)],
    },
    mistakes=(upside_down, one_share_too_many, along_a_line, divided, the_same_share_for_all),
    hints=(
        "Which layer has the full rate? How many layers lie above it?",
        "Each layer above takes one more factor `xi`.",
        "Above layer number `layer` lie `layers - 1 - layer` others.",
    ),
)

# -- 2. nobody lost ------------------------------------------------------------------------------------


def group_number(name, prefixes):
    fits = [k for k, prefix in enumerate(prefixes) if (name + ".").startswith(prefix + ".")]
    return fits[0] if fits else len(prefixes)


def half_a_name(name, prefixes):
    """You let a prefix end in the middle of a name: `layer1` takes what belongs to `layer10` as well. Compare whole parts,
    those between the dots."""
    return next((k for k, prefix in enumerate(prefixes) if name.startswith(prefix)), len(prefixes))


def anywhere_in_the_name(name, prefixes):
    """You look for the prefix anywhere. A `head` stands inside many a backbone; a prefix stands at the beginning."""
    return next((k for k, prefix in enumerate(prefixes) if prefix in name), len(prefixes))


def only_modules_fit(name, prefixes):
    """You let a prefix fit only what lies inside it. A parameter that is named itself, such as `scale`, belongs to its group,
    too."""
    return next((k for k, prefix in enumerate(prefixes) if name.startswith(prefix + ".")), len(prefixes))


def minus_one_for_the_rest(name, prefixes):
    """You answer minus one where nothing fits. As an index that is the last of the prefixes' own groups. Give the rest a
    group of its own, behind them."""
    number = group_number(name, prefixes)
    return number if number < len(prefixes) else -1


def the_last_that_fits(name, prefixes):
    """Where two prefixes fit, you take the later one. The first one in the list decides, so that the finer ones can stand
    in front."""
    return max([k for k, prefix in enumerate(prefixes) if (name + ".").startswith(prefix + ".")] or [len(prefixes)])


def into_the_first(name, prefixes):
    """You put what fits nowhere into the first group. It belongs into a group of its own, behind those of the prefixes."""
    return group_number(name, prefixes) % len(prefixes)


NAMES = ["layer1.weight", "layer10.weight", "layer2.layer1.weight", "norm.weight", "scale"]
DEEP = ["model.backbone.conv.weight", "model.backbone.attention.head.weight", "model.backbone.norm.bias", "model.head.weight",
        "model.scale", "model.headline.weight"]
FINE = ["model.backbone.norm", "model.backbone", "model.head", "model.scale"]

nobody_lost = Exercise(
    """**Nobody lost.** `name` is the name of a parameter, as `named_parameters()` gives it, and `prefixes` a list of the
modules that shall be groups, such as `backbone.layer1`. Write `group_number(name, prefixes)`: the number of the first prefix
that is the name itself or a module around it, counted from 0. What fits none goes into one more group, number
`len(prefixes)`. (Two lines or five.)""",
    solution=group_number,
    why="""Each name gets one number, so no weight can be lost, and none can be in two groups. A module's name ends at a dot; with
a dot at the end of both, the name of a parameter fits itself as well. The group for the rest is what makes it safe: print how
many weights it has. In lerobot a backbone was picked by `startswith("backbone")` where all names began with `model.`; its
group was empty, and all of it trained with the rest.""",
    cases={
        "with one prefix": [(name, [prefix]) for prefix in ("layer1", "scale") for name in NAMES],
        "with several": [(name, two) for two in (["model.backbone", "model.head"], ["backbone", "head"]) for name in DEEP],
        "where one lies in another": [(name, prefixes) for prefixes in (FINE, ["model.scale", "model"], ["model", "model.scale"])
                                   for name in DEEP],
    },
    mistakes=(half_a_name, anywhere_in_the_name, only_modules_fit, minus_one_for_the_rest, the_last_that_fits, into_the_first),
    hints=(
        "`layer10.weight` begins with `layer1`, but it is not a part of it. What comes behind the name of a module?",
        "Add a dot to the prefix before you compare. And to the name, for a parameter that is named itself.",
        "Go through the prefixes in their order, take the first that fits, and `len(prefixes)` where none does.",
    ),
)

# -- 3. three groups -----------------------------------------------------------------------------------

THREE = """\
optimizer = SGD([
    {"params": backbone, "lr": 0.01},
    {"params": neck},
    {"params": head, "lr": 0.5},
], lr=0.1)
scheduler = CosineAnnealingLR(optimizer, T_max=100, eta_min=0.03)
"""


def rates():
    return [0.03 + (lr - 0.03) / 2 for lr in (0.01, 0.1, 0.5)]


def no_floor():
    """Those are the halves of the rates. Half-way a cosine stands in the middle between the start and `eta_min`."""
    return [lr / 2 for lr in (0.01, 0.1, 0.5)]


def a_floor_for_each():
    """You take `eta_min` as a share of each group's rate. It is a rate itself, and the same for all groups."""
    return [lr * (0.03 + 0.97 / 2) for lr in (0.01, 0.1, 0.5)]


def one_rate_for_all():
    """You give all groups the rate of the default. A group's own `lr` goes before it."""
    return [0.03 + 0.07 / 2] * 3


def never_upwards():
    """Your backbone stays where it is. Nothing stops torch from going *up* to a floor that lies above the start."""
    return [0.01, 0.065, 0.265]


def the_neck_forgotten():
    """Your second group has no rate. A group that names none has the optimizer's."""
    return [0.02, 0.0, 0.265]


three_groups = Exercise(
    f"""**Three groups.** Which rates do backbone, neck and head have at update t = 50?

```python
{THREE}```

`scheduler.step()` is called after each update. Give a list of three numbers.""",
    solution=rates,
    why="""Each group goes from its own base rate to the one floor, and half-way it is in the middle. The neck has the
optimizer's rate. The backbone begins below the floor, so its rate rises, and at the end all three are the same. An absolute
floor ends all discriminative rates.""",
    cases={"the three rates": [()]},
    mistakes=(no_floor, a_floor_for_each, one_rate_for_all, never_upwards, the_neck_forgotten),
    hints=(
        "What is the base rate of each group? One of them does not say.",
        "Half-way, a cosine stands in the middle between the base rate and `eta_min`. Is `eta_min` a rate or a share?",
    ),
    rel=5e-3,
)

# -- 4. frozen or zero ---------------------------------------------------------------------------------


def what_happens():
    return ["stays", "stays", "moves", "moves", "stays", "moves"]


def zero_is_frozen():
    """You take a rate of 0 for a freeze. While the rate is 0 the momentum fills, and the next update with a rate spends it."""
    return ["stays", "stays", "stays", "moves", "stays", "moves"]


def zero_is_a_gradient_of_none():
    """You take a gradient of zero for no gradient. An optimizer passes over a weight only when its gradient is None; with a
    zero, its momentum goes on."""
    return ["stays", "stays", "moves", "stays", "stays", "moves"]


def decay_needs_no_gradient():
    """In the first case you let weight decay shrink the frozen weight. A weight without a gradient is passed over, and its
    decay with it."""
    return ["moves", "stays", "moves", "moves", "stays", "moves"]


def decay_needs_no_rate():
    """In the second case you let weight decay shrink the weight. AdamW takes away rate times decay, and the rate is 0."""
    return ["stays", "moves", "moves", "moves", "stays", "moves"]


def the_mean_is_a_weight():
    """In the last case you take the running mean for a weight. It gets no gradient and has no rate: the layer writes it
    whenever it sees a batch in training mode."""
    return ["stays", "stays", "moves", "moves", "stays", "stays"]


def the_default_keeps_zeros():
    """In the fifth case you let momentum go on. By default `zero_grad()` sets gradients to None, and then the weight is
    passed over, momentum and all."""
    return ["stays", "stays", "moves", "moves", "moves", "moves"]


frozen_or_zero = Exercise(
    """**Frozen, or a rate of 0.** Six cases in torch. In each of them, what does the number do at the update in question?
Answer with a list of six words, `stays` or `moves`. Before, each weight has trained for a while at a rate of 0.1, with
gradients of 1, unless something else is said.

1. A weight has had `requires_grad=False` from the start, and never a gradient. SGD with weight decay makes an update.
2. The rate of its group is 0. AdamW with weight decay makes an update.
3. The rate was 0 for fifty updates and is 0.1 again. SGD with momentum 0.9 makes an update, and the gradient happens to be 0.
4. The weight has just been frozen by `requires_grad_(False)`. The loop calls `zero_grad(set_to_none=False)`. SGD with momentum
   makes an update.
5. The same, but the loop calls `zero_grad()`.
6. A batch norm has all its parameters frozen. In training mode it sees a batch. The number is its running mean.""",
    solution=what_happens,
    why="""An optimizer looks at the gradient. None means: pass over this weight, with its momentum and its decay. A zero is
a gradient like any other, and what momentum remembers goes on. A rate of 0 multiplies the update, not the memory. And
running averages belong to no optimizer at all; `eval()` holds them.""",
    cases={"the six cases": [()]},
    mistakes=(zero_is_frozen, zero_is_a_gradient_of_none, decay_needs_no_gradient, decay_needs_no_rate, the_mean_is_a_weight,
              the_default_keeps_zeros),
    hints=(
        "For each case: is the gradient a number, zero, or None? Only with None is a weight passed over.",
        "What has momentum collected by then? Does a rate of 0 stop it from collecting?",
        "The running mean is no parameter. Who writes it?",
    ),
)

# -- 5. find the bug -----------------------------------------------------------------------------------


def as_it_stands(groups, lr, epoch):
    lr = lr * 0.1 ** (epoch // 10)
    for group in groups:
        group["lr"] = lr


def one_rate_for_all_groups(groups, lr, epoch):
    """Your groups still get one and the same rate, made from `lr`. Each was made with a rate of its own: start from there."""
    for group in groups:
        group["lr"] = lr * 0.1 ** (epoch // 10)


def adjust(groups, lr, epoch):
    for group in groups:
        start = group.setdefault("initial_lr", group["lr"])
        group["lr"] = start * 0.1 ** (epoch // 10)


def cut_every_time(groups, lr, epoch):
    """You multiply the rate that is there by the factor of the whole run so far, at each epoch: it is cut again and again.
    The factor belongs to the rate of the start, so that has to be kept somewhere."""
    for group in groups:
        group["lr"] *= 0.1 ** (epoch // 10)


def only_the_first_group(groups, lr, epoch):
    """You move the first group only. The others go on at the rate of their start for the whole run."""
    start = groups[0].setdefault("initial_lr", groups[0]["lr"])
    groups[0]["lr"] = start * 0.1 ** (epoch // 10)


def a_tenth_for_the_first(groups, lr, epoch):
    """You give a tenth of `lr` to the first group and all of it to the rest. That fits one script. Each group was made with
    a rate of its own: start from there."""
    for k, group in enumerate(groups):
        group["lr"] = lr * (1 if k else 0.1) * 0.1 ** (epoch // 10)


def one_cut_only(groups, lr, epoch):
    """You cut once, at epoch 10, and never again. Every ten epochs the rate is cut once more."""
    for group in groups:
        start = group.setdefault("initial_lr", group["lr"])
        group["lr"] = start * (0.1 if epoch >= 10 else 1)


def play_adjust(answer, lrs, lr, epochs):
    """The rates of all groups at these epochs, when the answer is called at the beginning of each."""
    groups, used = [{"lr": each} for each in lrs], []
    for epoch in range(max(epochs) + 1):
        answer(groups, lr, epoch)
        used.append([group["lr"] for group in groups])
    return [rate for epoch in epochs for rate in used[epoch]]


find_the_bug = Exercise(
    """**Find the bug.** The backbone of this run has a group with `lr / 10`, the rest has one with `lr`. At the beginning of
each epoch the loop calls `adjust(optimizer.param_groups, args.lr, epoch)`, which shall cut all rates to a tenth every ten
epochs.

```python
def adjust(groups, lr, epoch):
    lr = lr * 0.1 ** (epoch // 10)
    for group in groups:
        group["lr"] = lr
```

A user asks: *do backbone and head not train at the same rate?* They do. Mend `adjust(groups, lr, epoch)`. It is called once an
epoch, from epoch 0 on; a group is a dict with `"lr"` and whatever you put in. The groups of other runs have other rates.""",
    solution=adjust,
    why="""The loop writes one number into all groups, and what they were made with is gone after the first call. Each group has
to remember its own start. torch's schedulers write it into the group as `initial_lr`, so it is saved with the optimizer; the
function does the same, once. The bug is that of a published network for depth completion, PENet, issue 29, and of many
loops that were written for one group and then got a second.""",
    cases={
        "with the script's two groups": [([0.01, 0.1], 0.1, [0, 1, 9, 10, 11, 20])],
        "with other groups": [([0.5, 0.02, 0.1], 0.1, [0, 5, 12, 29]), ([0.1], 0.1, [0, 10, 35])],
    },
    mistakes=(one_rate_for_all_groups, cut_every_time, only_the_first_group, a_tenth_for_the_first, one_cut_only),
    hints=(
        "What is in the groups before the first call? And after it?",
        "Keep the start of each group, in the group itself. When may you write it down?",
        '`group.setdefault("initial_lr", group["lr"])` writes at the first call and reads at all later ones.',
    ),
    play=play_adjust,
    stub=as_it_stands,
)
