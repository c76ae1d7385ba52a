"""How often somebody may ask: counters and waits in the database, shared by all web processes.

`counters.py` counts and refuses, `waits.py` slows down and locks nobody out. Who is meant is stored as a keyed hash.
"""
