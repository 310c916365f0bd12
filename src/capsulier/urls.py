"""Every address of the product: pages, API, metrics."""

from django.urls import URLPattern, URLResolver, include, path

from capsulier.api.metrics import show_metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics", show_metrics),
    path("api/", include("capsulier.api.v2.urls")),
    path("", include("capsulier.web.urls")),
]
handler404 = "capsulier.web.base.refusals.not_found"
handler500 = "capsulier.web.base.refusals.failed"
handler400 = "capsulier.web.base.refusals.malformed"
