from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "capsulier.web"
    label = "web"
