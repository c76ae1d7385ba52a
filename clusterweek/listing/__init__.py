"""The one filter: pages, feeds, exports and the API ask here for what is public, the office for what it may see.

`filter.py` reads it from an address, `query.py` turns it into SQL, `outline.py` says which activity lies on which
day, `facets.py` counts, `load.py` loads, `columns.py` writes rows of a table, `kept.py` remembers answers.
"""
