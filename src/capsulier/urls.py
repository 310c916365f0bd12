"""Every address of the product: pages, API, metrics."""

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

from capsulier.api.metrics import show_metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("metrics", show_metrics),
    path("api/", include("capsulier.api.v2.urls")),
    path("", include("capsulier.web.urls")),
    # Loaded when an address is none of those above: its libraries take a third of a second.
    URLResolver(RoutePattern(""), "capsulier.web.account.urls"),
]
handler404 = "capsulier.web.base.refusals.not_found"
handler500 = "capsulier.web.base.refusals.failed"
handler400 = "capsulier.web.base.refusals.malformed"
