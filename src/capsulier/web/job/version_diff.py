"""Two versions of a job side by side: what differs, and the files of their packages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capsulier.core.wording import duration_in_words, size_in_words
from capsulier.packages.contents import Contents, list_contents
from capsulier.packages.storage import package_path
from capsulier.store.models import Package, Version
from capsulier.web.job.text_diff import Piece, diff_words


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class FileChange:
    name: str
    before: int | None
    after: int | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "new"
        return "gone" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class VersionDiff:
    command: Sequence[Piece]
    has_other_command: bool
    facts: Sequence[Fact]
    files: Sequence[FileChange]
    like_files: int
    """Files with the same name and size in both packages."""
    files_words: str
    """Where the files are not compared: why."""


def diff_versions(before: Version, after: Version) -> VersionDiff:
    files, like, words = _diff_files(before.package, after.package)
    return VersionDiff(
        command=diff_words(before.command, after.command),
        has_other_command=before.command != after.command,
        facts=list(_facts(before, after)),
        files=files,
        like_files=like,
        files_words=words,
    )


def list_package(package: Package | None) -> Contents | None:
    return list_contents(package_path(package.sha256), package.name) if package else None


def limits_words(version: Version) -> str:
    """ "timeout 10 min, 512 MB, 2 CPUs"."""
    parts = [
        f"timeout {duration_in_words(version.timeout_s)}" if version.timeout_s else "",
        f"{version.memory_mb:,} MB" if version.memory_mb else "",
        f"{version.cpus:g} CPU{'' if version.cpus == 1 else 's'}" if version.cpus else "",
    ]
    return ", ".join(part for part in parts if part)


def _facts(before: Version, after: Version) -> Iterator[Fact]:
    for label, of in (
        ("Package", _package_words),
        ("Runtime", lambda version: version.runtime or "none"),
        ("Timeout", lambda version: duration_in_words(version.timeout_s) if version.timeout_s else "none"),
        ("Memory limit", lambda version: f"{version.memory_mb:,} MB" if version.memory_mb else "none"),
        ("CPU limit", lambda version: f"{version.cpus:g}" if version.cpus else "none"),
        ("Release note", lambda version: version.note or "none"),
    ):
        yield Fact(label, of(before), of(after))


def _package_words(version: Version) -> str:
    package = version.package
    return f"{package.name}, {size_in_words(package.size_bytes)}, {package.sha256[:8]}" if package else "none"


def _diff_files(before: Package | None, after: Package | None) -> tuple[list[FileChange], int, str]:
    if before is None and after is None:
        return [], 0, ""
    if before and after and before.sha256 == after.sha256:
        return [], 0, "Both have the same package."
    old, new = list_package(before), list_package(after)
    if (before and old is None) or (after and new is None):
        return [], 0, "The files cannot be compared: a package is no archive that can be listed."
    was, now = old.files if old else {}, new.files if new else {}
    changes = [
        FileChange(name, was.get(name), now.get(name))
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name)
    ]
    is_cut = (old and old.is_cut) or (new and new.is_cut)
    words = "Only the first files of each package were compared." if is_cut else ""
    return changes, len({*was.items()} & {*now.items()}), words
