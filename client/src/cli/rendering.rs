//! A token as it is printed, for people, for scripts and for shells.

use anyhow::ensure;
use clap::ValueEnum;
use imds_client::Token;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// How a token is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// All of it, as `az account get-access-token` prints it
    Json,
    /// The access token alone
    Text,
    /// Lines of NAME=VALUE: for `export`, `docker --env-file`, systemd's `EnvironmentFile`
    Env,
    /// Lines of $env:NAME = 'VALUE', for PowerShell
    Powershell,
}

/// The token, without a line end after it.
pub(super) fn rendered(token: &Token, format: Format) -> anyhow::Result<String> {
    match format {
        Format::Json => json(token),
        Format::Text => Ok(token.access_token.clone()),
        Format::Env => lines(token, |name, value| format!("{name}={value}")),
        Format::Powershell => lines(token, |name, value| format!("$env:{name} = '{value}'")),
    }
}

/// The names are those of `az account get-access-token`, as far as it has them. Its `subscription` is
/// left out: it is the user's choice and in no token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    access_token: &'a str,
    client_id: Option<&'a str>,
    /// In local time and without a zone, as `az` writes it.
    expires_on: Option<String>,
    #[serde(rename = "expires_on")]
    expires_on_s: Option<u64>,
    resource: Option<&'a str>,
    tenant: Option<String>,
    token_type: &'a str,
}

fn json(token: &Token) -> anyhow::Result<String> {
    let printed = Printed {
        access_token: &token.access_token,
        client_id: token.client_id.as_deref(),
        expires_on: token.expires_on.and_then(local),
        expires_on_s: token.expires_on,
        resource: token.resource.as_deref(),
        tenant: token.tenant(),
        token_type: &token.token_type,
    };
    Ok(serde_json::to_string_pretty(&printed)?)
}

fn local(seconds: u64) -> Option<String> {
    let time = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    let time = time.to_zoned_datetime(TimeZone::system());
    Some(time.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

/// The prefix is ours, so that other programs do not read the variables as their settings.
fn lines(token: &Token, line: impl Fn(&str, &str) -> String) -> anyhow::Result<String> {
    let variables = [
        ("IMDS_ACCESS_TOKEN", Some(token.access_token.clone())),
        (
            "IMDS_EXPIRES_ON",
            token.expires_on.map(|time| time.to_string()),
        ),
        ("IMDS_CLIENT_ID", token.client_id.clone()),
        ("IMDS_TENANT_ID", token.tenant()),
    ];
    let known = variables
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let lines = known.map(|(name, value)| {
        ensure!(
            is_plain(value),
            "what came for {name} holds characters that a shell could take for more than text"
        );
        Ok(line(name, value))
    });
    Ok(lines.collect::<anyhow::Result<Vec<_>>>()?.join("\n"))
}

/// The characters of tokens (RFC 6750) without the tilde, which a shell may expand. None of them is
/// special in a shell, so that no answer can run anything in one.
fn is_plain(value: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._+/=".contains(&byte);
    value.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(access_token: &str) -> Token {
        Token {
            access_token: access_token.to_owned(),
            token_type: "Bearer".to_owned(),
            resource: None,
            client_id: Some("5a1f-1".to_owned()),
            expires_on: Some(1_795_440_000),
            expires_in: None,
            not_before: None,
        }
    }

    /// Its payload is `{"tid":"t-1"}`.
    const JWT: &str = "e30.eyJ0aWQiOiJ0LTEifQ.c2ln";

    #[test]
    fn as_variables_it_is_a_name_and_a_value_a_line() {
        let expected = format!(
            "IMDS_ACCESS_TOKEN={JWT}\nIMDS_EXPIRES_ON=1795440000\nIMDS_CLIENT_ID=5a1f-1\nIMDS_TENANT_ID=t-1"
        );
        let printed = rendered(&token(JWT), Format::Env).expect("plain values");
        assert_eq!(printed, expected);
    }

    #[test]
    fn for_powershell_values_are_quoted_and_what_is_not_known_is_left_out() {
        let expected = "$env:IMDS_ACCESS_TOKEN = 'opaque'\n\
            $env:IMDS_EXPIRES_ON = '1795440000'\n\
            $env:IMDS_CLIENT_ID = '5a1f-1'";
        let printed = rendered(&token("opaque"), Format::Powershell).expect("plain values");
        assert_eq!(printed, expected);
    }

    #[test]
    fn nothing_that_a_shell_could_run_is_printed_for_one() {
        for text in ["$(id)", "a'b", "a b", "a\nb", "~", "a;b", "\u{2019}"] {
            for format in [Format::Env, Format::Powershell] {
                let error = rendered(&token(text), format).expect_err("not plain");
                assert!(!error.to_string().contains(text), "the value is not told");
            }
        }
    }
}
