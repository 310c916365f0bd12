from django.urls import path

from capsulier.web.logs import answers, views

app_name = "logs"
urlpatterns = [
    path("jobs/<int:job_id>/logs", views.show_last_log, name="last"),
    path("executions/<int:execution_id>", views.show_log, name="page"),
    path("executions/<int:execution_id>/chooser", views.show_chooser, name="chooser"),
    path("executions/<int:execution_id>/stop", views.stop, name="stop"),
    path("executions/<int:execution_id>/log/lines", answers.lines, name="lines"),
    path("executions/<int:execution_id>/log/search", answers.search, name="search"),
    path("executions/<int:execution_id>/log/marks", answers.marks, name="marks"),
]
