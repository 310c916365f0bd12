"""A network of its own for one node, which can be cut off and healed."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass
class FarNetwork:
    """A network namespace behind a pair of virtual cards."""

    name: str
    here: str
    """Our address in it."""
    there: str
    """The node's."""

    @property
    def enter(self) -> list[str]:
        """What a command begins with that is to run there. (`ip netns exec` would take its cgroups from it.)"""
        return ["nsenter", f"--net=/run/netns/{self.name}"]

    def cut(self) -> None:
        _ip("link", "set", f"{self.name}h", "down")

    def heal(self) -> None:
        _ip("link", "set", f"{self.name}h", "up")


@contextmanager
def far_network() -> Iterator[FarNetwork]:
    number = secrets.randbelow(250) + 1
    network = FarNetwork(f"c{os.getpid() % 100000}n{number}", f"10.213.{number}.1", f"10.213.{number}.2")
    name, ours, theirs = network.name, f"{network.name}h", f"{network.name}t"
    try:
        _ip("netns", "add", name)
        _ip("link", "add", ours, "type", "veth", "peer", "name", theirs)
        _ip("link", "set", theirs, "netns", name)
        _ip("addr", "add", f"{network.here}/24", "dev", ours)
        _ip("link", "set", ours, "up")
        _ip("-n", name, "addr", "add", f"{network.there}/24", "dev", theirs)
        _ip("-n", name, "link", "set", theirs, "up")
        _ip("-n", name, "link", "set", "lo", "up")
        yield network
    finally:
        for words in (("link", "del", ours), ("netns", "del", name)):
            with suppress(subprocess.CalledProcessError):
                _ip(*words)


def can_make_networks() -> bool:
    """Only root may, and not in every container."""
    if shutil.which("ip") is None:
        return False
    try:
        with far_network():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
