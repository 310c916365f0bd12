"""People: members of a platform, invitations to it, everybody."""

from django.http import HttpResponse
from ninja import Router, Status

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.ids import InvitationId, PlatformName, UserName
from capsulier.api.v2.shapes.people import (
    InvitationIn,
    InvitationOut,
    MemberIn,
    MemberOut,
    NewInvitation,
    PersonOut,
    PersonPatch,
)
from capsulier.api.v2.shapes.shape import Page
from capsulier.core.access import Action
from capsulier.services.change_person import change_person
from capsulier.services.finding import find_platform
from capsulier.services.invitations import invite, revoke_invitation
from capsulier.services.mail_invitation import try_to_mail
from capsulier.services.manager_address import manager_address
from capsulier.services.remove_member import remove_member
from capsulier.services.set_member import set_member
from capsulier.store.models import Membership
from capsulier.store.reads.people import read_invitations, read_members, read_people

router = Router(tags=["People"])
of_platform = Router(tags=["People"])


@of_platform.get("/members", response=Page[MemberOut])
def list_members(request: AskedRequest, name: PlatformName) -> Page[MemberOut]:
    """List the members of a platform. For its administrators."""
    platform = find_platform(request.auth, name, Action.ADMINISTER)
    return Page(items=[MemberOut.of(each) for each in read_members(platform.pk)], next=None)


@of_platform.put("/members/{username}", response=MemberOut)
def put_member(request: AskedRequest, name: PlatformName, username: UserName, body: MemberIn) -> MemberOut:
    """Make a person a member, or change their role."""
    membership = set_member(request.auth, name, username, body.role)
    return MemberOut.of(Membership.objects.select_related("user").get(id=membership.pk))


@of_platform.delete("/members/{username}", response={204: None})
def delete_member(request: AskedRequest, name: PlatformName, username: UserName) -> Status[None]:
    """Take a person out of a platform. What they have made stays."""
    remove_member(request.auth, name, username)
    return Status(204, None)


@of_platform.get("/invitations", response=Page[InvitationOut])
def list_invitations(request: AskedRequest, name: PlatformName) -> Page[InvitationOut]:
    """List the invitations that were not used yet, expired ones too."""
    platform = find_platform(request.auth, name, Action.ADMINISTER)
    return Page(items=[InvitationOut.of(each) for each in read_invitations(platform.pk)], next=None)


@of_platform.post("/invitations", response={201: NewInvitation})
def create_invitation(
    request: AskedRequest, name: PlatformName, body: InvitationIn, response: HttpResponse
) -> Status[NewInvitation]:
    """Invite whoever opens a link, once. Its address is in this answer only."""
    invitation, key = invite(request.auth, name, body.role, email=body.email, days=body.days)
    base = manager_address() or f"{request.scheme}://{request.get_host()}"
    url = f"{base}/invitation/{key}"
    response.headers["Cache-Control"] = "no-store"
    told = InvitationOut.of(invitation).model_dump()
    return Status(201, NewInvitation(**told, url=url, mailed=not try_to_mail(invitation, url)))


@of_platform.delete("/invitations/{int:invitation_id}", response={204: None})
def delete_invitation(request: AskedRequest, name: PlatformName, invitation_id: InvitationId) -> Status[None]:
    """Revoke an invitation: its link works no more."""
    revoke_invitation(request.auth, name, invitation_id)
    return Status(204, None)


@router.get("", response=Page[PersonOut])
def list_people(request: AskedRequest) -> Page[PersonOut]:
    """List everybody who has an account. For administrators of the installation."""
    request.auth.require_installation()
    return Page(items=[PersonOut.of(each) for each in read_people()], next=None)


@router.patch("/{username}", response=PersonOut)
def edit_person(request: AskedRequest, username: UserName, body: PersonPatch) -> PersonOut:
    """Keep a person out or let them in, also who has lost their second factor; make them an administrator of the
    installation, or not."""
    person = change_person(
        request.auth,
        username,
        is_active=body.is_active,
        is_superuser=body.is_administrator,
        without_second_factor=body.has_second_factor is False,
    )
    return PersonOut.of(person)
