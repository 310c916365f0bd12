from django.urls import path

from capsulier.web.capsules import views

app_name = "capsules"
urlpatterns = [path("administration/capsules", views.show_capsules, name="page")]
