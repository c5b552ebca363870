//! Rows that are taken away: which of them, and what of them.

use std::path::PathBuf;

use super::{Column, Effect, Mode, Prompt, Purpose, State};
use crate::{
    export::{Export, Take},
    jobs::{Kind, Task},
    rows::{Listing, Repairs},
};

impl State {
    /// Repairs of the rows that are about to be exported, if they are asked for and known.
    #[must_use]
    pub(crate) fn repairs(&self) -> Option<&Repairs> {
        let Mode::Prompt(prompt) = &self.mode else {
            return None;
        };
        self.repairs
            .as_deref()
            .filter(|_| prompt.purpose == Purpose::Export && prompt.take.repairs())
    }

    /// Asks for a file to write the rows to, with broken IDs repaired.
    pub(super) fn ask_to_repair(&mut self) -> Vec<Effect> {
        let mut prompt = Prompt::new(Purpose::Export);
        prompt.take = Take::Repaired;
        self.mode = Mode::Prompt(Box::new(prompt));
        self.look_for_repairs()
    }

    fn look_for_repairs(&mut self) -> Vec<Effect> {
        self.repairs = None;
        vec![Effect::Start(Task::Repairs(self.taken()))]
    }

    /// Something else of the rows, in the line that asks for a file.
    pub(super) fn next_take(&mut self) -> Vec<Effect> {
        let shown = self.columns_to_write();
        let Mode::Prompt(prompt) = &mut self.mode else {
            return Vec::new();
        };
        if prompt.purpose != Purpose::Export {
            return Vec::new();
        }
        prompt.notice = None;
        prompt.take = match prompt.take {
            Take::Decoded => shown,
            Take::Columns { .. } => Take::AsIs,
            Take::AsIs => Take::Repaired,
            Take::Repaired => Take::Changed,
            Take::Changed => Take::Decoded,
        };
        match prompt.take {
            Take::Repaired => self.look_for_repairs(),
            Take::Decoded => vec![Effect::Cancel(Kind::Repairs)],
            _ => Vec::new(),
        }
    }

    /// The ID and the columns on the screen, by their names and expressions.
    fn columns_to_write(&self) -> Take {
        let id = self.id_column().unwrap_or("id").to_owned();
        let columns = self.columns.all().iter().filter(|placed| !placed.is_hidden);
        let named = columns.map(|placed| {
            let column = &placed.column;
            let name = match column {
                Column::Cell { source, .. } => source.clone(),
                Column::Own(own) => own.name.clone(),
                other => other.name().to_lowercase(),
            };
            let expression = match column {
                Column::Randomness => "random_hex".to_owned(),
                Column::Form(form) => format!("{}(id)", form.name()),
                other => other.expression(),
            };
            (name, expression)
        });
        let all = std::iter::once((id, "id".to_owned())).chain(named);
        let (names, expressions): (Vec<String>, Vec<String>) = all.unzip();
        Take::Columns {
            list: expressions.join(", "),
            names: Some(names),
        }
    }

    /// The rows shown, or of them the marked ones where some are marked.
    fn taken(&self) -> Listing {
        match self.marks.is_empty() {
            true => self.listing.clone(),
            false => self.listing.among(&self.marks),
        }
    }

    /// Writes the rows to a file. `~` is the home of the user.
    pub(super) fn export(&mut self, path: &str, take: Take) -> Vec<Effect> {
        vec![Effect::Start(Task::Export(Export {
            listing: self.taken(),
            path: at_home(path),
            form: self.view.form,
            zone: self.view.zone.clone(),
            take,
            comparison: self.comparison.clone(),
        }))]
    }
}

/// A path that may begin at the home of the user.
pub(super) fn at_home(path: &str) -> PathBuf {
    let path = PathBuf::from(path);
    match path.strip_prefix("~") {
        Ok(rest) => etcetera::home_dir().map_or(path.clone(), |home| home.join(rest)),
        Err(_) => path,
    }
}
