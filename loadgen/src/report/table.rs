//! Tables of text.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Row, Table};

use crate::record::distribution::Percentiles;

pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header.iter().copied());
    table
}

pub(crate) fn align_right(table: &mut Table, from: usize) {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

pub(crate) fn percentiles(name: &str, p: &Percentiles, show: fn(Option<f64>) -> String) -> Row {
    let values = [p.min, p.p50, p.p90, p.p99, p.p999, p.max].map(show);
    Row::from(std::iter::once(name.to_owned()).chain(values))
}
