"""Printing: what typst sets becomes an accessible PDF, whatever people typed. Knows nobody.

`press.py` hands a template and its data to `typesetter.py`, a program of its own. A template lies in the room whose
paper it is; `texts.py` makes blocks for it of what people write, `shelf.py` keeps what was printed.
"""
