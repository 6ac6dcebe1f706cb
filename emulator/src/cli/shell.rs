//! What a shell must set so that clients use the emulator.

mod resource_manager;

use std::ffi::OsString;

use clap::ValueEnum;
use imds_emulator::environment::{Access, Changes, NO_PROXY, Way, own_list};

pub(crate) use resource_manager::ResourceManager;

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
    /// Lines for the file `$GITHUB_ENV`: for the later steps of a job of GitHub Actions.
    GithubActions,
    /// Logging commands: for the later steps of a job of Azure Pipelines.
    AzurePipelines,
}

impl Shell {
    /// What a comment begins with; `None` where there are none.
    fn comment(self) -> Option<&'static str> {
        match self {
            Shell::Cmd => Some("rem"),
            Shell::Bash | Shell::Powershell | Shell::Docker | Shell::AzurePipelines => Some("#"),
            Shell::GithubActions => None,
        }
    }

    /// Whether names have no case: on Windows, where the command prompt runs alone, and in Azure Pipelines, which
    /// writes all in capitals.
    fn has_no_case(self) -> bool {
        matches!(self, Shell::Cmd | Shell::AzurePipelines)
    }

    /// The lists of hosts without a proxy.
    fn proxy_lists(self) -> &'static [&'static str] {
        if self.has_no_case() {
            &NO_PROXY[..1]
        } else {
            &NO_PROXY
        }
    }

    /// Whether it cannot read the environment that it changes, so that lists and what is to be removed are taken
    /// from that of this program.
    fn is_blind(self) -> bool {
        matches!(self, Shell::GithubActions | Shell::AzurePipelines)
    }

    /// Gives the list of one name to the other where that has none, before anything is added to either: programs read the
    /// other as long as this one is not set. `None` where there is one name, or the shell does not read its environment.
    fn share_lists(self) -> Option<String> {
        let [upper, lower] = NO_PROXY;
        match self {
            Shell::Bash => Some(format!(
                "export {upper}=\"${{{upper}:-${{{lower}:-}}}}\" {lower}=\"${{{lower}:-${{{upper}:-}}}}\""
            )),
            Shell::Powershell => Some(format!(
                "if (-not $env:{upper}) {{ $env:{upper} = $env:{lower} }} \
                 elseif (-not $env:{lower}) {{ $env:{lower} = $env:{upper} }}"
            )),
            Shell::Cmd | Shell::Docker | Shell::GithubActions | Shell::AzurePipelines => None,
        }
    }

    /// Adds to a list that may be there already, where the shell can. PowerShell adds nothing that is at the
    /// end already: on Windows the second name is the first one's variable, elsewhere it is another.
    fn append(self, name: &str, value: &str) -> String {
        match self {
            Shell::Bash => format!("export {name}=\"${{{name}:+${name},}}{value}\""),
            Shell::Powershell => {
                let joined =
                    format!("(@($env:{name}, '{value}') | Where-Object {{ $_ }}) -join ','");
                format!(
                    "if (-not \"$env:{name}\".EndsWith('{value}')) {{ $env:{name} = {joined} }}"
                )
            }
            Shell::Cmd => format!(
                "if defined {name} (set \"{name}=%{name}%,{value}\") else set \"{name}={value}\""
            ),
            Shell::Docker | Shell::GithubActions | Shell::AzurePipelines => self.set(name, value),
        }
    }

    fn set(self, name: &str, value: &str) -> String {
        match self {
            Shell::Bash => format!("export {name}='{value}'"),
            Shell::Powershell => format!("$env:{name} = '{value}'"),
            Shell::Cmd => format!("set \"{name}={value}\""),
            Shell::Docker | Shell::GithubActions => format!("{name}={value}"),
            Shell::AzurePipelines => format!("##vso[task.setvariable variable={name}]{value}"),
        }
    }

    /// What takes a variable away; a container has only those that it is given. Pipelines can only empty one, which
    /// clients take for the same.
    fn unset(self, name: &str) -> Option<String> {
        match self {
            Shell::Bash => Some(format!("unset {name}")),
            Shell::Powershell => Some(format!("Remove-Item Env:{name} -ErrorAction Ignore")),
            Shell::Cmd => Some(format!("set \"{name}=\"")),
            Shell::Docker => None,
            Shell::GithubActions | Shell::AzurePipelines => Some(self.set(name, "")),
        }
    }
}

