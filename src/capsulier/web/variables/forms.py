from django import forms

from capsulier.core.errors import CapsulierError
from capsulier.core.variables import LONGEST_NAME
from capsulier.store.models import Variable

_PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "class": "font-monospace"}


class VariableForm(forms.Form):
    """A variable's name and value. Without rules of its own: the services have them. A secret's value is never in it:
    left empty, it stays as it is."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        help_text="Letters, digits and _, as in DAY or API_TOKEN.",
        widget=forms.TextInput(_PLAIN),
    )
    value = forms.CharField(required=False, strip=False, widget=forms.Textarea(_PLAIN | {"rows": 2}))
    is_secret = forms.BooleanField(required=False, label="Secret")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    keeps_value = False
    """Whether an empty value stands for the one that there is."""

    @classmethod
    def of(cls, current: Variable | None) -> "VariableForm":
        if current is None:
            return cls(initial={"seen": 0})
        form = cls(
            initial={
                "name": current.name,
                "value": current.value,
                "is_secret": current.is_secret,
                "seen": current.pk,
            }
        )
        return form.fixed(current)

    def fixed(self, current: Variable) -> "VariableForm":
        """Of one that there is: it keeps its name."""
        self.fields["name"].disabled = True
        self.initial["name"] = current.name
        if current.is_secret:
            self.keeps_value = True
            self.fields["value"].help_text = "It is never shown. Empty: it stays as it is."
        return self

    @property
    def value_given(self) -> str | None:
        """None: a secret's stays as it is. Browsers send line breaks as CR LF."""
        value: str = self.cleaned_data["value"].replace("\r\n", "\n")
        return None if self.keeps_value and not value else value

    def forget_secret(self) -> None:
        """Before it is shown again: what was typed as a secret does not come back, not even to who typed it."""
        if self.keeps_value or self["is_secret"].value():
            self.data = {**{name: self.data.get(name, "") for name in self.fields}, "value": ""}

    def take_refusal(self, refusal: CapsulierError) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)
