"""People: members and their roles, invitations, who is kept out; nobody locks the last administrator out."""

from datetime import timedelta

import pytest

from capsulier.core.access import Actor, Role
from capsulier.core.errors import Invalid, NameTaken, NotAllowed, NotFound, NotSignedIn
from capsulier.services.change_person import change_person
from capsulier.services.drafts import utc_now
from capsulier.services.identity import actor_of_key, actor_of_user, administrator, create_token
from capsulier.services.invitations import NewPerson, accept_as_new, invite, join, read_invitation, revoke_invitation
from capsulier.services.remove_member import remove_member
from capsulier.services.set_member import set_member
from capsulier.store.models import Change, Invitation, Membership, User
from tests.builders import make_actor, make_platform, make_user

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ANA = NewPerson("ana", "correct horse battery", "Ana", "Bell")


def chief(name: str = "chief") -> Actor:
    user, _ = User.objects.get_or_create(username=name, defaults={"is_superuser": True})
    return actor_of_user(user)


def role_of(username: str) -> str | None:
    membership = Membership.objects.filter(user__username=username).first()
    return membership.role if membership else None


def trail() -> list[tuple[str, str]]:
    return list(Change.objects.order_by("id").values_list("name", "verb"))


class TestMembers:
    def test_are_added_changed_and_removed_by_an_administrator(self) -> None:
        admin = make_actor(Role.ADMINISTRATOR)
        make_user("ana", None)
        set_member(admin, "main", "ana", Role.VIEWER)
        set_member(admin, "main", "ana", Role.EDITOR)
        set_member(admin, "main", "ana", Role.EDITOR)
        assert role_of("ana") == "editor"
        remove_member(admin, "main", "ana")
        assert role_of("ana") is None
        assert trail() == [("ana", "added"), ("ana", "changed role"), ("ana", "removed")]

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.EDITOR])
    def test_are_nobody_elses_to_choose(self, role: Role) -> None:
        actor = make_actor(role)
        for deed in (
            lambda: set_member(actor, "main", role.value, Role.ADMINISTRATOR),
            lambda: remove_member(actor, "main", role.value),
            lambda: invite(actor, "main", Role.ADMINISTRATOR),
        ):
            with pytest.raises(NotAllowed):
                deed()
        assert role_of(role.value) == role

    def test_of_another_platform_are_out_of_reach(self) -> None:
        admin = make_actor(Role.ADMINISTRATOR)
        make_user("bo", Role.VIEWER, make_platform("other"))
        for deed in (
            lambda: set_member(admin, "other", "bo", Role.EDITOR),
            lambda: remove_member(admin, "other", "bo"),
            lambda: remove_member(admin, "main", "bo"),
        ):
            with pytest.raises(NotFound):
                deed()

    @pytest.mark.parametrize("name", ["nobody", "gone", "a\0b", ""])
    def test_have_an_account_that_is_active(self, name: str) -> None:
        User.objects.create(username="gone", is_active=False)
        with pytest.raises(Invalid) as refused:
            set_member(make_actor(Role.ADMINISTRATOR), "main", name, Role.VIEWER)
        assert refused.value.field == "username"

    def test_keep_their_last_administrator(self) -> None:
        admin = make_actor(Role.ADMINISTRATOR)
        for deed in (
            lambda: remove_member(admin, "main", "administrator"),
            lambda: set_member(admin, "main", "administrator", Role.VIEWER),
        ):
            with pytest.raises(Invalid, match="last administrator"):
                deed()
        User.objects.create(username="away", is_active=False)
        Membership.objects.create(
            user=User.objects.get(username="away"), platform=make_platform(), role=Role.ADMINISTRATOR.value
        )
        with pytest.raises(Invalid, match="last administrator"):
            remove_member(admin, "main", "administrator")
        make_user("second", Role.ADMINISTRATOR)
        remove_member(admin, "main", "administrator")
        remove_member(chief(), "main", "second")  # who can name another at any time
        assert not Membership.objects.filter(user__is_active=True).exists()


