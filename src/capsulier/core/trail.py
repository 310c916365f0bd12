"""What the audit trail tells of."""

from enum import StrEnum


class Subject(StrEnum):
    """What was changed, run, stopped or entered."""

    JOB = "job"
    VERSION = "version"
    EXECUTION = "execution"
    VARIABLE = "variable"
    MEMBER = "member"
    PERSON = "person"
    TOKEN = "token"  # noqa: S105  # the word
    PLATFORM = "platform"
    SETTING = "setting"
    SIGN_IN = "sign-in"
    CHANNEL = "channel"
    PACKAGE = "package"
    TRAIL = "trail"
    """The trail itself: who removed what was too old."""
