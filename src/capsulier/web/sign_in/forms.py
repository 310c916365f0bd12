from django import forms

from capsulier.core.errors import CapsulierError
from capsulier.core.zones import check_zone
from capsulier.services.passwords import check_password
from capsulier.store.models import User
from capsulier.web.base.sentences import in_our_words


def has_password(user: User) -> bool:
    """The first administrator has none: they come by link."""
    return bool(user.password) and user.has_usable_password()


class SignInForm(forms.Form):
    username = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's own name; and a password, where one is wanted."""

    password = forms.CharField(
        label="New password",
        required=False,
        strip=False,
        max_length=4096,
        help_text="Leave it empty to keep things as they are.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    current_password = forms.CharField(
        label="Current password",
        required=False,
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "timezone")
        labels = {"username": "User name", "timezone": "Time zone"}
        help_texts = {"username": "", "email": ""}
        widgets = {
            "timezone": forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        }

    field_order = ("username", "first_name", "last_name", "email", "timezone", "current_password", "password")

    def __init__(self, *args: object, zone_of_browser: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        in_our_words(self.fields.values())
        self.fields["username"].error_messages["invalid"] = "Letters, digits and @ . + - _ only."
        self.fields["timezone"].widget.attrs["placeholder"] = zone_of_browser
        self.fields["timezone"].help_text = "Times are shown in it. Empty: that of the browser you use."
        if not has_password(self.instance):
            del self.fields["current_password"]
            self.fields["password"].label = "Password"
            self.fields["password"].help_text = "Empty: none, as now."

    def clean_timezone(self) -> str:
        name = str(self.cleaned_data["timezone"]).strip()
        try:
            return check_zone(name) if name else ""
        except CapsulierError as error:
            raise forms.ValidationError(error.sentence) from None

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        current = str(cleaned.get("current_password"))
        if cleaned.get("password") and has_password(self.instance) and not self.instance.check_password(current):
            self.add_error("current_password", "This is not your current password.")
        if "email" in self.changed_data and has_password(self.instance) and not self.instance.check_password(current):
            # Links for a new password go to it: who found this browser open is not to have them.
            self.add_error("current_password", "To change the email address, type your current password.")
        if cleaned.get("password"):
            try:
                check_password(str(cleaned["password"]), self.instance)
            except CapsulierError as error:
                self.add_error("password", error.sentence)
        return cleaned

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        user.save()
        return user
