from django.urls import path

from capsulier.web.files import package_files, work_files

app_name = "files"
urlpatterns = [
    path("jobs/<int:job_id>/versions/<int:number>/file", package_files.show_file, name="of_package"),
    path("jobs/<int:job_id>/versions/compare/file", package_files.compare_files, name="compare"),
    path("executions/<int:execution_id>/files", work_files.show_files, name="of_execution"),
    path("executions/<int:execution_id>/file", work_files.show_file, name="of_work"),
    path("executions/<int:execution_id>/image", work_files.show_image, name="image"),
]
