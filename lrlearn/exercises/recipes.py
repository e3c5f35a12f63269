"""The exercises of the chapter on recipes."""
from math import cos, pi, sqrt

from .exercise import Exercise

# -- 1. the wrong numbers ------------------------------------------------------------------------------


def fields():
    return ["s1", "s3", "s2", "s4", "s1"]


def all_is_well():
    """You trust all five. Four of them hold a number that is not in the tables."""
    return ["s4", "s4", "s4", "s4", "s4"]


def trusted_the_quote():
    """You let the first card pass, as many pages do. Look for its peak among the eight sizes."""
    return ["s4", "s3", "s2", "s4", "s1"]


def every_floor_alike():
    """You let the second card pass. Its floor is the usual one, and this run went further down."""
    return ["s1", "s4", "s2", "s4", "s1"]


def a_usual_climb():
    """You let the third card pass. The share is a usual one for fine-tuning; divide the two published counts."""
    return ["s1", "s3", "s4", "s4", "s1"]


def a_short_climb_is_wrong():
    """You doubt the fourth card. Look once more: everything on it stands in the table."""
    return ["s1", "s3", "s2", "s2", "s1"]


def one_rate_for_all_sizes():
    """You let the fifth card pass. The scripts have another number for the two larger sizes."""
    return ["s1", "s3", "s2", "s4", "s4"]


def no_climb_is_wrong():
    """On the fifth card you doubt the missing climb. A rate that is constant from the first update has none."""
    return ["s1", "s3", "s2", "s4", "s2"]


wrong_numbers = Exercise(
    """**The wrong numbers.** Five recipe cards, as they are found on the web. Which number of each is wrong? Give a list of five
words out of `s1` the peak, `s2` the warm-up, `s3` the floor, `s4` none.

1. GPT-3 175B: peak 5e-4, warm-up 375 million tokens, floor 10 %.
2. Llama 3 405B: peak 8e-5, warm-up 8000 updates, floor 10 %.
3. BERT, pre-training: peak 1e-4, warm-up 10 % of the run, floor 0.
4. Pythia 12B: peak 1.2e-4, warm-up 1 % of the run, floor 10 %.
5. QLoRA 65B: peak 2e-4, no warm-up, floor 100 %.""",
    solution=fields,
    why="""No size of GPT-3 had 5e-4; the largest had 6e-5. Llama 3 405B fell to a hundredth, 8e-7. BERT climbed for 10 000 of a
million updates, one percent. Pythia's card is right. QLoRA halves the rate for 33B and 65B.""",
    cases={"the list": [()]},
    mistakes=(all_is_well, trusted_the_quote, every_floor_alike, a_usual_climb, a_short_climb_is_wrong, one_rate_for_all_sizes,
              no_climb_is_wrong),
    hints=("`recipe(name)` gives each of them.", "Divide `warmup` by `updates`.", "One card is right."),
)

# -- 2. the share of the warm-up -----------------------------------------------------------------------


def warmup_share(warm, warm_unit, total, total_unit, batch):
    warm = warm / batch if warm_unit == "tokens" else warm
    total = total / batch if total_unit == "tokens" else total
    return warm / total


def ignores_the_units(warm, warm_unit, total, total_unit, batch):
    """You divide one number by the other. When one counts tokens and the other updates, convert first."""
    return warm / total


def multiplies_by_the_batch(warm, warm_unit, total, total_unit, batch):
    """From tokens to updates one divides: an update takes a whole batch of tokens."""
    warm = warm * batch if warm_unit == "tokens" else warm
    return warm / (total * batch if total_unit == "tokens" else total)


def only_the_total(warm, warm_unit, total, total_unit, batch):
    """You convert the length of the run. The climb may be given in tokens as well."""
    return warm / (total / batch if total_unit == "tokens" else total)


def only_the_climb(warm, warm_unit, total, total_unit, batch):
    """You convert the climb. The length of the run may be given in tokens as well."""
    return (warm / batch if warm_unit == "tokens" else warm) / total


def in_percent(warm, warm_unit, total, total_unit, batch):
    """This is the share in percent. A fraction between 0 and 1 is asked for."""
    return 100 * warmup_share(warm, warm_unit, total, total_unit, batch)


def of_what_is_left(warm, warm_unit, total, total_unit, batch):
    """You divide by what follows the climb. The share is one of the whole run, climb included."""
    part = warmup_share(warm, warm_unit, total, total_unit, batch)
    return part / (1 - part)


