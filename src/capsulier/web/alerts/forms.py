from django import forms

from capsulier.core.alerts import AlertKind
from capsulier.core.channels import LONGEST_NAME, LONGEST_URL, ChannelKind
from capsulier.core.errors import CapsulierError, InvalidFields


class _Refusable(forms.Form):
    def take_refusal(self, refusal: CapsulierError) -> None:
        for error in refusal.errors if isinstance(refusal, InvalidFields) else [refusal]:
            self.add_error(error.field if error.field in self.fields else None, error.sentence)


class ChannelForm(_Refusable):
    """What a channel is. Without rules of its own: the services have them."""

    name = forms.CharField(max_length=LONGEST_NAME, help_text="What jobs call it: “on-call chat”.")
    kind = forms.ChoiceField(
        choices=[
            (ChannelKind.APPRISE.value, "A chat or service, by its Apprise address"),
            (ChannelKind.WEBHOOK.value, "A webhook: signed JSON"),
        ]
    )
    url = forms.CharField(
        label="Address",
        max_length=LONGEST_URL,
        help_text="slack://…, msteams://…, discord://…, ntfy://…, or https://… for a webhook. "
        "It is kept encrypted and not shown again.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )


class DefaultsForm(_Refusable):
    """What a new job of the platform begins with."""

    alert_emails = forms.CharField(
        label="Email addresses", required=False, max_length=10_000, help_text="Several with commas between."
    )
    alert_on = forms.MultipleChoiceField(
        label="Send an alert on",
        required=False,
        choices=[(kind.value, kind.label) for kind in AlertKind],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    alert_channels = forms.TypedMultipleChoiceField(
        label="Channels",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
