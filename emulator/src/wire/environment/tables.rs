//! The ways and the variables as tables of Markdown, for the documentation.

use std::fmt::Write;

use super::client::Client;
use super::protocol::Access;
use super::strangers::{CREDENTIALS, STRANGERS};
use super::way::Way;

/// The clients by name with what leads them, and then the variables that are removed.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub fn tables() -> String {
    let mut out = String::new();
    write_clients(&mut out).expect("writing to a string does not fail");
    write_strangers(&mut out).expect("writing to a string does not fail");
    out
}

/// A value of an [`Access`] stands for itself.
const SHOWN: Access<'_> = Access {
    endpoint: "ENDPOINT",
    secret: "SECRET",
    client_id: Some("CLIENT_ID"),
};

fn write_clients(out: &mut String) -> std::fmt::Result {
    writeln!(out, "| `--client` | what it leads | by |")?;
    writeln!(out, "|---|---|---|")?;
    for client in Client::ALL {
        let settings = Way::Client(client).settings(&SHOWN);
        let by = settings
            .iter()
            .map(|(name, value)| format!("`{name}={value}`"));
        let by: Vec<String> = by.collect();
        let (name, leads) = (client.name(), client.leads());
        writeln!(out, "| `{name}` | {leads} | {} |", by.join(", "))?;
    }
    Ok(())
}

/// Variables with the same effect in one row.
fn write_strangers(out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n| removed | since each |")?;
    writeln!(out, "|---|---|")?;
    let same = STRANGERS.chunk_by(|one, other| one.effect == other.effect);
    for strangers in same {
        let names = strangers.iter().map(|it| format!("`{}`", it.name));
        let names: Vec<String> = names.collect();
        writeln!(out, "| {} | {} |", names.join(", "), strangers[0].effect)?;
    }
    let (name, value) = CREDENTIALS;
    writeln!(
        out,
        "\n`{name}` becomes `{value}`, unless it is `ManagedIdentityCredential`. {IDS}"
    )
}

const IDS: &str = "`AZURE_CLIENT_ID` and
`ARM_CLIENT_ID` name an application beside its secret, and are removed with it by all but the shells' scripts, which cannot know;
alone they choose one of the VM's identities, and are kept.";

#[cfg(test)]
mod tests {
    use super::tables;

    #[test]
    fn the_documentation_has_them() {
        let page = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../docs/administration.md"
        ));
        let tables = tables();
        assert!(
            page.contains(&tables),
            "imds-emulator env --list:\n{tables}"
        );
    }
}
