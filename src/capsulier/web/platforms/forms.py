from django import forms

from capsulier.core.errors import CapsulierError, InvalidFields
from capsulier.core.names import LONGEST_PLATFORM_NAME
from capsulier.services.create_platform import LONGEST_LABEL


class PlatformForm(forms.Form):
    """What a platform is called, and how much may run in it. Without rules of its own: the services have them."""

    label = forms.CharField(
        required=False, max_length=LONGEST_LABEL, help_text="How people see it. Empty: as the name says."
    )
    name = forms.CharField(
        max_length=LONGEST_PLATFORM_NAME,
        help_text="In addresses, scripts and tokens: small letters, digits and -.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    max_running = forms.IntegerField(
        label="Executions at once", help_text="Over all its jobs; the others wait in the queue."
    )

    run_as = forms.CharField(
        label="Run as",
        required=False,
        max_length=255,
        help_text="The account of the machine that its jobs run as. Empty: the one that Capsulier runs as.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )

    def take_refusal(self, refusal: CapsulierError) -> None:
        for error in refusal.errors if isinstance(refusal, InvalidFields) else [refusal]:
            self.add_error(error.field if error.field in self.fields else None, error.sentence)
