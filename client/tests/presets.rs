//! Every preset waits as the client it models: checked row by row against the tables of what was
//! measured (A; C, D and E later, with the versions in `presets.toml` and `libraries.toml`), read in the sources (B),
//! or documented.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::{Policy, aliases, libraries, presets};
use imds_client::{Acquisition, GaveUp, Outcome, RetryAfter, Step, TransportFailure};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// Preset | what it meets (the last one again and again; cases with the same waits after commas) |
/// its waits in seconds | how it ends | where that is from.
///
/// `429+5` has a Retry-After of 5 s, `429+5ms` one in milliseconds; `1x5` is five waits of 1 s;
/// `1~2` is a random wait from 1 to 2 s, whose ends are reached over many draws; `1~1.5~2` is one that
/// can be from 1 to 2 s, and comes to 1.5 s at least. Where it is `endless`, only the first waits are listed.
const ROWS: &str = "
py-azure-identity | 429, 404, 500, 501, 503, 504, 408    | 0 1.6 3.2 6.4 12.8   | exhausted     | A
py-azure-identity | 429+1, 404+1, 410+1, 400+1           | 1x5                  | exhausted     | A; 400: B ran
py-azure-identity | 429+5                                | 5x5                  | exhausted     | A
py-azure-identity | 429+1500ms                           | 1.5x5                | exhausted     | B ran
py-azure-identity | 429+300                              | 300x5                | exhausted     | B ran
py-azure-identity | 429+0                                | 0 1.6 3.2 6.4 12.8   | exhausted     | B ran
py-azure-identity | 410                                  | 0 5 10 20 40         | exhausted     | A
py-azure-identity | connect, unreachable, closed, reset, timeout | 0 1.6 3.2    | exhausted     | A
py-azure-identity | 400, 401, 403, 405                   |                      | not-retryable | A
py-azure-identity | 429 429 200                          | 0 1.6                | ok            | A
py-azure-identity | 410 200                              | 0                    | ok            | A
py-msal           | 429, 429+1, 404, 410, 500, 400, connect, timeout |          | not-retryable | A
azure-cli         | 429, 429+1, 429+5, 404, 404+1, 410   |                      | not-retryable | A
azure-cli         | 500, 501, 503, 408, 400, connect, closed, timeout |         | not-retryable | A
js-azure-identity | 429, 429 429 200                     |                      | not-retryable | A
js-azure-identity | 429+1, 503+1                         | 1x3                  | exhausted     | A; 503: B
js-azure-identity | 429+5                                | 5x3                  | exhausted     | A
js-azure-identity | 429+300                              | 300x3                | exhausted     | B ran
js-azure-identity | 429+1 429+1 200                      | 1x2                  | ok            | A
js-azure-identity | 404, 404+1           | .4~.8 .8~1.6 1.6~3.2 3.2~6.4 6.4~12.8 | exhausted    | A
js-azure-identity | 410, 410+1           | 1.5~3 3~6 6~12 12~24 24~48           | exhausted     | A
js-azure-identity | 500, 503, 504, 408, connect, closed, reset | .5~1 1~2 2~4   | exhausted     | A
js-azure-identity | 501, 505, 400, 401, 403, 405, unreachable |                 | not-retryable | A
js-azure-identity | 410 200                              | 1.5~3                | ok            | A
msal-node         | 429, 429+1, 429+5, 404, 404+1        | 1 2 4                | exhausted     | A
msal-node         | 500, 501, 503, 504, 408              | 1 2 4                | exhausted     | A
msal-node         | 410, 410+1                           | 10x7                 | exhausted     | A
msal-node         | 400, 401, 403, 405, connect, closed, timeout |              | not-retryable | A
msal-node         | 429 429 200                          | 1 2                  | ok            | A
msal-node         | 410 200                              | 10                   | ok            | A
msal-node         | 410 429                              | 10 2 4 4 4 4 4       | exhausted     | B
msal-dotnet       | 429, 429+1, 404, 408, 500            | 1 2 4                | exhausted     | D; 408: B
msal-dotnet       | 410                                  | 10x7                 | exhausted     | D
msal-dotnet       | 429 410                              | 1 10 10              | exhausted     | B
msal-dotnet       | 400, connect, reset                  |                      | not-retryable | D; 400, connect: B
msal-dotnet-4.60.4 | 429, 404, 500                       | 1                    | exhausted     | D
msal-dotnet-4.60.4 | 429+1, 429+5                        |                      | too-long      | D
msal-dotnet-4.60.4 | 410, reset, 400                     |                      | not-retryable | D; 400: B
msal-dotnet-4.60.4 | timeout                             | 1                    | exhausted     | B
msal-dotnet-4.73.1 | 429                                 | 1 2 4                | exhausted     | D
msal4j            | 429, 429+1, 404, 408, 500            | 2 4 8                | exhausted     | B
msal4j            | 410                                  | 10x7                 | exhausted     | B
msal4j            | 400, connect                         |                      | not-retryable | B
msal-default-mi   | 429, 429+1, 404, 500                 | 1x3                  | exhausted     | B
msal-default-mi   | 429+5                                | 5x3                  | exhausted     | B
msal-default-mi   | 410, 501, 400                        |                      | not-retryable | B
dotnet-azure-identity | 429, 404, 500, 503, 408, connect, reset | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D; 408, connect: B
dotnet-azure-identity | 429+1             | 1 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-azure-identity | 429+90                           | 90x5                 | exhausted     | B: uncapped
dotnet-azure-identity | 410               | 2.4~3.6 4.8~7.2 9.6~14.4 19.2~28.8 38.4~57.6 | exhausted | D
dotnet-azure-identity | timeout                          | 0x4                  | exhausted     | D
dotnet-azure-identity | 502, 501, 400                    |                      | not-retryable | B
dotnet-azure-identity-1.6.0 | 429, 404, 500, 503, reset, timeout | .64~.96 1.28~1.92 2.56~3.84 | exhausted | D
dotnet-azure-identity-1.6.0 | 429+2                      | 2 2 2.56~3.84        | exhausted     | D
dotnet-azure-identity-1.6.0 | 410, 400                   |                      | not-retryable | D; 400: B
dotnet-azure-identity-1.10.3 | 429, 410, timeout         | .64~.96 1.28~1.92 2.56~3.84 | exhausted | D
dotnet-azure-identity-1.11.4 | 429, 410, timeout         | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-azure-identity-1.13.0 | 429, 410, reset           | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-azure-identity-1.13.0 | timeout                   | 0x4                  | exhausted     | D
dotnet-azure-identity-1.17.2 | 429, reset                | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-default-azure-credential | 429, 404, 410, 500   |           | not-retryable | D
dotnet-default-azure-credential | connect, timeout, malformed |    | not-retryable | B
dotnet-default-azure-credential | 200                    |         | ok            | B
dotnet-default-azure-credential | 400 200                | 0       | ok            | D
dotnet-default-azure-credential | 400 429 | 0 .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-default-azure-credential | 400                    | 0       | not-retryable | B
dotnet-default-azure-credential-1.11.4 | 429, 410        |         | not-retryable | D
dotnet-default-azure-credential-1.11.4 | 400 410 | 0 .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-default-azure-credential-1.13.0 | 400 429 | 0 .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
dotnet-default-azure-credential-1.17.2 | 400 410 | 0 2.4~3.6 4.8~7.2 9.6~14.4 19.2~28.8 38.4~57.6 | exhausted | D
azure-powershell  | 429                   | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
azure-powershell  | 410                   | 2.4~3.6 4.8~7.2 9.6~14.4 19.2~28.8 38.4~57.6 | exhausted | D
azure-powershell  | timeout                              | 0x4                  | exhausted     | D
azure-powershell  | 400                                  |                      | not-retryable | B
az-accounts-1.2.1 | 429 200, 429+9 200                   | 2~3                  | ok            | D
az-accounts-1.2.1 | 410, 404, 500, 503, reset, timeout   |                      | not-retryable | D
az-accounts-2.8.0 | 429, 404, 500, 503, reset, timeout | .64~.96 1.28~1.92 2.56~3.84 | exhausted | D
az-accounts-2.8.0 | 410                                  |                      | not-retryable | D
az-accounts-2.19.0 | 429, 410, timeout                   | .64~.96 1.28~1.92 2.56~3.84 | exhausted | D
az-accounts-3.0.4 | 429, 410, timeout     | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
az-accounts-4.0.2 | 429, 410              | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
az-accounts-4.0.2 | timeout                              | 0x4                  | exhausted     | D
az-accounts-5.5.0 | 429                   | .64~.96 1.28~1.92 2.56~3.84 5.12~7.68 10.24~15.36 | exhausted | D
go-azidentity     | 429, 404, 410, 500, 502, 503, 504    | 1.6~2.6 4.8~7.8 11.2~18.2 24~25 25x2 | exhausted | C
go-azidentity     | closed, reset, connect, timeout      | 1.6~2.6 4.8~7.8 11.2~18.2 24~25 25x2 | exhausted | C; connect, timeout: B
go-azidentity     | 429+1                                | 1x6                  | exhausted     | C
go-azidentity     | 429+25                               | 25x6                 | exhausted     | B
go-azidentity     | 429+26                               |                      | too-long      | C
go-azidentity     | 408, 509, 400                        |                      | not-retryable | C; 509: B
go-msal           | 429, 429+5, 404, 410, 500, connect   | 1x2                  | exhausted     | B
go-msal           | 408, 400                             |                      | not-retryable | B
go-autorest       | 429, 429+1, 404, 408, 410, 500, connect | 2 6 14 30         | exhausted     | B
terraform-go-azure-sdk | 429                             | 2 4 8 16             | exhausted     | E
terraform-go-azure-sdk | 429+1, 503+1                    | 1x4                  | exhausted     | E; 503: B
terraform-go-azure-sdk | 404, 410, 501, 400              |                      | not-retryable | E; 501, 400: B
terraform-go-azure-sdk | 500, 503, connect               | 2 4 8 16             | exhausted     | B
hashicorp-go-azure-sdk-0.20260811 | 429                  | 2 4 8 16             | exhausted     | E
hashicorp-go-azure-sdk-0.20260811 | 429+5                | 5x4                  | exhausted     | E
hashicorp-go-azure-sdk-0.20260811 | 404, 410             |                      | not-retryable | E
kubelogin-0.2.15  | 429 429 429 200, 410 410 410 200     | 1.6~2.6 4.8~7.8 11.2~18.2 | ok       | E
kubelogin-0.2.15  | 429+1                                | 1x5                  | exhausted     | E
kubelogin-0.2.15  | 429+20                               | 20x2                 | time          | E
rclone-1.60.1     | 429, 429+1, 429+9, 500               | 0 2 6 14             | exhausted     | E
rclone-1.60.1     | 410, 404                             |                      | not-retryable | E
java-azure-identity | 429, 404, 410, 500, 502, 503, 504  | .8 1.6 3.2 6.4 12.8  | exhausted     | C
java-azure-identity | closed, reset, connect             | .8 1.6 3.2 6.4 12.8  | exhausted     | C; connect: B
java-azure-identity | 429+1                              | 1x5                  | exhausted     | C
java-azure-identity | 429+5                              | 5x5                  | exhausted     | C
java-azure-identity | 408, 400                           |                      | not-retryable | C
java-azure-identity-1.19.0 | 429, 410                    | .8 1.6 3.2 6.4 12.8  | exhausted     | C
java-azure-identity-1.16.0 | 429, 404, 500 | .8 1.6 3.2 6.4 12.8 1 .8 1.6 3.2 6.4 12.8 1 .8 1.6 3.2 6.4 12.8 1 .8 1.6 3.2 6.4 12.8 | exhausted | E
java-azure-identity-1.16.0 | 410                         | .8 1.6 3.2 6.4 12.8  | exhausted     | E
java-azure-identity-1.18.1, java-azure-identity-1.18.2 | 429, 404, 500 | .8 1.6 3.2 6.4 12.8 2 .8 1.6 3.2 6.4 12.8 4 .8 1.6 3.2 6.4 12.8 8 .8 1.6 3.2 6.4 12.8 | exhausted | E; 404, 500: B
java-azure-identity-1.18.1, java-azure-identity-1.18.2 | 410 | .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 10 .8 1.6 3.2 6.4 12.8 | exhausted | E
rust-azure-identity | 429, 429+1, 404, 410, 503 | 2.68~2.935 5.36~5.615 10.72~10.975 21.44~21.695 30x2 | exhausted | A
rust-azure-identity | 404+5, 410+5, 500, 501, 504, connect, closed, unreachable | 2.68~2.935 5.36~5.615 10.72~10.975 21.44~21.695 30x2 | exhausted | A
rust-azure-identity | 429+5                 | 5 5.36~5.615 10.72~10.975 21.44~21.695 30 | time   | A
rust-azure-identity | timeout                            | 2.68~2.935 5.36~5.615 | time         | A
rust-azure-identity | 408, 400, 401, 403, 405            |                      | not-retryable | A
rust-azure-identity | 429 429 200                        | 2.68~2.935 5.36~5.615 | ok           | A
rust-azure-identity | 410 200                            | 2.68~2.935           | ok            | A
cpp-azure-identity, azure-identity-cpp-1.13.2, azure-identity-cpp-1.13.3 | 429, 410, 429+1, 404, 501, 400 | | not-retryable | E; 404, 501, 400: B
cpp-azure-identity, azure-identity-cpp-1.13.2, azure-identity-cpp-1.13.3 | 500, 502, 503, 504, 408, connect | .98 1.6 3.82 | exhausted | E; all but 500: B
cpp-azure-identity | 503+1                               | 1x3                  | exhausted     | B
object-store      | 429, 429+5, 500 | .1 .1~.2 .1~.3~.4 .1~.3~.8 .1~.4~1.6 .1~.4~3.2 .1~.4~6.4 .1~.4~12.8 .1~1~15 .1~1.5~15 | exhausted | E
object-store      | 404, 410                             |                      | not-retryable | E
adlfs-2026.8      | 429, 404, 500 | 0 1.6 3.2 6.4 12.8 15~21 0 1.6 3.2 6.4 12.8 21~27 0 1.6 3.2 6.4 12.8 39~45 0 1.6 | endless | E
adlfs-2026.8      | 410   | 0 5 10 20 40 15~21 0 5 10 20 40 21~27 0 5 10 20 40 39~45 0 5 | endless | E
adlfs-2026.8      | 429+2 | 2x5 15~21 2x5 21~27 2x5 39~45 2 | endless | E
adlfs-2026.8      | 503                                  | 0 1.6 3.2 6.4 12.8   | exhausted     | B
mssql-jdbc-8.4.1  | 429, 429+9, 404, 500                 | 0~.11x19             | exhausted     | E
mssql-jdbc-8.4.1  | 410, 410+1                           | 70x19                | exhausted     | E; how often: assumed
librdkafka-2.16   | 429, 429+1, 500 | 5 10 15 20 10 5 10 15 20 10 5 10 15 20 10 5   | endless       | E
librdkafka-2.16   | 410, 410+1, 404                      | 10x50                | endless       | E
confluent-schema-registry | 429, 410, 404, 500, 400, connect | 0~1 0~2 0~4      | exhausted     | E; 400, connect: B
confluent-schema-registry-js-1.10.1 | 429, 429+3, 500, 502      | 0~1 0~2              | exhausted     | E; 502: B
confluent-schema-registry-js-1.10.1 | 410, 404      |                      | not-retryable | E
google-auth-library-node | 429, 429+9, 500, 408, 501     | .1 .5 1.5            | exhausted     | E; 408, 501: B
google-auth-library-node | connect, timeout              | .1 .5                | exhausted     | B
google-auth-library-node | 410, 404                      |                      | not-retryable | E
hadoop-azure-3.4.1 | 429, 429+1, 410                     |                      | not-retryable | E
hadoop-azure-3.4.1 | 500                                 | 0x5                  | exhausted     | E
one-attempt, pymongo, mongodb, google-auth-python, opendal, gdal, ms-rest-nodeauth, acr-env, facter, ohai, libazureinit, azure-events-az, telegraf, opentelemetry-detectors | 429, 410 | | not-retryable | E
cloud-init-22.4.2 | 429, 410, 429+9, 404, 500, timeout   | 1x10                 | exhausted     | E; timeout: B
ignition-2.14     | 429, 410                             |                      | not-retryable | E
ignition-2.14     | 500                                  | .2 .4                | exhausted     | E
azure-cli-msrestazure | 429, 429+1, 404, 500 | .1 .1~.3 .1~.7 .1~1.5 .1~3.1 .1~6.3 .1~12.7 .1~25.5 .1~51.1 .1~102.3 .1~204.7 .1~409.5 | exhausted | B
azure-cli-msrestazure | 408, 400, connect                |                      | not-retryable | B
cloud-init        | 429, 429+5, 404, 410, 500            | 1x299                | time          | B
cloud-init        | connect                              | 1x11                 | exhausted     | B
cloud-init        | 503, 400                             |                      | not-retryable | B
walinuxagent      | 429, 403, 503                        | 1x24                 | exhausted     | B
walinuxagent      | 500, 206, connect                    | 2 3 5 8 13           | exhausted     | B
walinuxagent      | 410, 404, 400                        |                      | not-retryable | B
entra-doc         | 429, 404, 410, timeout               | 0 2 6 14 30          | exhausted     | documented
entra-doc         | 500, 503                             | 1 2 6 14 30          | exhausted     | documented
entra-doc         | 400, 401, 403, 408                   |                      | not-retryable | documented
proportional      | 429 200, 410 200, connect 200, reset 200, malformed 200 | .25~.5 | ok          | ours
proportional      | 429+5 200                            | 5~5.5                | ok            | ours
proportional      | 429+1500ms 200                       | 1.5~2                | ok            | ours
proportional      | 429+900 200                          | 300~300.5            | ok            | ours
proportional      | 400, 401                             |                      | not-retryable | ours
no-retry          | 429, 429+1, 500, connect             |                      | not-retryable | ours
";

