//! What a shell must set so that clients ask the emulator.

use clap::ValueEnum;
use imds_emulator::environment::{NO_PROXY, Protocol, without_proxy};

/// A shell, or Docker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// Bash and other POSIX shells.
    Bash,
    /// PowerShell.
    Powershell,
    /// The command prompt of Windows.
    Cmd,
    /// A file for Docker's `--env-file`.
    Docker,
}

impl Shell {
    fn comment(self) -> &'static str {
        match self {
            Shell::Cmd => "rem",
            Shell::Bash | Shell::Powershell | Shell::Docker => "#",
        }
    }

    /// Adds to a list that may be there already, where the shell can.
    fn append(self, name: &str, value: &str) -> String {
        match self {
            Shell::Bash => format!("export {name}=\"${{{name}:+${name},}}{value}\""),
            Shell::Powershell => {
                format!(
                    "$env:{name} = (@($env:{name}, '{value}') | Where-Object {{ $_ }}) -join ','"
                )
            }
            Shell::Cmd => format!(
                "if defined {name} (set \"{name}=%{name}%,{value}\") else set \"{name}={value}\""
            ),
            Shell::Docker => self.set(name, value),
        }
    }

    fn set(self, name: &str, value: &str) -> String {
        match self {
            Shell::Bash => format!("export {name}='{value}'"),
            Shell::Powershell => format!("$env:{name} = '{value}'"),
            Shell::Cmd => format!("set \"{name}={value}\""),
            Shell::Docker => format!("{name}={value}"),
        }
    }

    /// What takes a variable away; a container has only those that it is given.
    fn unset(self, name: &str) -> Option<String> {
        match self {
            Shell::Bash => Some(format!("unset {name}")),
            Shell::Powershell => Some(format!("Remove-Item Env:{name} -ErrorAction Ignore")),
            Shell::Cmd => Some(format!("set \"{name}=\"")),
            Shell::Docker => None,
        }
    }
}

/// The lines to be evaluated in that shell. The endpoint has no slash at its end: some clients join
/// it with a path.
pub(crate) fn script(shell: Shell, protocol: Protocol, endpoint: &str, secret: &str) -> String {
    let notes = protocol.notes().iter();
    let notes = notes.map(|note| format!("{} {note}", shell.comment()));
    let settings = protocol.settings(endpoint, secret);
    let strangers = Protocol::strangers(&settings);
    let unset = strangers.filter_map(|name| shell.unset(name));
    let set = settings.iter().map(|(name, value)| shell.set(name, value));
    let hosts = without_proxy(endpoint);
    let proxies = NO_PROXY.map(|name| shell.append(name, &hosts));
    let lines = notes.chain(unset).chain(set).chain(proxies);
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(shell: Shell, protocol: Protocol) -> Vec<String> {
        let script = script(shell, protocol, "http://127.0.0.1:1", "s");
        script.lines().map(str::to_owned).collect()
    }

    #[test]
    fn each_shell_sets_and_unsets_in_its_own_way() {
        let header = "IDENTITY_HEADER";
        for (shell, set, unset) in [
            (
                Shell::Bash,
                format!("export {header}='s'"),
                Some("unset MSI_SECRET"),
            ),
            (
                Shell::Powershell,
                format!("$env:{header} = 's'"),
                Some("Remove-Item Env:MSI_SECRET -ErrorAction Ignore"),
            ),
            (
                Shell::Cmd,
                format!("set \"{header}=s\""),
                Some("set \"MSI_SECRET=\""),
            ),
            (Shell::Docker, format!("{header}=s"), None),
        ] {
            let lines = lines(shell, Protocol::Appservice);
            assert!(lines.contains(&set), "{lines:?}");
            assert!(unset.is_none_or(|unset| lines.iter().any(|line| line == unset)));
            assert!(lines.iter().any(|line| line.contains("NO_PROXY")));
        }
    }

    #[test]
    fn each_protocol_sets_where_its_clients_ask() {
        for (protocol, expected) in [
            (
                Protocol::Imds,
                "AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:1",
            ),
            (
                Protocol::Appservice,
                "IDENTITY_ENDPOINT=http://127.0.0.1:1/msi/token",
            ),
            (
                Protocol::Appservice2017,
                "MSI_ENDPOINT=http://127.0.0.1:1/msi/token",
            ),
            (
                Protocol::Azureml,
                "MSI_ENDPOINT=http://127.0.0.1:1/azureml/token",
            ),
            (
                Protocol::Arc,
                "IDENTITY_ENDPOINT=http://127.0.0.1:1/arc/metadata/identity/oauth2/token",
            ),
            (
                Protocol::Cloudshell,
                "MSI_ENDPOINT=http://127.0.0.1:1/cloudshell/oauth2/token",
            ),
        ] {
            let lines = lines(Shell::Docker, protocol);
            assert!(lines.iter().any(|line| line == expected), "{lines:?}");
        }
    }

    #[test]
    fn the_endpoint_is_asked_without_a_proxy_and_the_user_s_list_is_kept() {
        let endpoint = "http://host.docker.internal:16925";
        let script = script(Shell::Bash, Protocol::Imds, endpoint, "s");
        let line = "export NO_PROXY=\"${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost,::1,host.docker.internal\"";
        assert!(script.lines().any(|found| found == line), "{script}");
        assert_eq!(without_proxy("http://[::1]:1"), "127.0.0.1,localhost,::1");
    }
}
