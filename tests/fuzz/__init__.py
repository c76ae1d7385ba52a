"""Bad input: whatever is sent to whatever address, the answer is a page, and nothing that was typed is lost.

`pages.py` reads forms out of pages, `world.py` holds an installation in which every form stands on some page and finds
all of them, `typed.py` makes up what is typed and `bodies.py` what is sent. `make fuzz` tries more than `make test`.
"""