#[test]
fn every_preset_waits_as_the_client_it_models() {
    let wrong: Vec<String> = rows().flat_map(|row| row.check()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_preset_and_no_generation_is_without_a_row() {
    let tested: BTreeSet<&str> = rows().flat_map(|row| row.policies).collect();
    let generations = libraries()
        .values()
        .flat_map(|library| &library.generations);
    let generations = generations.map(|generation| generation.policy.name.as_str());
    let presets = presets().keys().map(String::as_str);
    let others = aliases().keys().map(String::as_str);
    let all: BTreeSet<&str> = presets.chain(generations).chain(others).collect();
    let missing: Vec<&&str> = all.difference(&tested).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_old_azure_cli_waits_an_update_out() {
    let policy = Policy::preset("azure-cli-msrestazure").expect("a preset");
    for seed in 0..DRAWS {
        let (waits, end) = play(&policy, "410", seed);
        assert!(waits.iter().sum::<f64>() > 69.999, "{waits:?}");
        assert_eq!(end, "time");
    }
}

#[test]
fn the_default_gives_up_on_a_service_that_is_not_there_before_its_deadline() {
    let policy = Policy::preset(Policy::DEFAULT).expect("a preset");
    for (case, retries) in [("connect", 16), ("unreachable", 16), ("malformed", 5)] {
        let (waits, end) = play(&policy, case, 1);
        assert_eq!((waits.len(), end), (retries, "exhausted"), "{case}");
    }
    let (waits, end) = play(&policy, "429", 1);
    assert!(waits.iter().sum::<f64>() > 1000.0, "{waits:?}");
    assert_eq!(end, "time");
}

/// How often a case with random waits is run.
const DRAWS: u64 = 1500;

/// What a wait can be, in seconds.
#[derive(Clone, Copy)]
struct Wait {
    least: f64,
    most: f64,
    /// What the longest of many draws comes to at least.
    reached: f64,
}

struct Row {
    policies: Vec<&'static str>,
    cases: Vec<&'static str>,
    waits: Vec<Wait>,
    end: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    ROWS.lines().filter(|line| !line.is_empty()).map(|line| {
        let columns: Vec<_> = line.split('|').map(str::trim).collect();
        let [policies, cases, waits, end, _source] = columns[..] else {
            panic!("five columns: {line}");
        };
        let list = |text: &'static str| text.split(',').map(str::trim).collect();
        Row {
            policies: list(policies),
            cases: list(cases),
            waits: waits.split_whitespace().flat_map(expected).collect(),
            end,
        }
    })
}

fn expected(text: &str) -> Vec<Wait> {
    let number = |text: &str| text.parse::<f64>().expect("seconds");
    let (wait, times) = text.split_once('x').unwrap_or((text, "1"));
    let numbers: Vec<f64> = wait.split('~').map(number).collect();
    let near = |least: f64, most: f64| most - 0.05 * (most - least) - 1e-6;
    let (least, reached, most) = match numbers[..] {
        [wait] => (wait, near(wait, wait), wait),
        [least, most] => (least, near(least, most), most),
        [least, reached, most] => (least, reached, most),
        _ => panic!("a wait, or a range: {text}"),
    };
    let wait = Wait {
        least,
        most,
        reached,
    };
    vec![wait; times.parse().expect("a count")]
}

impl Row {
    fn check(&self) -> Vec<String> {
        let policies = self.policies.iter();
        let checks = policies.flat_map(|name| {
            let policy = Policy::preset(name).expect("a preset");
            let check = move |case: &&str| {
                let wrong = self.check_case(&policy, case).err()?;
                Some(format!("{name} on {case}: {wrong}"))
            };
            self.cases.iter().filter_map(check)
        });
        checks.collect()
    }

    fn check_case(&self, policy: &Arc<Policy>, case: &str) -> Result<(), String> {
        let by_chance = self.waits.iter().any(|wait| wait.least < wait.most);
        let waits_seen = if self.end == "endless" {
            self.waits.len()
        } else {
            usize::MAX
        };
        let mut seen = vec![(f64::INFINITY, 0.0_f64); self.waits.len()];
        for seed in 0..if by_chance { DRAWS } else { 1 } {
            let (waits, end) = play_for(policy, case, seed, waits_seen);
            if waits.len() != seen.len() || end != self.end {
                return Err(format!("waits {waits:?}, then {end}"));
            }
            for ((least, most), wait) in seen.iter_mut().zip(waits) {
                (*least, *most) = (least.min(wait), most.max(wait));
            }
        }
        let alike = |(seen, wait): (&(f64, f64), &Wait)| wait.is_as(*seen);
        if seen.iter().zip(&self.waits).all(alike) {
            return Ok(());
        }
        Err(format!("waits from and to {seen:?}"))
    }
}

impl Wait {
    /// Whether what was seen lies within what is expected, and comes near both its ends.
    fn is_as(self, seen: (f64, f64)) -> bool {
        let near = 0.05 * (self.reached - self.least) + 1e-6;
        (-1e-6..near).contains(&(seen.0 - self.least))
            && (self.reached..self.most + 1e-6).contains(&seen.1)
    }
}

/// The waits of one acquisition in seconds, and how it ends. A timeout takes the policy's attempt
/// timeout; everything else takes no time.
fn play(policy: &Arc<Policy>, case: &str, seed: u64) -> (Vec<f64>, &'static str) {
    play_for(policy, case, seed, usize::MAX)
}

/// The same, up to so many waits.
fn play_for(policy: &Arc<Policy>, case: &str, seed: u64, most: usize) -> (Vec<f64>, &'static str) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let script: Vec<Outcome> = case.split_whitespace().map(outcome).collect();
    let last = *script.last().expect("an outcome");
    let mut now = Duration::ZERO;
    let mut acquisition = Acquisition::begin(Arc::clone(policy), now);
    let mut waits = Vec::new();
    for outcome in script.into_iter().chain(std::iter::repeat_n(last, 1000)) {
        if waits.len() == most {
            return (waits, "endless");
        }
        if outcome == Outcome::Transport(TransportFailure::Timeout) {
            now += policy.attempt_timeout.unwrap_or_default();
        }
        match acquisition.after(&outcome, now, &mut rng) {
            Step::Send => waits.push(0.0),
            Step::WaitUntil(at) => {
                waits.push(at.saturating_sub(now).as_secs_f64());
                now = at;
            }
            Step::Done => return (waits, "ok"),
            Step::Failed(reason) => return (waits, name(reason)),
        }
    }
    panic!("{case}: it never ends")
}

fn outcome(text: &str) -> Outcome {
    let (status, wait) = text.split_once('+').unwrap_or((text, ""));
    match status {
        "200" => Outcome::Success,
        "connect" => Outcome::Transport(TransportFailure::Connect),
        "unreachable" => Outcome::Transport(TransportFailure::Unreachable),
        "timeout" => Outcome::Transport(TransportFailure::Timeout),
        "reset" => Outcome::Transport(TransportFailure::Reset),
        "closed" => Outcome::Transport(TransportFailure::Closed),
        "malformed" => Outcome::Malformed,
        _ => Outcome::Status {
            status: status.parse().expect("a status"),
            retry_after: retry_after(wait),
        },
    }
}

fn retry_after(text: &str) -> RetryAfter {
    let milliseconds = text
        .strip_suffix("ms")
        .map(|ms| ms.parse().expect("milliseconds"));
    RetryAfter {
        seconds: text.parse().ok().map(Duration::from_secs),
        milliseconds: milliseconds.map(Duration::from_millis),
        date: None,
    }
}

fn name(reason: GaveUp) -> &'static str {
    match reason {
        GaveUp::NotRetryable => "not-retryable",
        GaveUp::RetriesExhausted => "exhausted",
        GaveUp::TimeLimit => "time",
        GaveUp::RetryAfterTooLong => "too-long",
        GaveUp::Replayed => "replayed",
    }
}
