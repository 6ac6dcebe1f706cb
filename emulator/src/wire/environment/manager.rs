//! The variables that lead a client to the stub of Resource Manager.

/// Where Resource Manager's stub is served.
#[derive(Clone, Copy, Debug)]
pub struct ManagerAt<'a> {
    /// `http://HOST:PORT` or `https://HOST:PORT`.
    pub endpoint: &'a str,
    /// The root of its certificate, as PEM, for clients that are to trust it by variables.
    pub ca_file: Option<&'a str>,
}

/// What Azure PowerShell and the Azure CLI read when they start, in place of their built-in clouds.
const CLOUD: &str = "ARM_CLOUD_METADATA_URL";
/// In the form that both of them read: an array of clouds.
const DESCRIPTION: &str = "/metadata/endpoints?api-version=2019-05-01";

/// Which files with roots clients read. Node.js adds it to its own roots, the others trust it alone.
const TRUST: [&str; 4] = [
    "REQUESTS_CA_BUNDLE",  // Python, and so the Azure CLI
    "CURL_CA_BUNDLE",      // curl
    "SSL_CERT_FILE",       // OpenSSL; Go, but on macOS and Windows
    "NODE_EXTRA_CA_CERTS", // Node.js
];

/// The variables that lead a client to the stub of Resource Manager, and their values. `endpoint` is
/// `http://HOST:PORT` or `https://HOST:PORT`; `ca_file` is the root of its certificate, as PEM, for clients
/// that are to trust it by variables.
#[must_use]
pub fn resource_manager(endpoint: &str, ca_file: Option<&str>) -> Vec<(&'static str, String)> {
    let cloud = (CLOUD, format!("{endpoint}{DESCRIPTION}"));
    let trust = ca_file.into_iter();
    let trust = trust.flat_map(|file| TRUST.map(|name| (name, file.to_owned())));
    [cloud].into_iter().chain(trust).collect()
}