def turned_upside_down(warm, warm_unit, total, total_unit, batch):
    """This says how many climbs fit into the run. The share is one over it."""
    return 1 / warmup_share(warm, warm_unit, total, total_unit, batch)


share = Exercise(
    """**The share of the warm-up.** Write `warmup_share(warm, warm_unit, total, total_unit, batch)`: which fraction of all updates
is the climb? `warm` and `total` are the lengths of the climb and of the whole run, climb included; their units are `"tokens"` or
`"updates"`, each its own; `batch` is in tokens and does not change. (Three lines.)""",
    solution=warmup_share,
    why="""With one unit for both it is a division: GPT-3 has 0.125 percent, Llama 3 405B 0.67, BERT 1. With two units one of them
is converted: LLaMA 65B has 2000 updates of 1.4 trillion tokens in batches of 4 million, 0.57 percent.""",
    cases={
        "one unit for both": [(100, "tokens", 700, "tokens", 16), (375e6, "tokens", 300e9, "tokens", 2e6), (10_000, "updates", 1e6, "updates", 256), (8000, "updates", 1.2e6, "updates", 16e6)],
        "two units": [(2000, "updates", 1.4e12, "tokens", 4e6), (375e6, "tokens", 150_000, "updates", 2e6), (100, "tokens", 40, "updates", 16),
                      (3, "updates", 100, "tokens", 16)],
    },
    mistakes=(ignores_the_units, multiplies_by_the_batch, only_the_total, only_the_climb, in_percent, of_what_is_left,
              turned_upside_down),
    hints=("Bring both lengths to updates first.", "An update takes `batch` tokens.", "Convert each only if its unit says so."),
)

# -- 3. going on with new data -------------------------------------------------------------------------


def continued(t, base_lr, T, W, part, floor):
    peak = part * base_lr
    if t < W:
        return floor + (peak - floor) * t / W
    z = min((t - W) / (T - W), 1)
    return floor + (peak - floor) * (1 + cos(pi * z)) / 2


def climbs_from_zero(t, base_lr, T, W, part, floor):
    """Your climb begins at zero. The first run ended at the floor, so there the second begins."""
    return part * base_lr * t / W if t < W else continued(t, base_lr, T, W, part, floor)


def to_the_old_peak(t, base_lr, T, W, part, floor):
    """You climb back to the whole old peak, whatever the dial says."""
    return continued(t, base_lr, T, W, 1, floor)


def falls_for_the_whole_run(t, base_lr, T, W, part, floor):
    """Your fall is as long as the run. It begins after the climb, so it comes to the floor too late."""
    return continued(t, base_lr, T if t < W else T + W, W, part, floor)


def counts_from_the_start(t, base_lr, T, W, part, floor):
    """After the climb your half wave has already run for as long as the climb. At the top there is a step down."""
    return continued(t, base_lr, T, W, part, floor) if t < W else continued(t, base_lr, T, 0, part, floor)


def down_to_nothing(t, base_lr, T, W, part, floor):
    """Your fall ends at zero. It should end where it began, at the floor."""
    return continued(t, base_lr, T, W, part, floor if t < W else 0)


def floor_on_top(t, base_lr, T, W, part, floor):
    """You add the floor to the whole wave, so the top is too high by it. The wave has only the way from the floor to the peak."""
    return continued(t, base_lr, T, W, part + floor / base_lr, floor)


def no_climb(t, base_lr, T, W, part, floor):
    """Your rate jumps to the second peak. Climb there in W updates."""
    return continued(t, base_lr, T, 0, part, floor)


def a_line_down(t, base_lr, T, W, part, floor):
    """You fall on a straight line. Half a cosine wave is asked for."""
    if t < W:
        return continued(t, base_lr, T, W, part, floor)
    return floor + (part * base_lr - floor) * (1 - min((t - W) / (T - W), 1))


def rises_after_the_end(t, base_lr, T, W, part, floor):
    """After the end of the run your wave rises again. Let it stay down."""
    z = (t - W) / (T - W)
    return continued(t, base_lr, T, W, part, floor) if t < W else floor + (part * base_lr - floor) * (1 + cos(pi * z)) / 2


