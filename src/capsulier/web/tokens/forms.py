from datetime import timedelta

from django import forms

from capsulier.core.access import Actor, Role
from capsulier.core.errors import CapsulierError
from capsulier.core.token_names import LONGEST_TOKEN_NAME
from capsulier.services.drafts import utc_now
from capsulier.services.finding import platforms_of
from capsulier.services.issue_token import TokenDraft

_MOST_DAYS = 3650


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_TOKEN_NAME, help_text="What it is for.", widget=forms.TextInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(help_text="It may do at most this, and at most what you may.")
    platform = forms.ChoiceField(required=False)
    days = forms.IntegerField(
        label="Good for days",
        required=False,
        initial=90,
        min_value=1,
        max_value=_MOST_DAYS,
        help_text="Empty: until it is revoked.",
    )

    def __init__(self, *args: object, actor: Actor) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        mightiest = max((role.rank for role in actor.roles.values()), default=0)
        roles = [role for role in Role if actor.is_superuser or role.rank <= mightiest]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        platforms = [(each.name, str(each)) for each in platforms_of(actor)]
        self.fields["platform"].choices = [("", "Every platform"), *platforms]  # type: ignore[attr-defined]

    def draft(self) -> TokenDraft:
        given = self.cleaned_data
        until = utc_now() + timedelta(days=given["days"]) if given["days"] else None
        return TokenDraft(given["name"], Role(given["role"]), given["platform"], until)

    def take_refusal(self, refusal: CapsulierError) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)
