"""The fixed lists: Länder, technology fields, formats, modes, access, countries, languages, kinds of clusters, labels,
steps of the review.

`lists.py` answers from memory (files in `data/`); the tables in `models.py` hold the same codes
so that foreign keys can refuse a wrong one. `actions.fill` brings the tables up to date.
"""
