//! What a client of the stub of Resource Manager needs: its address, and for TLS its root certificate.

use imds_emulator::environment::ManagerAt;

/// The stub, as a client sees it.
#[derive(Clone, Debug)]
pub(crate) struct ResourceManager {
    /// `http://HOST:PORT` or `https://HOST:PORT`.
    pub(crate) endpoint: String,
    /// The root of its certificate, as PEM; `None` if clients are not to trust it by variables.
    pub(crate) ca_file: Option<String>,
}

/// What ends a quotation in one of the shells, or is taken for more than it is.
const SPECIAL: [char; 7] = [
    '\'', '"', '%', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}',
];

impl ResourceManager {
    /// Where it is served unless the user says otherwise.
    pub(crate) fn default_endpoint(ca_file: Option<&str>) -> String {
        let scheme = if ca_file.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:16927")
    }

    /// The note for a client whose scripts would ask the real Resource Manager.
    pub(crate) fn absent() -> Vec<String> {
        let lines = [
            "Nothing here leads to the stub of Resource Manager. Where it is served",
            "(serve --resource-manager-listen), add --resource-manager: Azure PowerShell and the Azure CLI need it.",
        ];
        lines.map(str::to_owned).to_vec()
    }

    /// Notes on the use of the variables.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = vec![
            "ARM_CLOUD_METADATA_URL leads Azure PowerShell (Az.Accounts from 2.8.0 on) and the Azure CLI to",
            "Resource Manager. They read it when they start: the stub has to be served then.",
            "Give the Azure CLI a folder of its own in AZURE_CONFIG_DIR: it keeps there what it has read.",
        ];
        if self.endpoint.starts_with("https:") {
            notes.push("PowerShell on Windows trusts what is in Windows' certificate store and reads no file: use");
            notes.push("--resource-manager http://HOST:PORT for it.");
        } else {
            notes.push("The Azure CLI sends a token over TLS only: it needs --ca-file.");
        }
        if self.ca_file.is_some() {
            notes.push("A program with these variables trusts the emulator's root alone (Node.js: besides its own).");
            notes.push("In a container the file has to be at the same path.");
        }
        notes.into_iter().map(str::to_owned).collect()
    }

    pub(crate) fn at(&self) -> ManagerAt<'_> {
        ManagerAt {
            endpoint: &self.endpoint,
            ca_file: self.ca_file.as_deref(),
        }
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
