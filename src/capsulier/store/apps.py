from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "capsulier.store"
    label = "store"
