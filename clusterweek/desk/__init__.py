"""The frames of both desks, the programme office's and a cluster's, and what the person who works there may see.

They stand below the rooms whose pages they frame: a room extends `desk/office.html` or `desk/cluster.html` and hands in
a `Tab`. Nothing is added here or in `organiser/` for it.
"""
