"""The database: one session, one unit of work, the types and the schema's steps.

`session.py` holds `db` and `unit_of_work`, `types.py` the column types, `sqlite.py` what
SQLite needs to be told, `upgrades/` the numbered steps of the schema.
"""
