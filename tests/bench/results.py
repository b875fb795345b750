"""The results of benchmarks: the seconds of our program and of its peer, measured in turns."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

TimedCall = Callable[[], float]
"""Does something once and returns the seconds that it took."""


class WrongResult(Exception):
    """The measured program gave a wrong result, so its time means nothing."""


@dataclass(frozen=True, kw_only=True)
class BenchmarkResult:
    """The result of a benchmark: the seconds of each turn, of ours and of the peer, and the limit of the ratio.

    `most_mb` is the peak memory of ours, `most_mb_allowed` its limit; both are 0 where memory is not measured.
    """

    name: str
    peer: str
    ours_s: list[float]
    peer_s: list[float]
    most: float
    most_mb: float = 0.0
    most_mb_allowed: float = 0.0
    more: dict[str, float] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """The ratio of each turn."""
        return [ours / peer for ours, peer in zip(self.ours_s, self.peer_s, strict=True)]

    def as_json(self) -> dict[str, object]:
        """Return the figure as the JSON document has it."""
        return {
            "name": self.name,
            "peer": self.peer,
            "ours_s": round(statistics.median(self.ours_s), 4),
            "peer_s": round(statistics.median(self.peer_s), 4),
            "ratio": round(statistics.median(self.ratios), 3),
            "ratio_min": round(min(self.ratios), 3),
            "ratio_max": round(max(self.ratios), 3),
            "at_most": self.most,
            "peak_mb": round(self.most_mb),
            "peak_mb_at_most": self.most_mb_allowed,
            **self.more,
        }


def run_in_turns(ours: TimedCall, peer: TimedCall, turns: int) -> tuple[list[float], list[float]]:
    """Run both alternately, so that a slow moment of the machine affects both."""
    measured = [(peer(), ours()) for _turn in range(turns)]
    return [ours_s for _peer_s, ours_s in measured], [peer_s for peer_s, _ours_s in measured]


HEADINGS = ("measure", "ours", "peer", "ratio", "spread", "at most", "peak memory")


def table(figures: list[BenchmarkResult]) -> str:
    """Return the figures as the Markdown table of the speed in tests/README.md."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    for figure in figures:
        found = figure.as_json()
        memory = f"{found['peak_mb']} MB of {figure.most_mb_allowed:.0f}" if figure.most_mb else ""
        cells = (
            f"{figure.name}, beside {figure.peer}",
            f"{found['ours_s']:,.4g} s",
            f"{found['peer_s']:,.4g} s",
            f"{found['ratio']:.4g}",
            f"{found['ratio_min']:.4g} to {found['ratio_max']:.4g}",
            f"{figure.most:g}",
            memory,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
