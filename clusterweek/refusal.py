"""Refusal: the program says no, with a sentence for people."""


class Refusal(Exception):
    """A wish that cannot be granted; `str(refusal)` is the sentence, already in the reader's language. A page may have
    its own `title`.

    One place (`web/problems.py`) turns it into a page, or into one line for machines; `__main__` prints it.
    """

    def __init__(self, sentence: str, *, status: int = 409, title: str | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.title = title
