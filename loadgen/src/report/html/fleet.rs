//! How the VMs of a fleet fared; nothing of one VM.

use maud::{Markup, html};

use super::tables::{head, scrolled};
use crate::report::text::fleet::{KIND, VM, facts, kind_cells, vm_cells, worst};
use crate::result::run::RunResult;

pub(super) fn fleet(result: &RunResult) -> Markup {
    let Some(fleet) = &result.fleet else {
        return html! {};
    };
    html! {
        section {
            h2 #fleet { "Fleet" }
            dl.how { @for (name, what) in facts(result, fleet) { dt { (name) } dd { (what) } } }
            (scrolled("Kinds of VMs", &html! { table {
                (head(&KIND, 1..KIND.len() - 1))
                tbody { @for (name, kind) in &fleet.by_kind { (row(&kind_cells(name, kind), KIND.len() - 1)) } }
            } }))
            @if !fleet.worst.is_empty() {
                (scrolled("Worst VMs", &html! { table {
                    (head(&VM, 1..VM.len()))
                    tbody { @for vm in worst(fleet) { (row(&vm_cells(vm), VM.len())) } }
                } }))
            }
        }
    }
}

/// A name, numbers up to this place, and the rest.
fn row(cells: &[String], numbers: usize) -> Markup {
    html! {
        tr {
            th scope="row" { (cells[0]) }
            @for number in &cells[1..numbers] { td.number { (number) } }
            @for text in &cells[numbers..] { td { (text) } }
        }
    }
}
