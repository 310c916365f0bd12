"""Two versions of a job side by side: what differs, and the files of their packages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capsulier.core.wording import duration_in_words, size_in_words
from capsulier.packages.contents import Contents
from capsulier.services.package_files import contents_of
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
    """Files that are the same in both packages, as far as can be told."""
    files_words: str
    """Where not all files were compared: why."""


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
    old, new = (contents_of(each) if each else Contents({}) for each in (before, after))
    like = {name for name in old.files if _is_like(old, new, name)}
    names = sorted({*old.files, *new.files} - like)
    changes = [FileChange(name, old.files.get(name), new.files.get(name)) for name in names]
    is_cut = old.is_cut or new.is_cut
    return changes, len(like), "Only the first files of each package were compared." if is_cut else ""


def _is_like(old: Contents, new: Contents, name: str) -> bool:
    """Of the same size in both, and of the same content where that can be told."""
    checksums = {contents.checksums[name] for contents in (old, new) if name in contents.checksums}
    return old.files[name] == new.files.get(name) and len(checksums) < 2
