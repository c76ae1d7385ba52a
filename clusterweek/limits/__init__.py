"""How often somebody may ask: counters in the database, shared by all web processes.

`counters.py` counts; who is counted is stored only as a keyed hash.
"""