class TestTheInstallation:
    def test_keeps_its_last_administrator(self) -> None:
        boss = chief()
        for changes in ({"is_active": False}, {"is_superuser": False}):
            with pytest.raises(Invalid, match="last administrator"):
                change_person(boss, "chief", **changes)
        chief("second")
        change_person(boss, "chief", is_superuser=False)
        with pytest.raises(Invalid, match="last administrator"):
            change_person(actor_of_user(User.objects.get(username="second")), "second", is_active=False)

    def test_is_governed_by_its_administrators_only(self) -> None:
        make_user("ana")
        for role in (*Role, None):
            with pytest.raises(NotAllowed):
                change_person(make_actor(role), "ana", is_superuser=True)
        assert not User.objects.filter(is_superuser=True).exists()

    def test_shuts_out_who_is_deactivated_and_their_tokens(self) -> None:
        key = create_token(make_user("ana"), "ci", Role.VIEWER)
        change_person(chief(), "ana", is_active=False)
        with pytest.raises(NotSignedIn):
            actor_of_key(key)
        change_person(chief(), "ana", is_active=True)
        assert actor_of_key(key).name == "ana"
        assert role_of("ana") == "editor"

    def test_does_not_let_a_deactivated_administrator_back_in_by_the_machines_key(self) -> None:
        first = administrator()
        User.objects.filter(id=first.pk).update(is_active=False)
        second = administrator()
        assert second.is_superuser
        assert second.is_active
        assert (second.username, administrator()) == ("admin-2", second)
        first.refresh_from_db()
        assert not first.is_active

    def test_does_not_promote_an_admin_who_was_dismissed(self) -> None:
        User.objects.create(username="admin")
        assert administrator().username == "admin-2"
        assert not User.objects.get(username="admin").is_superuser


class TestAnInvitation:
    def test_makes_a_new_person_a_member_once(self) -> None:
        _, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.OPERATOR, email="ana@example.org")
        user = accept_as_new(key, ANA)
        assert (user.check_password("correct horse battery"), role_of("ana")) == (True, "operator")
        with pytest.raises(NotSignedIn):
            accept_as_new(key, NewPerson("bo", "correct horse battery"))
        assert not User.objects.filter(username="bo").exists()
        assert trail() == [("ana@example.org", "invited"), ("ana", "joined")]

    def test_is_not_kept_in_a_form_that_lets_anybody_in(self) -> None:
        invitation, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.VIEWER)
        assert key not in str(Invitation.objects.filter(id=invitation.pk).values())
        assert key not in str(list(Change.objects.values()))

    def test_makes_nobody_less_than_they_are(self) -> None:
        _, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.VIEWER)
        join(key, make_user("ana", Role.EDITOR))
        assert role_of("ana") == "editor"
        _, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.ADMINISTRATOR)
        join(key, User.objects.get(username="ana"))
        assert role_of("ana") == "administrator"

    def test_ends_by_time_by_revoking_and_with_its_platform(self) -> None:
        admin = make_actor(Role.ADMINISTRATOR)
        expired, key = invite(admin, "main", Role.VIEWER)
        Invitation.objects.filter(id=expired.pk).update(expires_at=utc_now() - timedelta(seconds=1))
        revoked, other_key = invite(admin, "main", Role.VIEWER)
        revoke_invitation(admin, "main", revoked.pk)
        platform = make_platform("other")
        _, third_key = invite(chief(), "other", Role.VIEWER)
        platform.archived_at = utc_now()
        platform.save()
        for each in (key, other_key, third_key, "", "made up"):
            with pytest.raises(NotSignedIn):
                read_invitation(each)
            with pytest.raises(NotSignedIn):
                join(each, make_user("ana", None))

    def test_is_not_another_platforms_to_revoke(self) -> None:
        invitation, _ = invite(chief(), make_platform("other").name, Role.VIEWER)
        with pytest.raises(NotFound):
            revoke_invitation(make_actor(Role.ADMINISTRATOR), "main", invitation.pk)

    @pytest.mark.parametrize("name", ["ana", "ANA"])
    def test_wants_a_name_that_nobody_has(self, name: str) -> None:
        make_user("ana", None)
        _, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.VIEWER)
        with pytest.raises(NameTaken):
            accept_as_new(key, NewPerson(name, "correct horse battery"))
        assert read_invitation(key)

    @pytest.mark.parametrize("password", ["", "short", "password123", "ana-bell-1"])
    def test_wants_a_password_that_is_not_guessed_at_once(self, password: str) -> None:
        _, key = invite(make_actor(Role.ADMINISTRATOR), "main", Role.VIEWER)
        with pytest.raises(Invalid) as refused:
            accept_as_new(key, NewPerson("ana-bell", password))
        assert refused.value.field == "password"
        assert not User.objects.filter(username="ana-bell").exists()

    @pytest.mark.parametrize(("email", "days"), [("nowhere", 7), ("a@b.c\nBcc: d@e.f", 7), ("", 0), ("", 91)])
    def test_has_an_address_and_an_end_that_make_sense(self, email: str, days: int) -> None:
        with pytest.raises(Invalid):
            invite(make_actor(Role.ADMINISTRATOR), "main", Role.VIEWER, email=email, days=days)
