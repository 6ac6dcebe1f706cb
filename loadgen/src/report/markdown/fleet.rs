//! How the VMs of a fleet fared, as tables; nothing of one VM.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::report::text::fleet::{KIND, VM, facts, kind_cells, vm_cells, worst};
use crate::result::run::RunResult;

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(fleet) = &result.fleet else {
        return Ok(());
    };
    for (name, what) in facts(result, fleet) {
        writeln!(out, "- {name}: {}", escaped(&what))?;
    }
    writeln!(
        out,
        "\n| {} |\n|---|--:|--:|--:|--:|--:|--:|---|",
        KIND.join(" | ")
    )?;
    for (name, kind) in &fleet.by_kind {
        row(out, &kind_cells(name, kind))?;
    }
    if !fleet.worst.is_empty() {
        writeln!(
            out,
            "\n| {} |\n|---|--:|--:|--:|--:|--:|--:|",
            VM.join(" | ")
        )?;
    }
    for vm in worst(fleet) {
        row(out, &vm_cells(vm))?;
    }
    writeln!(out)
}

fn row(out: &mut String, cells: &[String]) -> fmt::Result {
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
    writeln!(out, "| {} |", cells.join(" | "))
}
