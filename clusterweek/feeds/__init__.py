"""The programme as feeds: one calendar per edition, one of all, one per activity, and a table.

`versions.py` asks the one small question that an unchanged feed costs, `entries.py` finds and renders what stands in a
calendar, `ical.py` binds it, `answers.py` speaks HTTP. Feed routes never read the session.
"""
