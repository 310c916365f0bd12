from django import forms

from capsulier.core.access import Role
from capsulier.core.errors import CapsulierError, InvalidFields
from capsulier.services.invitations import DAYS, MOST_DAYS

_ROLES = [(role.value, role.label) for role in Role]


class _RefusedForm(forms.Form):
    def take_refusal(self, refusal: CapsulierError) -> None:
        for error in refusal.errors if isinstance(refusal, InvalidFields) else [refusal]:
            self.add_error(error.field if error.field in self.fields else None, error.sentence)


class AddForm(_RefusedForm):
    username = forms.CharField(
        label="User name",
        max_length=150,
        help_text="Of somebody who has an account here.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(choices=_ROLES, initial=Role.OPERATOR.value)


class InviteForm(_RefusedForm):
    role = forms.ChoiceField(choices=_ROLES, initial=Role.OPERATOR.value)
    email = forms.EmailField(required=False, label="Email", help_text="Empty: you pass the link on yourself.")
    days = forms.IntegerField(
        label="Good for days", initial=DAYS, min_value=1, max_value=MOST_DAYS, help_text="The link works once."
    )
