"""Who is written to, when, before an activity.

Moments are computed in the occurrence's wall-clock time; planning is idempotent and runs every minute.
"""
