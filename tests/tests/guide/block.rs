//! The blocks of a document, with the comments that say how each is run. It runs nothing.

/// A fenced block of a document.
pub(super) struct Block {
    /// The first word behind the fence.
    pub(super) language: String,
    pub(super) code: String,
    /// The comment above it, if there is one.
    pub(super) directive: String,
    /// The line of the fence, from 1.
    pub(super) line: usize,
    /// The end of the block.
    end: usize,
}

impl Block {
    /// True if this block holds what `before` prints: it is plain text, with nothing but an empty line between.
    pub(super) fn is_output_of(&self, before: &Block) -> bool {
        self.language == "text" && before.is_run() && self.line - before.end <= 2
    }

    fn is_run(&self) -> bool {
        ["sh", "nushell", "sql"].contains(&self.language.as_str())
    }
}

/// The fenced blocks of a document, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut directive = String::new();
    let mut open: Option<(Block, usize)> = None;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if let Some((mut block, indent)) = open.take() {
            if trimmed.starts_with("```") {
                block.end = index + 1;
                found.push(block);
            } else {
                block.code.push_str(line.get(indent..).unwrap_or(trimmed));
                block.code.push('\n');
                open = Some((block, indent));
            }
        } else if let Some(info) = trimmed.strip_prefix("```") {
            let language = info.split_whitespace().next().unwrap_or("none").to_owned();
            let directive = std::mem::take(&mut directive);
            let (code, line) = (String::new(), index + 1);
            open = Some((
                Block {
                    language,
                    code,
                    directive,
                    line,
                    end: line,
                },
                indent,
            ));
        } else if !trimmed.is_empty() {
            let comment = trimmed
                .strip_prefix("<!--")
                .and_then(|rest| rest.strip_suffix("-->"));
            comment
                .unwrap_or_default()
                .trim()
                .clone_into(&mut directive);
        }
    }
    assert!(open.is_none(), "a block is never closed");
    found
}

#[test]
fn blocks_know_their_language_directive_and_place() {
    let text = "a\n<!-- keys: q -->\n\n```sh more\nx\n```\n\n```text\ny\n```\n- b\n  ```json\n  {\n    }\n  ```\n";
    let [run, output, nested] = &blocks(text)[..] else {
        panic!("three blocks")
    };
    assert_eq!(
        (run.language.as_str(), run.code.as_str(), run.line),
        ("sh", "x\n", 4)
    );
    assert_eq!(
        (run.directive.as_str(), output.directive.as_str()),
        ("keys: q", "")
    );
    assert!(output.is_output_of(run) && !nested.is_output_of(run));
    assert_eq!(nested.code, "{\n  }\n");
}
