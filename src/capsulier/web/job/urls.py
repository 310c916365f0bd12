from django.urls import path

from capsulier.web.job import changes, executions, fires, overview, versions

app_name = "job"
urlpatterns = [
    path("jobs/<int:job_id>", overview.show_overview, name="overview"),
    path("jobs/<int:job_id>/news", overview.show_news, name="news"),
    path("jobs/<int:job_id>/head", overview.show_head, name="head"),
    path("jobs/<int:job_id>/run-button", overview.show_run_button, name="run_button"),
    path("jobs/<int:job_id>/executions", executions.show_executions_of_job, name="executions"),
    path("jobs/<int:job_id>/fires", fires.show_fires, name="fires"),
    path("jobs/<int:job_id>/versions", versions.show_versions, name="versions"),
    path("jobs/<int:job_id>/versions/compare", versions.compare_versions, name="compare"),
    path("jobs/<int:job_id>/versions/<int:number>", versions.show_version, name="version"),
    path("jobs/<int:job_id>/versions/<int:number>/rollback", versions.rollback, name="rollback"),
    path("jobs/<int:job_id>/versions/<int:number>/star", versions.star, name="star"),
    path("jobs/<int:job_id>/versions/<int:number>/unstar", versions.unstar, name="unstar"),
    path("jobs/<int:job_id>/changes", changes.show_changes, name="changes"),
]
