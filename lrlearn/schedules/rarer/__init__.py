"""The schedules that are met less often, one kin a file. Import the formulas from ``lrlearn``."""
