"""Who changed what and when: ids and harmless values only, never names or addresses.

Actions call `record.note(...)` inside their transaction, with one of the verbs of `verbs.py`; the desks read it back.
"""
