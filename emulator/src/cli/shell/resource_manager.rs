//! What a client of the stub of Resource Manager needs: its root certificate and its address.

/// The stub, as a client sees it.
#[derive(Clone, Debug)]
pub(crate) struct ResourceManager {
    /// `https://HOST:PORT`.
    pub(crate) endpoint: String,
    /// The root of its certificate, as PEM.
    pub(crate) ca_file: String,
}

/// Which files with roots clients read. Node.js adds it to its own roots, the others trust it alone.
const TRUST: [&str; 4] = [
    "REQUESTS_CA_BUNDLE",  // Python, and so the Azure CLI
    "CURL_CA_BUNDLE",      // curl
    "SSL_CERT_FILE",       // OpenSSL; Go, but on macOS and Windows
    "NODE_EXTRA_CA_CERTS", // Node.js
];

/// What ends a quotation in one of the shells, or is taken for more than it is.
const SPECIAL: [char; 7] = [
    '\'', '"', '%', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}',
];

impl ResourceManager {
    /// Notes on what no variable can set.
    pub(crate) fn notes(&self) -> Vec<String> {
        let register = "az cloud register --name emulator --endpoint-resource-manager";
        vec![
            "A program with these variables trusts the emulator's root alone (Node.js: besides its own).".to_owned(),
            "In a container the file has to be at the same path.".to_owned(),
            "No variable leads a client to Resource Manager. The Azure CLI, with a folder of its own".to_owned(),
            "in AZURE_CONFIG_DIR, is told by:".to_owned(),
            format!("  {register} {}", self.endpoint),
            "  az cloud set --name emulator".to_owned(),
        ]
    }

    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let file = |name| (name, self.ca_file.clone());
        TRUST.map(file).to_vec()
    }

    /// The file's whole path, if every shell can carry it.
    pub(crate) fn whole_path(file: &str) -> Result<String, &'static str> {
        let expected = "expected a path without quotes, `%` and control characters";
        let whole = std::path::absolute(file).map_err(|_| "expected a path")?;
        let whole = whole.into_os_string().into_string().map_err(|_| expected)?;
        let is_plain = |c: char| !c.is_control() && !SPECIAL.contains(&c);
        whole.chars().all(is_plain).then_some(whole).ok_or(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_whole_and_nothing_that_a_shell_could_run() {
        let whole = ResourceManager::whole_path("root ca.pem").expect("a path");
        assert!(std::path::Path::new(&whole).is_absolute(), "{whole}");
        for path in ["", "a'b", "a\"b", "%PATH%", "a\nb", "a\u{2019}b"] {
            assert!(ResourceManager::whole_path(path).is_err(), "{path}");
        }
    }
}
