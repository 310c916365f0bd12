from django.urls import path

from capsulier.web.alerts import views

app_name = "alerts"
urlpatterns = [
    path("administration/alerts", views.show_alerts, name="list"),
    path("administration/alerts/defaults", views.change_defaults, name="defaults"),
    path("administration/alerts/new-channel", views.new_channel, name="new"),
    path("administration/alerts/channels/<int:channel_id>", views.change_channel, name="channel"),
    path("administration/alerts/channels/<int:channel_id>/delete", views.delete, name="delete"),
    path("administration/alerts/channels/<int:channel_id>/test", views.test_channel, name="test"),
    path("alerts/test", views.test_addresses, name="test_addresses"),
]
