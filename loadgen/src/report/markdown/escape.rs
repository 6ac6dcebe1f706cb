//! Text of others in Markdown: names, errors, commands.

/// Text that is neither markup nor HTML, in one line, within a cell of a table or outside.
pub(crate) fn escaped(text: &str) -> String {
    let text = on_one_line(text);
    let mut out = String::with_capacity(text.len());
    let (mut before, mut rest) = (' ', text.chars().peekable());
    while let Some(character) = rest.next() {
        let after = rest.peek().copied().unwrap_or(' ');
        let within_a_word = before.is_alphanumeric() && after.is_alphanumeric();
        let begins_markup = match character {
            '_' => !within_a_word,
            // No tag begins with these, and a comparison may.
            '<' => !matches!(after, ' ' | '=' | '0'..='9'),
            other => is_markup(other),
        };
        out.extend(begins_markup.then_some('\\'));
        out.push(character);
        before = character;
    }
    out
}

/// The same of a sentence of this program, which marks code by single backticks. Where a name in it has any, so that they do not
/// pair, none marks code.
pub(in crate::report) fn sentence(text: &str) -> String {
    if text.contains("``") || text.matches('`').count() % 2 == 1 {
        return escaped(text);
    }
    let text = on_one_line(text);
    // A backslash in code is one, but before a bar in a table.
    let parts = text.split('`').enumerate().map(|(number, part)| {
        if number % 2 == 0 {
            escaped(part)
        } else {
            part.replace('|', "\\|")
        }
    });
    parts.collect::<Vec<String>>().join("`")
}

/// Code, in one line, outside of tables.
pub(crate) fn code(text: &str) -> String {
    let text = on_one_line(text);
    let longest = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    if text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// The same within a cell of a table.
pub(super) fn code_in_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// What begins or ends markup wherever it stands.
fn is_markup(character: char) -> bool {
    matches!(character, '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '&')
}

fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_whatever_markup_it_has() {
        let evil = "<b>x</b> [a](http://b) *c* _d_ e_f | `g` \\ &lt; ~h~\n## i";
        let expected = "\\<b>x\\</b> \\[a\\](http://b) \\*c\\* \\_d\\_ e_f \\| \\`g\\` \\\\ \\&lt; \\~h\\~ ## i";
        assert_eq!(escaped(evil), expected);
        for plain in ["az-accounts-2.12.1", "< 1", "<= 1", "> 0", "2 < 3"] {
            assert_eq!(escaped(plain), plain);
        }
    }

    #[test]
    fn a_sentence_keeps_its_code_unless_a_name_in_it_has_backticks() {
        assert_eq!(sentence("set `a <b>` to <c>"), "set `a <b>` to \\<c>");
        assert_eq!(sentence("set `a` in `<b>"), "set \\`a\\` in \\`\\<b>");
        assert_eq!(sentence("```<b>` and"), "\\`\\`\\`\\<b>\\` and");
    }

    #[test]
    fn code_is_not_ended_by_what_is_in_it() {
        assert_eq!(code("a b"), "`a b`");
        assert_eq!(code("a `b` <c>"), "``a `b` <c>``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
    }
}
