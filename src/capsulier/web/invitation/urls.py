from django.urls import path

from capsulier.web.invitation import views

app_name = "invitation"
urlpatterns = [path("invitation/<str:key>", views.accept, name="page")]
