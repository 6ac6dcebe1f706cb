"""The fixture with azure-identity's asynchronous credential."""

import asyncio

import pytest
from azure.identity.aio import ManagedIdentityCredential

SCOPE = "https://management.azure.com/.default"


@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(4))
async def test_one_request_for_one_token(imds, number):
    async with ManagedIdentityCredential() as credential:
        first = await credential.get_token(SCOPE)
        second = await credential.get_token(SCOPE)
    assert first.token == second.token
    assert imds.tally()["identity"]["admitted"] == 1


@pytest.mark.asyncio
@pytest.mark.imds(limits={"identity": {"concurrent": 2}}, latency={"token_cold": "300ms"})
async def test_a_herd_is_refused_and_comes_back(imds):
    async def one() -> None:
        async with ManagedIdentityCredential() as credential:
            await credential.get_token(SCOPE)

    await asyncio.gather(*(one() for _ in range(6)))
    tally = imds.tally()["identity"]
    assert tally["admitted"] == 6
    assert tally["refused_concurrency"] >= 1
