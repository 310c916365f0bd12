"""What the fields of forms say of themselves, in our words rather than in Django's."""

from collections.abc import Iterable

from django import forms

_SENTENCES = {
    "required": "This is needed.",
    "max_length": "At most %(limit_value)s characters; these are %(show_value)s.",
    "min_length": "At least %(limit_value)s characters; these are %(show_value)s.",
    "invalid_choice": "“%(value)s” cannot be chosen here.",
    "null_characters_not_allowed": "There is a NUL character in it.",
}
_UNREADABLE: dict[type[forms.Field], str] = {
    forms.DateTimeField: "This is not a date and time. Write it as 2026-11-24T08:00.",
    forms.DateField: "This is not a day of the calendar. Write it as 2026-11-24.",
    forms.TimeField: "This is not a time of day. Write it as 08:00.",
    forms.EmailField: "This is not an email address.",
}


def in_our_words(fields: Iterable[forms.Field]) -> None:
    for field in fields:
        unreadable = [sentence for kind, sentence in _UNREADABLE.items() if isinstance(field, kind)]
        field.error_messages.update(_SENTENCES | ({"invalid": unreadable[0]} if unreadable else {}))
