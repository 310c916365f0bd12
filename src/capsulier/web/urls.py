"""Every address of the Manager: a line per page family."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("capsulier.web.activity.urls")),
    path("", include("capsulier.web.administration.urls")),
    path("", include("capsulier.web.alerts.urls")),
    path("", include("capsulier.web.audit.urls")),
    path("", include("capsulier.web.board.urls")),
    path("", include("capsulier.web.capsules.urls")),
    path("", include("capsulier.web.files.urls")),
    path("", include("capsulier.web.invitation.urls")),
    path("", include("capsulier.web.job.urls")),
    path("", include("capsulier.web.job_actions.urls")),
    path("", include("capsulier.web.job_forms.urls")),
    path("", include("capsulier.web.limits.urls")),
    path("", include("capsulier.web.mute.urls")),
    path("", include("capsulier.web.palette.urls")),
    path("", include("capsulier.web.logs.urls")),
    path("", include("capsulier.web.people.urls")),
    path("", include("capsulier.web.platforms.urls")),
    path("", include("capsulier.web.sign_in.urls")),
    path("", include("capsulier.web.tokens.urls")),
    path("", include("capsulier.web.trash.urls")),
    path("", include("capsulier.web.variables.urls")),
]
