"""Who changed what and when: ids and harmless values only, never names or addresses.

Actions call `record.note(...)` inside their transaction; the desks read it back.
"""
