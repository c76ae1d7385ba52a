"""What a visitor sees: the start page, the programme, activities, clusters, partner countries, the archive.

The frame of every page is `frame/`; a page's data is put together beside its views. No page here
knows who is logged in, and none writes.
"""
