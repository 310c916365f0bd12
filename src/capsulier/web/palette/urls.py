from django.urls import path

from capsulier.web.palette import views

app_name = "palette"
urlpatterns = [path("palette", views.offer, name="offer")]
