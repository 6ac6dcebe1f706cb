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
