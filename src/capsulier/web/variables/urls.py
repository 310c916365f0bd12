from django.urls import path

from capsulier.web.variables import of_job, of_platform

app_name = "variables"
urlpatterns = [
    path("administration/variables", of_platform.show_variables, name="of_platform"),
    path("administration/new-variable", of_platform.new_variable, name="new_of_platform"),
    path("administration/variables/<str:name>", of_platform.change_variable, name="change_of_platform"),
    path("administration/variables/<str:name>/unset", of_platform.unset, name="unset_of_platform"),
    path("administration/variables/<str:name>/restore", of_platform.restore, name="restore_of_platform"),
    path("jobs/<int:job_id>/variables", of_job.show_variables, name="of_job"),
    path("jobs/<int:job_id>/new-variable", of_job.new_variable, name="new_of_job"),
    path("jobs/<int:job_id>/variables/<str:name>", of_job.change_variable, name="change_of_job"),
    path("jobs/<int:job_id>/variables/<str:name>/unset", of_job.unset, name="unset_of_job"),
    path("jobs/<int:job_id>/variables/<str:name>/restore", of_job.restore, name="restore_of_job"),
]
