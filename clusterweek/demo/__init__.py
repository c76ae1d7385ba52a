"""The demo edition: a whole cluster week, invented, the same on every machine.

`offers.py` draws up the activities with exact shares, `schedule.py` their dates, `words.py` their texts, `special.py`
the rare cases, `attendees.py` the registrations; `actions.py` writes all of it, `purge.py` takes it out again.
"""
