//! How a client is made to ask the emulator.

use super::client::Client;
use super::protocol::Access;
use crate::wire::protocol_name::ProtocolName as Protocol;

/// How a client is made to ask the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the variables of a protocol.
    Protocol(Protocol),
    /// As that client can be led.
    Client(Client),
    /// By nothing: the emulator is at the metadata address.
    AtMetadataAddress,
}

impl Way {
    /// The variables and their values.
    #[must_use]
    pub fn settings(self, access: &Access<'_>) -> Vec<(&'static str, String)> {
        match self {
            Way::Protocol(protocol) => protocol.settings(access),
            Way::Client(client) => client.settings(access),
            Way::AtMetadataAddress => Vec::new(),
        }
    }

    /// Notes on its use, line by line.
    #[must_use]
    pub fn notes(self) -> &'static [&'static str] {
        match self {
            Way::Protocol(protocol) => protocol.notes(),
            Way::Client(client) => client.notes(),
            Way::AtMetadataAddress => &[],
        }
    }

    /// The protocol that clients ask in then.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        match self {
            Way::Protocol(protocol) => protocol,
            Way::Client(client) => client.protocol(),
            Way::AtMetadataAddress => Protocol::Imds,
        }
    }

    /// Whether the client would rather take a key of storage than ask for a token.
    pub(super) fn asks_storage(self) -> bool {
        let clients = [Client::Gdal, Client::ObjectStore, Client::Rclone];
        matches!(self, Way::Client(client) if clients.contains(&client))
    }

    pub(super) fn asks_by_proxy(self) -> bool {
        matches!(self, Way::Client(client) if client.asks_by_proxy())
    }
}
