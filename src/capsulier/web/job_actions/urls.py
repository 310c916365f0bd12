from django.urls import path

from capsulier.web.job_actions import queue, schedule, views

app_name = "job_actions"
urlpatterns = [
    path("jobs/<int:job_id>/run", views.run, name="run"),
    path("jobs/<int:job_id>/stop", views.stop, name="stop"),
    path("jobs/<int:job_id>/queue/clear", queue.clear, name="clear_queue"),
    path("jobs/<int:job_id>/pause", schedule.pause, name="pause"),
    path("jobs/<int:job_id>/resume", schedule.resume, name="resume"),
    path("jobs/<int:job_id>/delete", views.delete, name="delete"),
    path("jobs/<int:job_id>/restore", views.restore, name="restore"),
]
