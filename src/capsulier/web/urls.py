"""Every address of the Manager: a line per page family."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("capsulier.web.sign_in.urls")),
]
