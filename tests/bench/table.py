"""One line per measure: what, size, ours, yardstick in the same run, ratio, what was promised."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """`ours` and `yardstick` with their unit; `promise` in words, and whether it was kept (None: nothing promised)."""

    what: str
    size: str
    ours: str
    yardstick: str
    ratio: str
    promise: str = ""
    kept: bool | None = None

    def __str__(self) -> str:
        sign = {True: "kept", False: "NOT KEPT", None: ""}[self.kept]
        cells = f"{self.what:<52} {self.size:>7} {self.ours:>16} {self.yardstick:>32} {self.ratio:>6}"
        return f"{cells}  {self.promise} {sign}".rstrip()


HEADING = Line("what", "size", "ours", "yardstick", "ratio", "promise")


def interleaved(runs: int, *measures: Callable[[], float]) -> list[float]:
    """The median of each measure, all of them once per round: what slows the machine down slows all of them."""
    found: list[list[float]] = [[] for _measure in measures]
    for _run in range(runs):
        for kept, measure in zip(found, measures, strict=True):
            kept.append(measure())
    return [median(values) for values in found]


def against(
    what: str, size: str, ours: float, yardstick: float, *, unit: str, by: str, at_least: float | None = None
) -> Line:
    """A rate against a rate."""
    ratio = ours / yardstick
    return Line(
        what,
        size,
        f"{ours:,.0f} {unit}",
        f"{by} {yardstick:,.0f} {unit}",
        f"{ratio:.2f}",
        f"at least {at_least}" if at_least is not None else "",
        None if at_least is None else ratio >= at_least,
    )


def below(what: str, size: str, ours: float, limit: float, *, unit: str, digits: int = 0) -> Line:
    """A figure that must stay under a limit."""
    return Line(what, size, f"{ours:,.{digits}f} {unit}", "", "", f"under {limit:g} {unit}", ours < limit)
