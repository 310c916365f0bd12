"""Durations, distances in time and sizes, as the pages and the command line say them."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_SIZES = ("kB", "MB", "GB", "TB", "PB")


def duration_in_words(seconds: float) -> str:
    """ "120 ms", "4.2 s", "48 s", "3 min 05 s", "1 h 04 min", "3 days 4 h": two units at most, nothing below them."""
    seconds = max(0.0, seconds)
    if round(seconds * 1000) < 1000:
        return f"{round(seconds * 1000)} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole // _MINUTE, "min", whole % _MINUTE, "s")
    if whole < _DAY:
        return _two(whole // _HOUR, "h", whole % _HOUR // _MINUTE, "min")
    days, hours = whole // _DAY, whole % _DAY // _HOUR
    return _days(days) + (f" {hours} h" if hours else "")


def ago(seconds: float) -> str:
    """How long past: "just now", "48 s ago", "12 min ago", "3 h ago", "5 days ago"."""
    return "just now" if seconds < 1 else f"{roughly(seconds)} ago"


def until(seconds: float) -> str:
    """How far ahead: "now", "in 48 s", "in 2 h", "in 5 days"."""
    return "now" if seconds < 1 else f"in {roughly(seconds)}"


def size_in_words(size_bytes: int) -> str:
    """Decimal, as disks are sold: "0 B", "840 kB", "1.2 GB"."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    scaled = float(size_bytes)
    for unit in _SIZES:
        scaled /= 1000
        if scaled < 9.95:
            return f"{scaled:.1f}".removesuffix(".0") + f" {unit}"
        if scaled < 999.5 or unit == _SIZES[-1]:
            break
    return f"{scaled:,.0f} {unit}"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small:02d} {small_unit}" if small else "")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def roughly(seconds: float) -> str:
    """One unit, rounded down: "2 h" stays until the third is full."""
    whole = int(seconds)
    for unit, length in (("h", _HOUR), ("min", _MINUTE)):
        if length <= whole < _DAY:
            return f"{whole // length} {unit}"
    return _days(whole // _DAY) if whole >= _DAY else f"{whole} s"
