//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Browse a file of ULIDs: when each was made, in what order, which are broken and why.
#[derive(Debug, Parser)]
#[command(name = "ulid-tui", version, about, after_help = EXAMPLES)]
pub struct Arguments {
    /// Files of IDs, read as one; the built-in sample where none is given
    pub files: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  ulid-tui              browse the built-in sample of 20,000 IDs
  ulid-tui ids.txt      browse a file: one ID a line, CSV, TSV, JSONL, logs, 16-byte records
  ulid-tui logs/*.gz    browse files as one; .gz and .zst are decompressed

Keys: arrows or h j k l move, s sorts, i explains the ID under the cursor, ? lists all, q quits.";