go_on = Exercise(
    """**Going on with new data.** Write `continued(t, base_lr, T, W, part, floor)`, the rate of a second training of `T` updates.
It begins at `floor`, where the first one ended, climbs on a straight line for `W` updates to `part * base_lr`, and falls from
there on half a cosine wave, back to `floor` at `t = T`. Then it stays there. `floor` is a rate, not a share. (Five lines.)""",
    solution=continued,
    why="""It is a warm-up that begins at the floor, and a cosine over what is left of the run. `part` is the dial: 1 for other
data with old data in the mix, a tenth for data that is much like the old.""",
    cases={
        "the climb": [(t, 3e-4, 100, 10, part, 3e-5) for part in (1.0, 0.5) for t in (0, 3, 9, 10)],
        "the fall": [(t, 3e-4, 100, 10, part, 3e-5) for part in (1.0, 0.5) for t in (11, 55, 99, 100)],
        "after the end": [(t, 3e-4, 100, 10, 1.0, 3e-5) for t in (101, 150)],
        "without a climb": [(t, 0.1, 50, 0, 0.3, 0.01) for t in (0, 10, 50)],
    },
    mistakes=(climbs_from_zero, to_the_old_peak, falls_for_the_whole_run, counts_from_the_start, down_to_nothing, floor_on_top,
              no_climb, a_line_down, rises_after_the_end),
    hints=("Where does the first run end? There the climb begins.", "The half wave has `T - W` updates.", "`min(..., 1)` keeps it down."),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
parser.add_argument("--batch_size", default=64)     # per GPU
parser.add_argument("--accum_iter", default=1)
parser.add_argument("--blr", default=1.5e-4)        # per 256 images
...
optimizer = torch.optim.AdamW(model.parameters(), lr=args.blr)
"""


def rate(blr, batch_size, accum_iter, world_size):
    return blr * batch_size * accum_iter * world_size / 256


def as_it_stands(blr, batch_size, accum_iter, world_size):
    """You pass the number as it is written. It is the rate for a certain number of images, not for your batch."""
    return blr


def one_machine(blr, batch_size, accum_iter, world_size):
    """Your batch is that of one GPU. All of them together make one update."""
    return blr * batch_size * accum_iter / 256


def forgets_the_accumulation(blr, batch_size, accum_iter, world_size):
    """Your batch is one forward pass of all GPUs. An update gathers several."""
    return blr * batch_size * world_size / 256


def splits_the_accumulation(blr, batch_size, accum_iter, world_size):
    """You divide by the accumulation. It makes the batch of an update larger, not smaller."""
    return blr * batch_size * world_size / accum_iter / 256


def another_house(blr, batch_size, accum_iter, world_size):
    """Your number of images is that of another program. Read the comment in the script."""
    return blr * batch_size * accum_iter * world_size / 512


def per_image(blr, batch_size, accum_iter, world_size):
    """You take the number for the rate of one image. It is that of many."""
    return blr * batch_size * accum_iter * world_size


def with_the_root(blr, batch_size, accum_iter, world_size):
    """You scale with the root of the batch. There are reasons for it under Adam, but this recipe scales in proportion."""
    return blr * sqrt(batch_size * accum_iter * world_size / 256)


def upside_down(blr, batch_size, accum_iter, world_size):
    """With you a larger batch has a smaller rate."""
    return blr * 256 / (batch_size * accum_iter * world_size)


find_the_bug = Exercise(
    f"""**Find the bug.** Somebody rewrites a published training of images in a few lines, and takes over its arguments.

```python
{SCRIPT}```

On 64 GPUs the loss falls far more slowly than the paper's. Write `rate(blr, batch_size, accum_iter, world_size)`: the `lr` that
AdamW must get. `batch_size` counts the images of one GPU in one forward pass, `accum_iter` how many passes make an update, and
`world_size` the GPUs. (One line.)""",
    solution=rate,
    why="""`blr` is a rate per 256 images of the batch of an update, and that has the images of all passes on all GPUs. With the
published batch of 4096 the rate is 0.0024, sixteen times the number that was passed.""",
    cases={"several machines": [(1.5e-4, 64, 1, 64), (1.5e-4, 64, 1, 8), (1e-3, 32, 1, 4)],
           "with accumulation": [(1.5e-4, 64, 2, 32), (1.5e-4, 16, 4, 2), (5e-4, 128, 8, 1)]},
    mistakes=(as_it_stands, one_machine, forgets_the_accumulation, splits_the_accumulation, another_house, per_image, with_the_root,
              upside_down),
    hints=("How many images make one update?", "What does the comment behind `--blr` say?", "In proportion: images over what the comment says."),
)
