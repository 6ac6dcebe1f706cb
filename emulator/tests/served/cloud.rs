//! An emulator with its stub of Resource Manager, and a token for it.

use imds_emulator::Emulator;

use crate::raw::{Answer, ask, imds, start};

pub(crate) const ARM: &str = "https%3A%2F%2Fmanagement.azure.com%2F";
pub(crate) const OURS: &str = "/subscriptions/00000000-0000-4000-8000-00000000000a";
pub(crate) const LOCKED: &str = "/subscriptions/00000000-0000-4000-8000-00000000000b";
pub(crate) const VERSION: &str = "api-version=2022-12-01";

const CONFIGURATION: &str = "
tenant_id = '7e0a11e5-0000-4000-8000-000000000001'
[system_assigned]
client_id = '5a1f0c9e-0000-4000-8000-000000000001'
object_id = '5a1f0c9e-0000-4000-8000-000000000002'
[resource_manager]
enabled = true
listen = '127.0.0.1:0'
latency = '0s'
page = 2
[[resource_manager.subscriptions]]
id = '00000000-0000-4000-8000-00000000000a'
name = 'ours'
[[resource_manager.subscriptions]]
id = '00000000-0000-4000-8000-00000000000b'
readers = []
[[resource_manager.subscriptions]]
id = '00000000-0000-4000-8000-00000000000c'
tenant_id = '00000000-0000-4000-8000-0000000000ff'
";

/// An emulator with its stub, and a token of the system-assigned identity's.
pub(crate) struct Cloud {
    pub(crate) emulator: Emulator,
    pub(crate) token: String,
}

impl Cloud {
    pub(crate) async fn start() -> Cloud {
        Cloud::start_with("", ARM).await
    }

    /// With other settings of the stub, or a token for something else.
    pub(crate) async fn start_with(settings: &str, resource: &str) -> Cloud {
        let header = "[resource_manager]\n";
        let text = CONFIGURATION.replace(header, &format!("{header}{settings}"));
        Cloud::of(&text, resource).await
    }

    /// With other settings of the process.
    pub(crate) async fn start_above(settings: &str) -> Cloud {
        Cloud::of(&format!("{settings}{CONFIGURATION}"), ARM).await
    }

    /// With further tables.
    pub(crate) async fn start_with_tables(tables: &str) -> Cloud {
        Cloud::of(&format!("{CONFIGURATION}{tables}"), ARM).await
    }

    /// With some of its settings replaced.
    pub(crate) async fn start_changed(from: &str, to: &str) -> Cloud {
        Cloud::of(&CONFIGURATION.replace(from, to), ARM).await
    }

    async fn of(text: &str, resource: &str) -> Cloud {
        let emulator = start(text).await;
        let path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
        let answer = imds(&emulator, &format!("{path}{resource}")).await.json();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Cloud { emulator, token }
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.get_with(target, &[]).await
    }

    /// With its token and those headers.
    pub(crate) async fn get_with(&self, target: &str, headers: &[&str]) -> Answer {
        self.send("GET", target, headers, "").await
    }

    /// With its token.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[&str],
        body: &str,
    ) -> Answer {
        let authorization = format!("Authorization: Bearer {}", self.token);
        let headers = [&[authorization.as_str()], headers].concat();
        let url = self.emulator.resource_manager_url().unwrap();
        ask(&url, method, target, &headers, body).await
    }

    pub(crate) async fn get_as(&self, target: &str, headers: &[&str]) -> Answer {
        let url = self.emulator.resource_manager_url().unwrap();
        ask(&url, "GET", target, headers, "").await
    }
}
