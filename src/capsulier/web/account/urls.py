"""The addresses of allauth, those that we use, under the names that it knows them by."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import URLPattern, path, re_path

from capsulier.web.account import views
from capsulier.web.sign_in import views as sign_in

_FORGOTTEN = r"^account/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"
_FACTORS = "account/second-factor"
_KEY = f"{_FACTORS}/webauthn/keys/<int:pk>"
_SSO = "account/single-sign-on"

urlpatterns: list[URLPattern] = [
    path("sign-in", sign_in.sign_in, name="account_login"),
    path("sign-out", sign_in.sign_out, name="account_logout"),
    path("sign-up", views.no_sign_up, name="account_signup"),
    path("account/inactive", account.account_inactive, name="account_inactive"),
    path("account/confirm", account.reauthenticate, name="account_reauthenticate"),
    path("account/forgotten", views.forgotten_password, name="account_reset_password"),
    path("account/forgotten/sent", account.password_reset_done, name="account_reset_password_done"),
    re_path(_FORGOTTEN, views.new_password, name="account_reset_password_from_key"),
    path("account/forgotten/done", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    # Second factors.
    path(f"{_FACTORS}/", factors.index, name="mfa_index"),
    path(f"{_FACTORS}/authenticate/", views.ask_second_factor, name="mfa_authenticate"),
    path(f"{_FACTORS}/reauthenticate/", views.ask_code_again, name="mfa_reauthenticate"),
    path(f"{_FACTORS}/totp/activate/", app.activate_totp, name="mfa_activate_totp"),
    path(f"{_FACTORS}/totp/deactivate/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path(f"{_FACTORS}/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{_FACTORS}/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(f"{_FACTORS}/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path(f"{_FACTORS}/webauthn/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path(f"{_FACTORS}/webauthn/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path(f"{_FACTORS}/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(f"{_KEY}/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path(f"{_KEY}/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path(f"{_FACTORS}/webauthn/login/", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("account/sessions/", views.list_sessions, name="usersessions_list"),
    path("account/sessions/<int:session_id>/end", views.end_session),
    # Single sign-on.
    path(f"{_SSO}/", social.connections, name="socialaccount_connections"),
    path(f"{_SSO}/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path(f"{_SSO}/login/error/", social.login_error, name="socialaccount_login_error"),
    path(f"{_SSO}/signup/", social.signup, name="socialaccount_signup"),
    path(f"{_SSO}/<slug:provider_id>/login/", views.begin_single_sign_on, name="openid_connect_login"),
    path(f"{_SSO}/<slug:provider_id>/login/callback/", openid_connect.callback, name="openid_connect_callback"),
]
