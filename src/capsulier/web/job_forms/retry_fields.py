"""The fields that say how often a failed run is tried again, and when."""

from django import forms

from capsulier.core.retry import RetryRule
from capsulier.services.drafts import SettingsDraft
from capsulier.web.job_forms.numbers import decimal_number, whole_number
from capsulier.web.job_forms.units import SECOND_CHOICES, join_seconds


class RetryFields(forms.Form):
    retries = whole_number("How often", hint="After a failure; never after a kill.")
    retry_delay = whole_number("After")
    retry_delay_unit = forms.ChoiceField(label="Unit of the retry delay", required=False, choices=SECOND_CHOICES)
    retry_growth = decimal_number("Delay grows by factor", placeholder="1")
    retry_cap = whole_number("But never longer than", least=1, placeholder="no limit")
    retry_cap_unit = forms.ChoiceField(label="Unit of the longest retry delay", required=False, choices=SECOND_CHOICES)

    def retry_rule(self) -> RetryRule:
        """As far as it could be read; what was left empty is as in a new job."""
        given, standard = self.cleaned_data, SettingsDraft()
        delay_s = join_seconds(given.get("retry_delay"), given.get("retry_delay_unit") or "min")
        growth = given.get("retry_growth")
        return RetryRule(
            times=given.get("retries") or 0,
            delay_s=standard.retry_delay_s if delay_s is None else delay_s,
            growth=standard.retry_growth if growth is None else growth,
            cap_s=join_seconds(given.get("retry_cap"), given.get("retry_cap_unit") or "min"),
        )
