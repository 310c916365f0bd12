"""Fields for numbers that may be left empty."""

from django import forms

_LARGEST = 2_000_000_000
_SENTENCES = {
    "invalid": "Give a number.",
    "min_value": "At least %(limit_value)s.",
    "max_value": "At most %(limit_value)s.",
}


def whole_number(label: str, *, hint: str = "", least: int = 0, placeholder: str = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": placeholder})
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=_LARGEST,
        help_text=hint,
        widget=widget,
        error_messages=_SENTENCES,
    )


def decimal_number(label: str, *, hint: str = "", placeholder: str = "") -> forms.FloatField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "placeholder": placeholder})
    return forms.FloatField(label=label, required=False, help_text=hint, widget=widget, error_messages=_SENTENCES)
