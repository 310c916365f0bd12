"""Forms of allauth in our words."""

from allauth.account.forms import ResetPasswordKeyForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _call(self, password1="New password", password2="The same again")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _call(self, name="Name", passwordless="It signs in by itself, without a password")
        self.fields["name"].help_text = "By which you know it again."
        self.fields["passwordless"].help_text = "It then asks for your finger, face or PIN."


def _call(form: ResetPasswordKeyForm | AddWebAuthnForm, **labels: str) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
