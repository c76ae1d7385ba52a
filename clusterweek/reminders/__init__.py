"""Reminders: who is written to, when, before an activity.

Moments are wall-clock times of the occurrence's own zone: "the day before at 09:00" stays 09:00 when the
clocks change. `plan.py` posts what is due, `rules.py` reckons, `ahead.py` tells attendees what they will get.
"""
