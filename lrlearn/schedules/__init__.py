"""Every schedule: one formula and its card, one family a file. Import the formulas from ``lrlearn``."""
