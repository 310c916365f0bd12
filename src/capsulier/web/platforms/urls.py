from django.urls import path

from capsulier.web.platforms import views

app_name = "platforms"
urlpatterns = [
    path("administration/platforms", views.show_platforms, name="list"),
    path("administration/new-platform", views.new_platform, name="new"),
    path("administration/platforms/<slug:name>", views.change_platform, name="platform"),
    path("administration/platforms/<slug:name>/archive", views.archive, name="archive"),
    path("administration/platforms/<slug:name>/restore", views.restore, name="restore"),
]
