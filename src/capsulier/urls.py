"""Every address of the product: pages, API."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("capsulier.web.urls")),
]
handler404 = "capsulier.web.base.refusals.not_found"
