//! The settings of a unit's file (systemd.syntax(7)).

/// `Name=value`, on lines that are counted from one on.
pub(super) struct Setting<'t> {
    pub(super) name: &'t str,
    /// Without the ends of lines that go on.
    pub(super) value: String,
    pub(super) line: usize,
    /// Where the value begins.
    pub(super) column: usize,
}

/// The settings of one section, in order.
pub(super) fn settings<'t>(text: &'t str, section: &str) -> Vec<Setting<'t>> {
    let mut found: Vec<Setting> = vec![];
    let (mut within, mut goes_on) = (false, false);
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) || (trimmed.is_empty() && !goes_on) {
            continue;
        }
        let bare = trimmed.strip_suffix('\\');
        let value = bare.unwrap_or(trimmed).trim_end();
        if goes_on {
            if let Some(last) = found.last_mut().filter(|_| within) {
                last.value += " ";
                last.value += value;
            }
        } else if let Some(name) = trimmed
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            within = name == section;
        } else if let Some((name, first)) = value.split_once('=').filter(|_| within) {
            let before = line.find('=').map_or(0, |at| at + 1);
            let rest = &line[before..];
            let start = before + rest.len() - rest.trim_start().len();
            found.push(Setting {
                name: name.trim_end(),
                value: first.trim_start().to_owned(),
                line: number + 1,
                column: line[..start].chars().count() + 1,
            });
        }
        goes_on = bare.is_some();
    }
    found
}
