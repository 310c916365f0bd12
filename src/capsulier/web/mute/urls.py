from django.urls import path

from capsulier.web.mute import views

app_name = "mute"
urlpatterns = [
    path("alerts/mute/<str:key>", views.show_muting, name="page"),
    path("alerts/mute/<str:key>/now", views.mute_by_mail_program, name="now"),
]
