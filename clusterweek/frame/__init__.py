"""The frame of every page: brand, menu, language switch, sender line, legal pages; and the day strip.

It stands below the rooms whose pages it frames; what it must know of them is handed to `page.init_app`.
"""
