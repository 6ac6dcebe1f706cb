//! A command line as simple commands, each with its words: enough of a shell's grammar to find the programs.

/// The simple commands of a line, those of substitutions among them.
pub(super) fn commands(line: &str) -> Vec<Vec<String>> {
    let mut found = Found::default();
    let mut characters = line.chars().peekable();
    let mut quote = None;
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                found.begin();
            }
            (Some('\''), plain) => found.push(plain),
            // A path of Windows keeps its backslashes.
            (_, '\\') => match characters.next_if(|next| !next.is_alphanumeric()) {
                Some(escaped) => found.push(escaped),
                None => found.push('\\'),
            },
            (_, '$') if characters.next_if_eq(&'(').is_some() => found.inner(),
            (_, '`') => found.inner(),
            (None, ';' | '|' | '&' | '(' | ')' | '{' | '}' | '\n' | '!') => found.command(),
            (None, blank) if blank.is_whitespace() => found.word(),
            (_, plain) => found.push(plain),
        }
    }
    found.command();
    found.commands
}

#[derive(Default)]
struct Found {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: Option<String>,
}

impl Found {
    fn begin(&mut self) {
        self.word.get_or_insert_default();
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    fn word(&mut self) {
        self.words.extend(self.word.take());
    }

    /// A substitution begins or ends: its words are no part of the word before.
    fn inner(&mut self) {
        self.word = None;
        self.command();
    }

    fn command(&mut self) {
        self.word();
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() {
            self.commands.push(words);
        }
    }
}
