from django.urls import path

from capsulier.web.audit import views

app_name = "audit"
urlpatterns = [path("administration/audit", views.show_trail, name="page")]
