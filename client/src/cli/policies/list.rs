//! The list of all policies, by product: as text, as JSON, and as the table of docs/policies.md.

use std::fmt::{self, Write as _};

use clap::ValueEnum;
use imds_client::policy::{Listed, Product};

/// How the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For reading, with what each is known from
    Text,
    /// An array of products, each with its policies
    Json,
    /// A table of which product carries which policy
    Markdown,
}

impl Format {
    /// The list of these products.
    pub(super) fn written(self, products: &[Product]) -> anyhow::Result<String> {
        let mut text = String::new();
        match self {
            Self::Text => write_text(&mut text, products)?,
            Self::Json => writeln!(text, "{}", serde_json::to_string_pretty(products)?)?,
            Self::Markdown => write_table(&mut text, products)?,
        }
        Ok(text)
    }
}

const RELEASES: &str = "\
Releases go by their numbers, such as az-accounts-2.12.1; one between two generations is taken for the older.\n";

fn write_text(text: &mut String, products: &[Product]) -> fmt::Result {
    text.write_str(RELEASES)?;
    for product in products {
        write!(text, "\n{}", product.title)?;
        match &product.library {
            Some(library) => writeln!(text, ": {library}-VERSION")?,
            None => writeln!(text)?,
        }
        for policy in &product.policies {
            write_policy(text, policy)?;
        }
    }
    Ok(())
}

fn write_policy(text: &mut String, policy: &Listed) -> fmt::Result {
    write!(text, "  {}  {}", policy.name, policy.evidence.name())?;
    if !policy.measured.is_empty() {
        write!(text, ": {}", policy.measured.join(", "))?;
    }
    match &policy.also {
        Some(also) => writeln!(text, "; also {also}")?,
        None => writeln!(text)?,
    }
    writeln!(text, "    {}", policy.summary)?;
    if !policy.source.is_empty() {
        writeln!(text, "    from {}", policy.source)?;
    }
    write_clients(text, policy)
}

/// The clients that behave so, with what they are.
fn write_clients(text: &mut String, policy: &Listed) -> fmt::Result {
    let clients = policy.clients.iter();
    let width = clients.clone().map(|client| client.name.len()).max();
    for client in clients {
        let width = width.unwrap_or(0);
        writeln!(text, "      {:width$}  {}", client.name, client.title)?;
    }
    Ok(())
}

fn write_table(text: &mut String, products: &[Product]) -> fmt::Result {
    writeln!(
        text,
        "| product | measured releases | policy | evidence |\n|---|---|---|---|"
    )?;
    for product in products {
        for policy in &product.policies {
            write_row(text, product, policy)?;
        }
    }
    Ok(())
}

/// The row of a policy, and those of the clients that behave so.
fn write_row(text: &mut String, product: &Product, policy: &Listed) -> fmt::Result {
    let Product { title, .. } = product;
    let evidence = policy.evidence.name();
    let releases = policy.measured.join(", ");
    write!(text, "| {title} | {releases} | `{}`", policy.name)?;
    if let Some(also) = &policy.also {
        write!(text, ", `{also}`")?;
    }
    writeln!(text, " | {evidence} |")?;
    write_client_rows(text, policy)
}

fn write_client_rows(text: &mut String, policy: &Listed) -> fmt::Result {
    let (preset, evidence) = (&policy.name, policy.evidence.name());
    for client in &policy.clients {
        let (title, name) = (&client.title, &client.name);
        writeln!(
            text,
            "| {title} |  | `{name}`, which is `{preset}` | {evidence} |"
        )?;
    }
    Ok(())
}
