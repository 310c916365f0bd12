"""Letting in whom a link names: without a password, and without a second factor."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from capsulier.services.note_sign_in import note_sign_in
from capsulier.store.models import User


def enter(request: HttpRequest, user: User, *, how: str) -> None:
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    UserSession.objects.create_from_request(request)
    note_sign_in(user, request.META, how=how)
