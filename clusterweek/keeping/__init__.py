"""What a browser has typed or is to be told, kept for it: the cookie holds random numbers, the rows their hashes.

`browser.py` knows the numbers in the cookie, `actions.py` the rows, `inputs.py` forms whose login had ended, `said.py`
sentences for the next page, `once.py` forms that make something new and may do so once.
"""
