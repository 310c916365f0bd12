from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from capsulier.core.errors import Invalid
from capsulier.services.disk import look_at_disk
from capsulier.services.edit_limits import edit_limits
from capsulier.web.administration.shell import enter
from capsulier.web.base.addresses import in_platform
from capsulier.web.limits.forms import LimitsForm

_URL = "/administration/limits"


@require_http_methods(["GET", "HEAD", "POST"])
def change_limits(request: HttpRequest) -> HttpResponse:
    actor, platform, context = enter(request, _URL)
    form = LimitsForm(platform, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            edit_limits(actor, platform.name, form.limits())
        except Invalid as refusal:
            form.take_refusal(refusal)
        else:
            messages.success(request, "The limits are saved.")
            return HttpResponseRedirect(in_platform(_URL, platform.name))
    disk = look_at_disk()
    context |= {
        "form": form,
        "free_bytes": disk.free_bytes,
        "wanted_bytes": disk.wanted_bytes(platform.min_free_mb),
        "has_room": disk.has_room(platform.min_free_mb),
    }
    return render(request, "limits/page.html", context, status=422 if form.errors else 200)
