from django.urls import path

from capsulier.web.administration import views

app_name = "administration"
urlpatterns = [
    path("administration", views.show_first, name="first"),
    path("administration/system", views.show_system, name="system"),
]
