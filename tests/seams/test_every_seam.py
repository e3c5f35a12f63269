"""Every departure that a card states has a test, and every test of a seam says in a sentence what it holds."""
import ast
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import lrlearn.schedules
from lrlearn import CARDS, FOLDS

for module in iter_modules(lrlearn.schedules.__path__):
    import_module(f"lrlearn.schedules.{module.name}")       # every card

# (formula, framework, sentence of its card) -> the tests that hold it, in tests/seams/test_<framework>.py
SEAMS = {
    ("constant", "torch", "ConstantLR defaults to factor=1/3 and total_iters=5."):
        ["constantlr_begins_at_a_third_for_five_steps"],
    ("cosine", "torch", "CosineAnnealingLR rises again after T_max, with period 2 * T_max."): ["cosine_rises_again"],
    ("cosine", "transformers", "get_cosine_schedule_with_warmup rises again after its last step."): ["cosine_rises_again"],
    ("cosine", "optax", "alpha is the floor as a fraction of the peak, not a learning rate."):
        ["alpha_is_a_fraction_of_the_peak"],
    ("cosine", "keras", "alpha is the floor as a fraction of the peak, and decay_steps leaves the warm-up out."):
        ["alpha_is_a_fraction_of_the_peak"],
    ("cosine_restarts", "torch", "step(epoch) gives eta_min instead of the peak at some restarts, since it takes a logarithm."):
        ["a_restart_reached_by_number_is_missed"],
    ("cosine_restarts", "transformers",
        "cosine_with_restarts divides the run into num_cycles equal parts, ends at 0 and misses some restarts by a step."):
        ["restarts_share_the_run_in_equal_parts_and_end_at_0", "a_restart_is_missed_by_a_rounding"],
    ("cosine_restarts", "keras",
        "t_mul is 2 by default, the peak can shrink with m_mul, and some restarts are missed by a step."):
        ["restarts_double_by_default_and_can_shrink", "a_restart_is_missed_by_its_logarithm"],
    ("cosine_restarts", "timm", "cycle_limit is 1 by default, which means no restart, and some restarts are missed by a step."):
        ["there_is_no_restart_unless_asked", "a_restart_is_missed_by_its_logarithm"],
    ("triangular", "torch", "base_lr is the lower end and max_lr the peak, and momentum goes the other way by default."):
        ["cycliclr_calls_the_lower_end_base_lr_and_moves_momentum"],
    ("triangular2", "torch", "base_lr is the lower end and max_lr the peak, and momentum goes the other way by default."):
        ["cycliclr_calls_the_lower_end_base_lr_and_moves_momentum"],
    ("exp_range", "torch", "gamma is 1 by default, which shrinks nothing."): ["exp_range_shrinks_nothing_by_default"],
    ("exponential_decay", "optax", "decay_rate is the factor of transition_steps steps."):
        ["decay_rate_is_the_factor_of_transition_steps"],
    ("exponential_decay", "keras", "decay_rate is the factor of decay_steps steps."): ["decay_rate_is_the_factor_of_decay_steps"],
    ("inverse_sqrt", "transformers", "timescale is num_warmup_steps by default, or 10000 where that is 0."):
        ["inverse_sqrt_takes_its_pace_from_the_warm_up"],
    ("multistep_decay", "keras", "PiecewiseConstantDecay takes the rates themselves and cuts one step after each boundary."):
        ["piecewise_constants_are_rates_and_change_one_step_late"],
    ("multistep_decay", "timm", "MultiStepLRScheduler cuts one step before each of decay_t."): ["milestones_cut_one_step_early"],
    ("sequential", "torch", "SequentialLR as the first part of another runs a step ahead, and as a later part it raises."):
        ["a_sequence_within_a_sequence_is_a_step_ahead"],
    ("sequential", "fastai", "combine_scheds takes parts of the run instead of steps."):
        ["schedules_are_joined_by_parts_of_the_run"],
    ("sequential", "ignite", "ConcatScheduler takes durations instead of milestones."):
        ["schedules_are_joined_by_their_durations"],
    ("chained", "torch",
        "ChainedScheduler moves each rate from where the others left it, so an absolute floor is approached otherwise."):
        ["a_chain_approaches_a_floor_from_where_the_others_left_the_rate"],
    ("one_cycle", "torch",
        "one step after its end OneCycleLR goes on, with straight lines below zero, and after that it raises."):
        ["one_cycle_goes_on_for_one_step_and_then_raises"],
    ("one_cycle", "optax",
        "cosine_onecycle_schedule counts its phases from 0 to total_steps, not one less, and ends a step later."):
        ["one_cycle_peaks_and_ends_one_step_later"],
    ("one_cycle", "fastai", "pct_start is 0.25, and the last rate is the peak over 1e5."):
        ["one_cycle_climbs_for_a_quarter_and_ends_at_a_hundred_thousandth"],
    ("linear", "torch", "LinearLR defaults to start_factor=1/3, end_factor=1 and total_iters=5, and start_factor may not be 0."):
        ["linearlr_begins_at_a_third_and_not_at_zero"],
    ("polynomial", "torch", "PolynomialLR has no floor and defaults to 5 steps."):
        ["polynomiallr_has_no_floor_and_ends_after_five_steps"],
    ("polynomial", "transformers", "lr_end is 1e-7 by default."): ["polynomial_ends_at_1e_7_of_the_first_group"],
    ("polynomial", "keras", "end_learning_rate is 1e-4 by default."): ["polynomial_ends_at_1e_4"],
    ("warmup", "torch", "LinearLR begins at 1/3 of the rate by default and cannot begin at 0."):
        ["linearlr_begins_at_a_third_and_not_at_zero"],
    ("warmup", "timm",
        "with warmup_prefix=False, the default, the schedule has already run warmup_t steps when the warm-up ends."):
        ["the_warm_up_eats_the_beginning_of_the_cosine"],
    ("wsd", "transformers", "decay_type is cosine by default, and the floor is a fraction of the peak."):
        ["wsd_cools_down_along_a_cosine_to_a_part_of_the_peak"],
    ("wsd", "timm", "decay_type is 1-sqrt by default, and t_initial leaves the warm-up out."):
        ["wsd_cools_down_along_a_root_and_leaves_the_warm_up_out"],
    ("cosine_cycles", "keras",
        "t_mul is 2 by default, alpha is a fraction of the peak, and a logarithm in float32 misses some restarts."):
        ["restarts_double_by_default_and_can_shrink", "restarts_have_a_fraction_for_their_floor",
            "a_restart_is_missed_by_its_logarithm"],
    ("cosine_cycles", "timm", "cycle_decay shrinks the peak itself, and after cycle_limit cycles the rate is the floor."):
        ["cycles_shrink_the_peak_itself_and_come_to_an_end"],
    ("cosine_cycles", "ignite", "start_value_mult shrinks the peak itself."): ["cycles_shrink_the_peak_itself"],
    ("cosine_waves", "transformers", "the wave goes on after the last step."): ["the_waves_go_on_after_the_last_step"],
    ("polynomial_cycle", "keras", "end_learning_rate is 1e-4 by default."): ["polynomial_ends_at_1e_4"],
    ("exponential_between", "fastai", "SchedExp takes the last rate itself, and not a fraction."):
        ["the_last_rate_of_an_exponential_is_a_rate"],
    ("flat_cosine", "fastai", "the last rate is the peak over div_final=1e5, not 0."):
        ["the_flat_cosine_is_flat_for_three_quarters"],
    ("swa", "torch", "swa_lr is the constant rate itself, and is the same for all param groups unless a list is given."):
        ["swalr_takes_the_rate_itself"],
    ("linear_one_cycle", "optax", "phases of no step at all are merged, which mixes up the rates of the others."):
        ["the_straight_one_cycle_mixes_its_rates_up_where_a_phase_is_empty"],
    ("piecewise_constant", "optax", "each boundary has the factor by which the rate changes, not the rate."):
        ["piecewise_constants_take_factors"],
    ("piecewise_constant", "keras", "the rate changes one step after its boundary, and there is one value more than boundaries."):
        ["piecewise_constants_are_rates_and_change_one_step_late"],
    ("piecewise_linear", "optax",
        "the first point is at step 0, and each boundary has the factor by which the rate changes, not the rate."):
        ["interpolated_points_begin_at_0_and_have_factors"],
    ("piecewise_linear", "ignite", "milestones_values holds pairs, with the rates themselves."):
        ["points_are_pairs_with_the_rates_themselves"],
    ("piecewise_cosine", "optax",
        "the first point is at step 0, and each boundary has the factor by which the rate changes, not the rate."):
        ["interpolated_points_begin_at_0_and_have_factors"],
    ("piecewise_cosine", "fastai", "combined_cos has three points, given as parts of the run."):
        ["two_cosines_have_three_points"],
    ("repeat", "timm", "after cycle_limit cycles the rate is the floor."): ["cycles_shrink_the_peak_itself_and_come_to_an_end"],
    ("k_decay_polynomial", "timm", "PolyLRScheduler has power 0.5 by default."): ["polynomial_has_the_power_of_a_half"],
    ("tanh_decay", "timm", "the first update has the optimizer's own rate, which is exactly the peak."):
        ["the_tangent_begins_at_the_peak"],
    ("cosine_power", "optax", "alpha is the floor as a fraction of the peak, not a learning rate."):
        ["alpha_is_a_fraction_with_an_exponent_too"],
    ("greedy", "transformers",
     "after reset_start falls at min_lr, 500 by default, GreedyLR begins anew from its first learning rate."):
        ["greedy_begins_anew_after_many_falls_at_its_floor"],
    ("greedy", "transformers",
        "with smooth=True GreedyLR takes the mean of the last window_size metrics in place of the metric."):
        ["greedy_can_smooth_its_metrics"],
    ("plateau", "optax", "the bad metric number patience already cuts, and a cut is made however small."):
        ["plateau_cuts_one_metric_earlier_and_however_little"],
    ("plateau", "keras", "the bad metric number patience already cuts, and min_delta is an amount."):
        ["plateau_cuts_one_metric_earlier_and_measures_an_amount"],
    ("plateau", "timm", "mode is max by default, and the threshold is always relative."):
        ["plateau_wants_large_metrics_and_a_relative_threshold"],
}
STATED = [(card.formula.__name__, *seam) for cards in (CARDS, FOLDS) for card in cards.values() for seam in card.seams]
FILES = [path for path in sorted(Path(__file__).parent.glob("test_*.py")) if path.name != Path(__file__).name]


def seams_in(path):
    """Name -> the node of each test in the file, without importing its framework."""
    return {node.name: node for node in ast.parse(path.read_text()).body if isinstance(node,
        ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("seam", STATED, ids=lambda seam: f"{seam[0]}-{seam[1]}")
def test_what_a_card_states_has_a_test(seam):
    assert seam in SEAMS, f"no test in tests/seams is named for {seam}"
    known = seams_in(Path(__file__).with_name(f"test_{seam[1]}.py"))
    assert SEAMS[seam] and {f"test_{name}" for name in SEAMS[seam]} <= set(known)


def test_no_seam_is_left_of_a_card_that_states_it_no_more():
    assert set(SEAMS) <= set(STATED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_seam_is_one_sentence_of_plain_english(path):
    for name, node in seams_in(path).items():
        sentence = ast.get_docstring(node) or ""
        assert sentence.endswith(".") and "\n" not in sentence and 40 <= len(sentence) <= 122, name
        assert any(isinstance(part, (ast.Assert, ast.With)) for part in ast.walk(node)), f"{name} holds nothing"
