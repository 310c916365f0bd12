from django.urls import path

from capsulier.web.activity import views

app_name = "activity"
urlpatterns = [path("activity", views.show_activity, name="page")]
