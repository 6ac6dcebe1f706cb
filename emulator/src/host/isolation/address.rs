//! The metadata address.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

/// Where IMDS is on a VM of Azure (documented).
pub const METADATA_ADDRESS: SocketAddr =
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(169, 254, 169, 254), 80));
