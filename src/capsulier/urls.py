"""Every address of the product: pages, API."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("capsulier.api.v2.urls")),
    path("", include("capsulier.web.urls")),
]
handler404 = "capsulier.web.base.refusals.not_found"
handler500 = "capsulier.web.base.refusals.failed"
handler400 = "capsulier.web.base.refusals.malformed"
