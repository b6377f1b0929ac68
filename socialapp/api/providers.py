"""Networks: what each takes, and how an account on it is connected."""

from fastapi import APIRouter

from socialapp import providers
from socialapp.api.deps import Reads
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.provider_views import ProviderList, ProviderOut

router = APIRouter(prefix="/api", tags=["Channels"], route_class=Guarded)


@router.get("/providers", responses=problems(401, 403))
async def list_providers(by: Reads) -> ProviderList:
    """List the networks: their limits, counting rules, and the ways to connect an account."""
    there = providers.PROVIDERS
    return ProviderList(items=[ProviderOut.of(each, each.capabilities) for each in there])