/// The settings that lead a client to the emulator.
#[derive(Debug)]
pub(crate) struct ClientSettings {
    pub(crate) way: Way,
    /// `http://HOST:PORT`, without a slash at the end: some clients join it with a path.
    pub(crate) endpoint: String,
    /// The secret that App Service's clients send.
    pub(crate) secret: String,
    /// The client id of the emulator's default identity, if it has one.
    pub(crate) client_id: Option<String>,
    /// `None` if its stub is not served.
    pub(crate) resource_manager: Option<ResourceManager>,
}

impl ClientSettings {
    fn changes(&self) -> Changes {
        let access = Access {
            endpoint: &self.endpoint,
            secret: &self.secret,
            client_id: self.client_id.as_deref(),
        };
        let manager = self.resource_manager.as_ref();
        Changes::new(self.way, &access, manager.map(ResourceManager::at))
    }
}

/// The lines to be evaluated in that shell; `own` are the variables of this program.
pub(crate) fn script(
    shell: Shell,
    client: &ClientSettings,
    own: impl Fn(&str) -> Option<String>,
) -> String {
    let manager = client.resource_manager.as_ref();
    let notes = client.way.notes().iter().map(|&note| note.to_owned());
    let of_manager = manager.map_or_else(ResourceManager::absent, ResourceManager::notes);
    let notes = notes.chain(of_manager);
    let notes = notes.filter_map(|note| Some(format!("{} {note}", shell.comment()?)));
    let changes = client.changes();
    let removed = if shell.is_blind() {
        let mut removed = changes.removed_from(|name| own(name).map(OsString::from));
        removed.retain(|name| own(name).is_some());
        removed
    } else {
        changes.removed.clone()
    };
    let unset = removed.iter().filter_map(|name| shell.unset(name));
    let set = changes.set.iter();
    let set = set.filter(|(name, _)| !(shell.has_no_case() && name.contains("http_")));
    let set = set.map(|(name, value)| shell.set(name, value));
    let lists = shell.proxy_lists().iter();
    let hosts = |name: &str| {
        let kept = own_list(name, &own).filter(|_| shell.is_blind() && changes.keeps_lists);
        kept.map_or_else(
            || changes.without_proxy.clone(),
            |own| format!("{own},{}", changes.without_proxy),
        )
    };
    let proxies = lists.map(|name| {
        if changes.keeps_lists {
            shell.append(name, &hosts(name))
        } else {
            shell.set(name, &hosts(name))
        }
    });
    let shared = shell.share_lists().filter(|_| changes.keeps_lists);
    let lines = notes.chain(unset).chain(set).chain(shared).chain(proxies);
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use imds_emulator::environment::{Client, Protocol, without_proxy};

    use super::*;

    fn client_settings(protocol: Protocol, endpoint: &str) -> ClientSettings {
        ClientSettings {
            way: Way::Protocol(protocol),
            endpoint: endpoint.to_owned(),
            secret: "s".to_owned(),
            client_id: Some("c".to_owned()),
            resource_manager: None,
        }
    }

    fn lines(shell: Shell, protocol: Protocol) -> Vec<String> {
        let script = script(
            shell,
            &client_settings(protocol, "http://127.0.0.1:1"),
            |_| None,
        );
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
            (Shell::GithubActions, format!("{header}=s"), None),
            (
                Shell::AzurePipelines,
                format!("##vso[task.setvariable variable={header}]s"),
                None,
            ),
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
            (Protocol::Azureml, "DEFAULT_IDENTITY_CLIENT_ID=c"),
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
        let mut client = client_settings(Protocol::Imds, endpoint);
        client.resource_manager = Some(ResourceManager {
            endpoint: "https://arm.test:7".to_owned(),
            ca_file: Some("/tmp/it is.pem".to_owned()),
        });
        let script = script(Shell::Bash, &client, |_| None);
        let line = "export NO_PROXY=\"${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost,::1,host.docker.internal,arm.test\"";
        assert!(script.lines().any(|found| found == line), "{script}");
        let trust = "export REQUESTS_CA_BUNDLE='/tmp/it is.pem'";
        assert!(script.lines().any(|found| found == trust), "{script}");
        assert_eq!(without_proxy(["http://[::1]:1"]), "127.0.0.1,localhost,::1");
    }

    #[test]
    fn each_shell_is_led_to_the_description_of_the_cloud() {
        let mut client = client_settings(Protocol::Imds, "http://127.0.0.1:1");
        let url = "http://127.0.0.1:7/metadata/endpoints?api-version=2019-05-01";
        for (shell, line) in [
            (
                Shell::Bash,
                format!("export ARM_CLOUD_METADATA_URL='{url}'"),
            ),
            (
                Shell::Powershell,
                format!("$env:ARM_CLOUD_METADATA_URL = '{url}'"),
            ),
            (Shell::Cmd, format!("set \"ARM_CLOUD_METADATA_URL={url}\"")),
            (Shell::Docker, format!("ARM_CLOUD_METADATA_URL={url}")),
        ] {
            client.resource_manager = None;
            let without = script(shell, &client, |_| None);
            let line = line.as_str();
            assert!(
                !without.lines().any(|found| found.contains(url)),
                "{without}"
            );
            client.resource_manager = Some(ResourceManager {
                endpoint: "http://127.0.0.1:7".to_owned(),
                ca_file: None,
            });
            let with = script(shell, &client, |_| None);
            assert!(with.lines().any(|found| found == line), "{with}");
            assert!(!with.contains("REQUESTS_CA_BUNDLE"), "{with}");
        }
    }

    #[test]
    fn where_names_have_no_case_no_list_is_added_twice() {
        let of_lists = |shell| {
            let lines = lines(shell, Protocol::Imds).into_iter();
            let lines = lines.filter(|line| line.to_ascii_uppercase().contains("NO_PROXY"));
            lines.collect::<Vec<_>>()
        };
        assert_eq!(of_lists(Shell::Cmd).len(), 1);
        let added = of_lists(Shell::Powershell);
        let shared = "if (-not $env:NO_PROXY) { $env:NO_PROXY = $env:no_proxy } \
            elseif (-not $env:no_proxy) { $env:no_proxy = $env:NO_PROXY }";
        assert_eq!(added[0], shared);
        let expected = "if (-not \"$env:no_proxy\".EndsWith('127.0.0.1,localhost,::1')) { $env:no_proxy = \
            (@($env:no_proxy, '127.0.0.1,localhost,::1') | Where-Object { $_ }) -join ',' }";
        assert_eq!((added.len(), added[2].as_str()), (3, expected));
    }

    /// What a real shell has in both lists, which begins with these variables.
    #[cfg(unix)]
    fn lists_of_bash(program: &str, own: &[(&str, &str)]) -> String {
        let script = lines(Shell::Bash, Protocol::Imds).join("\n");
        let print = "printf '%s|%s' \"$NO_PROXY\" \"$no_proxy\"";
        let mut shell = std::process::Command::new(program);
        for name in NO_PROXY {
            shell.env_remove(name);
        }
        let shell = shell.envs(own.iter().copied());
        let done = shell.args(["-euc", &format!("{script}\n{print}")]).output();
        let done = done.expect("a shell");
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).expect("text")
    }

    #[cfg(unix)]
    #[test]
    fn a_list_of_one_name_is_kept_in_both() {
        let here = "127.0.0.1,localhost,::1";
        for program in ["bash", "sh"] {
            let of = |own: &[(&str, &str)]| lists_of_bash(program, own);
            assert_eq!(of(&[]), format!("{here}|{here}"));
            for name in NO_PROXY {
                let both = format!("a.example,{here}|a.example,{here}");
                assert_eq!(of(&[(name, "a.example")]), both, "{program} {name}");
            }
            let unlike = of(&[("NO_PROXY", "a.example"), ("no_proxy", "b.example")]);
            assert_eq!(unlike, format!("a.example,{here}|b.example,{here}"));
        }
    }

    #[test]
    fn arc_is_told_with_the_folder_of_its_keys() {
        let script = lines(Shell::Cmd, Protocol::Arc).join("\n");
        assert!(script.contains("arc_key_folder = \"sdk\""), "{script}");
        assert!(script.contains("/var/opt/azcmagent/tokens"), "{script}");
    }

    #[test]
    fn a_protocol_is_called_as_on_the_command_line() {
        for protocol in Protocol::value_variants() {
            let value = protocol.to_possible_value().expect("none is hidden");
            assert_eq!(value.get_name(), protocol.name());
        }
        for client in Client::value_variants() {
            let value = client.to_possible_value().expect("none is hidden");
            assert_eq!(value.get_name(), client.name());
            assert!(Client::ALL.contains(client));
        }
    }

    #[test]
    fn a_pipeline_is_given_what_is_there_already_and_nothing_that_its_file_does_not_know() {
        let client = client_settings(Protocol::Imds, "http://127.0.0.1:1");
        let own = |name: &str| match name {
            "NO_PROXY" => Some("a.example".to_owned()),
            "AZURE_CLIENT_SECRET" | "AZURE_CLIENT_ID" => Some("x".to_owned()),
            _ => None,
        };
        let file = script(Shell::GithubActions, &client, own);
        let expected = "AZURE_CLIENT_SECRET=\n\
            AZURE_CLIENT_ID=\n\
            AZURE_POD_IDENTITY_AUTHORITY_HOST=http://127.0.0.1:1\n\
            MSAL_MANAGED_IDENTITY_ENDPOINT=http://127.0.0.1:1/metadata/identity/oauth2/token\n\
            AZURE_TOKEN_CREDENTIALS=prod\n\
            NO_PROXY=a.example,127.0.0.1,localhost,::1\n\
            no_proxy=a.example,127.0.0.1,localhost,::1\n";
        assert_eq!(file, expected);
        let commands = script(Shell::AzurePipelines, &client, own);
        let list = "##vso[task.setvariable variable=NO_PROXY]a.example,127.0.0.1,localhost,::1";
        assert!(commands.lines().any(|line| line == list), "{commands}");
        let is_known = |line: &str| line.starts_with("# ") || line.starts_with("##vso[");
        assert!(commands.lines().all(is_known), "{commands}");
        assert!(!commands.contains("=no_proxy"), "{commands}");
        let lower = |name: &str| (name == "no_proxy").then(|| "a.example".to_owned());
        let commands = script(Shell::AzurePipelines, &client, lower);
        assert!(commands.lines().any(|line| line == list), "{commands}");
    }

    #[test]
    fn where_the_emulator_is_the_proxy_the_user_s_list_is_replaced() {
        let mut client = client_settings(Protocol::Imds, "http://127.0.0.1:1");
        client.way = Way::Client(Client::Azidentity);
        let bash = script(Shell::Bash, &client, |_| None);
        for expected in [
            "export HTTP_PROXY='http://127.0.0.1:1'",
            "export http_proxy='http://127.0.0.1:1'",
            "export NO_PROXY='127.0.0.1,localhost,::1'",
        ] {
            assert!(bash.lines().any(|line| line == expected), "{bash}");
        }
        let prompt = script(Shell::Cmd, &client, |_| None);
        assert!(!prompt.contains("http_proxy"), "{prompt}");
    }
}
