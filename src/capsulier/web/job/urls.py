from django.urls import path

from capsulier.web.job import overview

app_name = "job"
urlpatterns = [
    path("jobs/<int:job_id>", overview.show_overview, name="overview"),
    path("jobs/<int:job_id>/news", overview.show_news, name="news"),
    path("jobs/<int:job_id>/head", overview.show_head, name="head"),
    path("jobs/<int:job_id>/run-button", overview.show_run_button, name="run_button"),
]
