"""How many there are: what counters show, without asking for all of it."""

from ninja import Router

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.jobs import platform_ids
from capsulier.api.v2.shapes.totals import TotalsOut
from capsulier.store.reads.totals import read_totals

router = Router(tags=["Executions"])


@router.get("/totals", response=list[TotalsOut])
def get_totals(request: AskedRequest, platform: str | None = None) -> list[TotalsOut]:
    """Count the jobs and executions of each platform that you may see, by state and outcome."""
    return [TotalsOut(**row._asdict()) for row in read_totals(platform_ids(request.auth, platform))]
