"""Problem details, RFC 9457: what an answer says that is not the one asked for."""

from capsulier.api.v2.shapes.shape import Shape


class FieldError(Shape):
    field: str | None
    """The field of the request, dots between the parts of its path."""
    code: str
    detail: str


class Problem(Shape):
    type: str
    """`urn:capsulier:problem:` and the code."""
    title: str
    status: int
    detail: str
    """A sentence for a person: what is wrong, with the value, and what to do."""
    code: str
    """Stable; for programs."""
    errors: list[FieldError]
    """What is wrong with which field; empty where it is not about a field."""
