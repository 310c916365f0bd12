"""Engines: where executions run."""

from ninja import Router

from capsulier.api.v2.asking import AskedRequest
from capsulier.api.v2.shapes.engine import EngineOut
from capsulier.api.v2.shapes.shape import Page
from capsulier.services.engines import list_engines

router = Router(tags=["Installation"])


@router.get("/engines", response=Page[EngineOut])
def list_all(request: AskedRequest) -> Page[EngineOut]:
    """List the engines, what they can do, their nodes and what is at work there. For administrators of the
    installation.

    The conductor looks every 15 seconds. Before it has led for the first time, there is none.
    """
    return Page(items=[EngineOut.of(each) for each in list_engines(request.auth)], next=None)
