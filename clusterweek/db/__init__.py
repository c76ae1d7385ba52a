"""The database: one session, one unit of work, the types and the schema's steps.

`session.py` holds `db` and `unit_of_work`, `types.py` the column types, `sqlite.py` what
SQLite needs to be told, `numbers.py` and `alone.py` how numbers are given once and steps are taken by one process at a
time, `upgrades/` the numbered steps of the schema.
"""
