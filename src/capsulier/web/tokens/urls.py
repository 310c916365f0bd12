from django.urls import path

from capsulier.web.tokens import of_platform, own

app_name = "tokens"
urlpatterns = [
    path("account/tokens", own.show_own, name="own"),
    path("account/tokens/<int:token_id>/revoke", own.revoke, name="revoke_own"),
    path("administration/tokens", of_platform.show_tokens, name="of_platform"),
    path("administration/tokens/<int:token_id>/revoke", of_platform.revoke, name="revoke"),
]
