"""Addresses of pages that are about a platform, not about a job."""

from urllib.parse import urlencode


def in_platform(path: str, platform: str) -> str:
    """The address with the platform's name in it; as it is where there is no need to name one."""
    if not platform:
        return path
    before, mark, fragment = path.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{urlencode({'platform': platform})}{mark}{fragment}"
