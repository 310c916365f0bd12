from django.urls import path

from capsulier.web.job_forms import new, preview, settings, upgrade

app_name = "job_forms"
urlpatterns = [
    path("jobs/new", new.new_job, name="new"),
    path("jobs/<int:job_id>/upgrade", upgrade.upgrade, name="upgrade"),
    path("jobs/<int:job_id>/settings", settings.change_settings, name="settings"),
    path("retries/preview", preview.preview_retries, name="preview_retries"),
    path("schedules/preview", preview.preview_schedule, name="preview"),
]
