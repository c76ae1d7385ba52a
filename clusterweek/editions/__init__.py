"""A cluster week or an annual conference: its days, deadlines, guest countries, archive highlights.

The archive's editions (2014-2022) carry sources and a counting rule instead of activities.
"""
