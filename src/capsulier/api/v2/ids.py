"""What stands in addresses."""

from typing import Annotated, TypeAlias

from ninja import Path

JobId: TypeAlias = Annotated[int, Path()]
VersionNumber: TypeAlias = Annotated[int, Path()]
PlatformName: TypeAlias = Annotated[str, Path()]
UserName: TypeAlias = Annotated[str, Path()]
InvitationId: TypeAlias = Annotated[int, Path()]
TokenId: TypeAlias = Annotated[int, Path()]
ExecutionId: TypeAlias = Annotated[int, Path()]
PlacementNumber: TypeAlias = Annotated[int, Path()]
FileNumber: TypeAlias = Annotated[int, Path()]
