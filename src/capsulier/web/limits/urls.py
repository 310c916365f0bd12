from django.urls import path

from capsulier.web.limits import views

app_name = "limits"
urlpatterns = [path("administration/limits", views.change_limits, name="page")]
