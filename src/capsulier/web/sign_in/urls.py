from django.urls import path

from capsulier.web.sign_in import account, views

app_name = "sign_in"
urlpatterns = [
    path("sign-in", views.sign_in, name="page"),
    path("sign-in/go-on", views.go_on, name="go_on"),
    path("sign-in/<str:key>", views.redeem, name="link"),
    path("sign-out", views.sign_out, name="out"),
    path("account", account.show_account, name="account"),
]
