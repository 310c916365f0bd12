"""One class per thing a reader can act on: a stable code, the sentence, the field it belongs to.

Pages show the sentence at the field, the API wraps it in RFC 9457 problem details, the command line prints it as one
line and exits with 1. A refused request has changed nothing.
"""

from typing import ClassVar


class CapsulierError(Exception):
    """Base of everything we refuse. `status` is the HTTP status that says the same."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "Refused"
    status: ClassVar[int] = 409

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Invalid(CapsulierError):
    """A value that cannot be used; `field` names where it was given."""

    code, title, status = "invalid", "Not a usable value", 422


class InvalidFields(Invalid):
    """Several values at once, so that a form can mark each of them."""

    def __init__(self, errors: list[CapsulierError]) -> None:
        super().__init__(" ".join(error.sentence for error in errors), field=errors[0].field)
        self.errors = errors


class NameTaken(CapsulierError):
    code, title = "name_taken", "The name is taken"


class NotFound(CapsulierError):
    """It is not there, or not yours: the answer is the same."""

    code, title, status = "not_found", "Not found", 404


class NotAllowed(CapsulierError):
    code, title, status = "not_allowed", "Your role does not allow this", 403


class NotSignedIn(CapsulierError):
    code, title, status = "not_signed_in", "Sign in first", 401


class AlreadyEnded(CapsulierError):
    code, title = "already_ended", "The execution has already ended"


class NothingToStop(CapsulierError):
    code, title = "nothing_to_stop", "Nothing of this job is running or waiting"


class TooManyAttempts(CapsulierError):
    """Tried too often; `wait_s` from now on it is looked at again."""

    code, title, status = "too_many_attempts", "Too many attempts", 429

    def __init__(self, sentence: str, *, wait_s: int) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class Stale(CapsulierError):
    """Somebody else saved in between; nothing was overwritten."""

    code, title, status = "stale", "Somebody was faster", 412


class TooLarge(CapsulierError):
    code, title, status = "too_large", "The file is too large", 413


class UploadCutOff(CapsulierError):
    code, title, status = "upload_cut_off", "The upload was cut off", 400


class StorageFull(CapsulierError):
    code, title, status = "storage_full", "The disk is full", 507


class DatabaseAway(CapsulierError):
    code, title, status = "database_away", "The database does not answer", 503


class Broken(CapsulierError):
    """A fault of our own; the sentence says nothing of its inside."""

    code, title, status = "internal", "Something went wrong", 500


class JobDeleted(CapsulierError):
    code, title = "job_deleted", "The job is in the trash"


class PlatformArchived(CapsulierError):
    code, title = "platform_archived", "The platform is archived"


class MissingTool(CapsulierError):
    """What a capsule needs is not on this machine; says what to install."""

    code, title = "missing_tool", "A tool is missing"


class CannotBeRead(CapsulierError):
    """A file that is there, and that nobody can look into: damaged, encrypted, packed in an unknown way."""

    code, title, status = "cannot_be_read", "The file cannot be read", 422


class LogGone(CapsulierError):
    code, title, status = "log_gone", "The log is no longer kept", 410
