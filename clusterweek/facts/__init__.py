"""The archive: what is known of the editions from 2014 to 2022, with sources and counting rules.

`data/editions.json` holds facts in our own words; `actions.load` brings them into the database,
and again whenever the shipped facts have changed.
"""
