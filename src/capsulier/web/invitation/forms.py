from django import forms

from capsulier.core.errors import CapsulierError
from capsulier.store.models import User


class NewPersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who is new here says who they are."""

    password = forms.CharField(
        strip=False, max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")
        labels = {"username": "User name"}
        help_texts = {"username": "", "email": ""}

    field_order = ("username", "password", "first_name", "last_name", "email")

    def take_refusal(self, error: CapsulierError) -> None:
        self.add_error(error.field if error.field in self.fields else None, error.sentence)
