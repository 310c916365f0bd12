"""A package on the wire."""

from capsulier.api.v2.shapes.shape import Page, Shape
from capsulier.store.models import Package


class PackageOut(Shape):
    id: int
    """Name it as `package` when making a job or a version."""
    name: str
    sha256: str
    size_bytes: int

    @classmethod
    def of(cls, row: Package) -> "PackageOut":
        return cls(id=row.pk, name=row.name, sha256=row.sha256, size_bytes=row.size_bytes)


class PackageFileOut(Shape):
    path: str
    """In the package."""
    size_bytes: int
    """Unpacked."""


class PackageFiles(Page[PackageFileOut]):
    is_cut: bool
    """There are more than are listed."""
