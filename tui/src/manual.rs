//! The man page and the shell completions, made from the command line and the registry of actions.

use std::io::{self, Write};

use clap::CommandFactory as _;
use clap_complete::{Generator, Shell as Common};
use clap_complete_nushell::Nushell;

use crate::{
    action::REGISTRY,
    cli::{Arguments, Shell},
};

/// Writes the man page.
///
/// # Errors
///
/// If `out` takes no more.
pub(crate) fn write_man(out: &mut impl Write) -> io::Result<()> {
    clap_mangen::Man::new(Arguments::command()).render(out)?;
    writeln!(out, ".SH KEYS")?;
    let mut group = None;
    for entry in REGISTRY {
        if group != Some(entry.group) {
            group = Some(entry.group);
            writeln!(out, ".SS {}", roff(entry.group.title()))?;
        }
        let keys = entry.keys.join(" ");
        writeln!(
            out,
            ".TP\n\\fB{}\\fR ({})\n{}",
            roff(&keys),
            roff(entry.name),
            roff(entry.help)
        )?;
    }
    writeln!(
        out,
        ".SH FILES\n.TP\n\\fI~/.config/ulid\\-tui/config.toml\\fR\nTheme, zone, form and keys.\n.TP\n\\fI~/.local/state/ulid\\-tui/memory.toml\\fR\nLines that were typed and columns that were set by hand."
    )
}

/// Writes the completions for a shell.
pub(crate) fn write_completions(shell: Shell, out: &mut impl Write) {
    match shell {
        Shell::Bash => generate(Common::Bash, out),
        Shell::Elvish => generate(Common::Elvish, out),
        Shell::Fish => generate(Common::Fish, out),
        Shell::Nushell => generate(Nushell, out),
        Shell::PowerShell => generate(Common::PowerShell, out),
        Shell::Zsh => generate(Common::Zsh, out),
    }
}

fn generate(of: impl Generator, out: &mut impl Write) {
    clap_complete::generate(of, &mut Arguments::command(), "ulid-tui", out);
}

/// Text as roff shows it as it stands: no line begins with a control character, no hyphen breaks a line.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    if escaped.starts_with(['.', '\'']) {
        format!("\\&{escaped}")
    } else {
        escaped
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_man_page_names_every_action() {
        let mut page = Vec::new();
        write_man(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for entry in REGISTRY {
            assert!(page.contains(&roff(entry.help)), "{}", entry.name);
        }
        assert!(page.lines().all(|line| !line.starts_with('\'')));
    }

    #[test]
    fn completions_know_every_option() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            write_completions(*shell, &mut script);
            let script = String::from_utf8(script).unwrap();
            for option in ["follow", "print", "stats", "check", "zone"] {
                assert!(script.contains(option), "{shell:?}: {option}");
            }
        }
    }
}
