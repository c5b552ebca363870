//! IDs picked on the screen, for the program that reads them from a pipe.

use std::{
    fs,
    path::{Path, PathBuf},
};

use portable_pty::CommandBuilder;

use super::session::Session;

const FIRST: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const SECOND: &str = "01EBAAAAAAAAAAAAAAAAAAAAAA";
const THIRD: &str = "01J00000000000000000000000";

/// A picker whose stdout is a file. Its rows are the third ID, the first, a broken one and the second.
struct Picker {
    session: Session,
    folder: tempfile::TempDir,
}

impl Picker {
    fn of(arguments: &str) -> Picker {
        Picker::with(&format!("--pick {arguments}"))
    }

    fn with(arguments: &str) -> Picker {
        let folder = tempfile::tempdir().unwrap();
        let ids = format!("{THIRD}\n{FIRST}\nbroken\n{SECOND}\n");
        fs::write(folder.path().join("ids.txt"), ids).unwrap();
        let browser = ulid_tests::binary("ulid-tui");
        let mut command = CommandBuilder::new("bash");
        let line = format!("cat ids.txt | \"$0\" {arguments} > picked; echo \"left with $?\"");
        command.args(["-c", &line]);
        command.arg(browser);
        command.cwd(folder.path());
        let session = Session::of(command);
        session.wait_for("of 4");
        session.wait_until("all rows", |lines| {
            !lines.iter().any(|line| line.contains("so far"))
        });
        Picker { session, folder }
    }

    fn picked(self) -> String {
        self.left_with("0")
    }

    /// Output of a browser that ended with a code.
    fn left_with(mut self, code: &str) -> String {
        self.session.wait_for(&format!("left with {code}"));
        self.session.wait_for_clean_end();
        let path: PathBuf = Path::new(self.folder.path()).join("picked");
        fs::read_to_string(path).unwrap()
    }
}

#[test]
fn the_marked_rows_are_printed_in_the_order_of_the_table() {
    for source in ["", "-", "ids.txt"] {
        let mut picker = Picker::of(source);
        picker.session.send("ms");
        picker.session.wait_for("by ID");
        // to the smallest, which is marked after the largest
        picker.session.send("gm\r");
        assert_eq!(picker.picked(), format!("{FIRST}\n{THIRD}\n"), "{source}");
    }
}

#[test]
fn without_a_mark_it_is_the_row_under_the_cursor_in_the_form_shown() {
    let mut picker = Picker::of("--form uuid");
    picker.session.wait_for("enter pick");
    picker.session.send("j\r");
    assert_eq!(picker.picked(), "01563e3a-b5d3-d676-4c61-efb99302bd5b\n");
}

#[test]
fn numbers_of_rows_are_picked_where_ids_do_not_tell() {
    let mut picker = Picker::with("--pick=rows");
    picker.session.wait_for("enter pick");
    // rows are marked in the order of the file, the broken one too
    picker.session.send("mjmm\r");
    assert_eq!(picker.picked(), "1\n3\n4\n");
}

#[test]
fn a_broken_row_is_printed_as_it_is_written() {
    let mut picker = Picker::of("");
    picker.session.send("jj\r");
    assert_eq!(picker.picked(), "broken\n");
}

#[test]
fn a_mark_counts_where_a_filter_hides_it() {
    let mut picker = Picker::of("");
    picker.session.send("m&not valid\r");
    picker.session.wait_for("1 of 1");
    picker.session.send("m\r");
    assert_eq!(picker.picked(), format!("{THIRD}\nbroken\n"));
}

#[test]
fn leaving_without_a_choice_prints_nothing() {
    let mut picker = Picker::of("");
    picker.session.send("mq");
    assert_eq!(picker.left_with("130"), "");
}
