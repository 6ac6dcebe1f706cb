"""The fixture, as a user's tests have it, with azure-identity."""

import os

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ManagedIdentityCredential

import imds_emulator

SCOPE = "https://vault.azure.net/.default"
REFUSING = {"identity": {"rate": {"requests": 1, "window": "1h"}}}


def token(**options):
    """A token of a new credential."""
    with ManagedIdentityCredential(**options) as credential:
        return credential.get_token(SCOPE)


@pytest.mark.parametrize("number", range(8))
def test_each_test_has_a_vm_of_its_own(imds, number, record_property):
    record_property("worker", os.environ["PYTEST_XDIST_WORKER"])
    record_property("emulator", imds.admin.partition("/vms/")[0])
    for _ in range(number % 3 + 1):
        token()
    assert imds.tally()["identity"]["admitted"] == number % 3 + 1
    assert [entry["outcome"]["status"] for entry in imds.journal()] == [200] * (number % 3 + 1)


def test_variables_that_lead_elsewhere_are_gone_and_come_back(imds, monkeypatch):
    assert "IDENTITY_ENDPOINT" not in os.environ
    assert os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] == imds.endpoint
    monkeypatch.undo()
    assert os.environ["IDENTITY_ENDPOINT"] == "http://127.0.0.1:9/msi/token"
    assert "AZURE_POD_IDENTITY_AUTHORITY_HOST" not in os.environ


@pytest.mark.imds(limits=REFUSING)
def test_limits_refuse(imds):
    token()
    with pytest.raises(ClientAuthenticationError):
        token(retry_total=0)
    tally = imds.tally()["identity"]
    assert (tally["admitted"], tally["refused_rate"]) == (1, 1)
    assert [entry["outcome"]["limiter"] for entry in imds.journal(verdict="refused")] == ["rate"]


@pytest.mark.imds(faults=[{"effect": {"status": 500}, "next": 2}])
def test_the_client_gets_over_two_errors(imds):
    token()
    assert [entry["outcome"]["status"] for entry in imds.journal()] == [500, 500, 200]


@pytest.mark.imds(faults="outage")
def test_a_fault_by_name_lasts_until_it_is_removed(imds):
    with pytest.raises(Exception, match="50[03]|unavailable|server"):
        token(retry_total=0)
    imds.clear_faults()
    token()


@pytest.mark.imds(profile="azure-2017")
class TestMarkers:
    """A marker of the class, and of a function."""

    def test_of_the_class(self, imds):
        assert imds.verify()["clean"]

    @pytest.mark.imds(profile="unlimited")
    def test_of_the_function_counts(self, imds):
        for _ in range(30):
            token()
        assert imds.tally()["identity"]["admitted"] == 30


def test_verify_finds_a_client_that_asks_again_for_what_it_holds(imds):
    import http.client

    connection = http.client.HTTPConnection(imds.endpoint.removeprefix("http://"))
    path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net"
    for _ in range(2):
        connection.request("GET", path, headers={"Metadata": "true"})
        assert connection.getresponse().read()
    connection.close()
    judged = imds.verify()
    assert not judged["clean"] and judged["broken"] == {"valid-token-asked-again": 1}
    imds.reset()
    assert imds.verify()["clean"] and imds.journal() == []


def test_all_that_is_wrong_with_settings_is_said(imds_server):
    with pytest.raises(imds_emulator.ImdsError) as raised:
        imds_server.vm(sede=1, limits={"identty": {}})
    assert "sede: " in str(raised.value) and "limits.identty: " in str(raised.value)


def test_settings_for_an_emulator_of_the_user_s_own_do_not_count(monkeypatch):
    monkeypatch.setenv("IMDS_EMULATOR_PROFILE", "unlimited")
    monkeypatch.setenv("IMDS_EMULATOR_CA_FILE", "there-is-no-certificate.pem")
    with imds_emulator.run() as imds:
        assert imds.journal() == []


def test_without_the_fixture():
    with imds_emulator.run(limits=REFUSING) as imds:
        token()
        assert imds.tally()["identity"]["admitted"] == 1
        imds.set_limits()
        token()
    assert os.environ["IDENTITY_ENDPOINT"] == "http://127.0.0.1:9/msi/token"
    assert "AZURE_POD_IDENTITY_AUTHORITY_HOST" not in os.environ
