//! What a shell must set so that clients ask the emulator.

use clap::ValueEnum;

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
}

/// The variables: the first is read by .NET, C++, Java, JavaScript and Python (azure-identity, newer
/// MSAL), the second by older MSAL for Python. The last two keep proxies away from the endpoint.
const HOST: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
const OLDER_MSAL: &str = "MSAL_MANAGED_IDENTITY_ENDPOINT";
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

const NOTES: [&str; 3] = [
    "Go (azidentity, and so Terraform) and Rust (azure_identity) always ask 169.254.169.254: give",
    "them a transport of their own, or run them where that address leads to the emulator.",
    "In a container, 127.0.0.1 is the container itself: use --network host or the host's address.",
];

/// The lines to be evaluated in that shell. The endpoint has no slash at its end: some clients join
/// it with a path.
pub(crate) fn script(shell: Shell, endpoint: &str) -> String {
    let token = format!("{endpoint}/metadata/identity/oauth2/token");
    let comment = |note: &&str| format!("{} {note}", shell.comment());
    let hosts = without_proxy(endpoint);
    let proxies = NO_PROXY.map(|name| shell.append(name, &hosts));
    let settings = [shell.set(HOST, endpoint), shell.set(OLDER_MSAL, &token)];
    let notes = NOTES.iter().map(comment);
    let lines = notes.chain(settings).chain(proxies).map(|line| line + "\n");
    lines.collect()
}

/// Loopback, and the endpoint's own host where it is another.
fn without_proxy(endpoint: &str) -> String {
    let authority = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_matches(['[', ']']);
    let mut hosts = vec!["127.0.0.1", "localhost", "::1"];
    if !hosts.contains(&host) {
        hosts.push(host);
    }
    hosts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(shell: Shell) -> Vec<String> {
        let script = script(shell, "http://127.0.0.1:1");
        let lines = script
            .lines()
            .filter(|line| !line.starts_with(shell.comment()));
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn each_shell_sets_the_host_in_its_own_way() {
        let host = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
        for (shell, expected) in [
            (Shell::Bash, format!("export {host}='http://127.0.0.1:1'")),
            (
                Shell::Powershell,
                format!("$env:{host} = 'http://127.0.0.1:1'"),
            ),
            (Shell::Cmd, format!("set \"{host}=http://127.0.0.1:1\"")),
            (Shell::Docker, format!("{host}=http://127.0.0.1:1")),
        ] {
            assert_eq!(settings(shell)[0], expected);
            assert!(settings(shell).iter().any(|line| line.contains("NO_PROXY")));
        }
    }

    #[test]
    fn the_endpoint_is_asked_without_a_proxy_and_the_user_s_list_is_kept() {
        let script = script(Shell::Bash, "http://host.docker.internal:16925");
        let line = "export NO_PROXY=\"${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost,::1,host.docker.internal\"";
        assert!(script.lines().any(|found| found == line), "{script}");
        assert_eq!(without_proxy("http://[::1]:1"), "127.0.0.1,localhost,::1");
    }
}
