from django.urls import path

from capsulier.web.trash import views

app_name = "trash"
urlpatterns = [path("trash", views.show_trash, name="page")]
