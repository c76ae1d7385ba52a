"""Each number of the overview and what the list behind it says."""

import re
from typing import Any

from tests.browse import checked, text_of


def of_overview(client: Any, address: str) -> list[tuple[str, str]]:
    """(words, address) of each number, "12 published": first the figures, then the table."""
    found = checked(client.get(address))
    links = [
        link
        for part in (*found.all("ul", class_="cw-counts"), *found.all("table", class_="of-matrix"))
        for link in part.iter("a")
    ]
    # A number and what it counts are set one above the other, with nothing between them.
    said = [re.sub(r"^([\d.,]+) ?", r"\1 ", text_of(link)).strip() for link in links]
    return list(zip(said, (link.get("href", "") for link in links), strict=True))


def unlinked(client: Any, address: str) -> list[str]:
    """Numbers of the overview that lead nowhere."""
    found = checked(client.get(address))
    cells = [cell for part in found.all("table", class_="of-matrix") for cell in part.iter("td")]
    cells += [item for part in found.all("ul", class_="cw-counts") for item in part.iter("li")]
    return [text_of(cell) for cell in cells if not list(cell.iter("a")) and text_of(cell) != "–"]


def said_by_list(client: Any, address: str) -> str:
    """What the list there says of its length, in English."""
    html = client.get(address).get_data(as_text=True)
    found = re.search(r'<p role="status">(.*?)</p>', html, re.S) or re.search(
        r'<h1>Review list</h1>\s*<p class="cw-muted">(.*?)</p>', html, re.S
    )
    return " ".join(found[1].split()) if found else "0 submitted"


def agree(words: str, said: str) -> bool:
    """Whether the list says the number, whatever else it says."""
    number, _space, what = words.partition(" ")
    if "overdue" in what:
        late = what.split()[-2]
        return said.startswith(f"{number} submitted, {late} longer than")
    if what.startswith(("places", "registrations")):
        return f" · {words} · " in f"{said} · "
    return re.match(rf"{re.escape(number)} (activit|submitted)", said) is not None
