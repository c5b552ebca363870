//! Lists of variables, a page at a time.

use std::ops::Range;

use dap::{
    requests::VariablesArguments,
    types::{Variable, VariablesArgumentsFilter},
};
use serde_json::{Value, json};

use super::{count, locations, memory};
use crate::{
    inspect::{
        refusal::Refusal,
        session::{Answer, Reply, Session},
        variables::{Entry, Node, PAGE, children, dataset, span},
    },
    message::Body,
    visible::visible,
};

/// Rows of a list that are sent at most, so that no other request waits for them.
const PAGE_MAX: usize = 10_000;

impl Session {
    pub(in crate::inspect) fn variables(&mut self, arguments: &VariablesArguments) -> Answer {
        let program = self.standing()?;
        let parent = arguments.variables_reference;
        let node = *self.handles.get(parent).ok_or(Refusal::Stale(parent))?;
        let is_list = matches!(node, Node::Rows(..) | Node::Flawed(..) | Node::Writers);
        let entries = match node {
            _ if !is_wanted(is_list, arguments.filter.as_ref()) => Vec::new(),
            Node::Rows(first, end) => {
                let asked = page(first..end, arguments);
                let mut entries = span::list(&program.table, asked.clone())?;
                entries.extend(more(asked.end, end, arguments));
                entries
            }
            Node::Flawed(flaw, found) => {
                let asked = page(0..found, arguments);
                let mut entries = span::flawed(&program.table, flaw, asked.clone())?;
                entries.extend(more(asked.end, found, arguments));
                entries
            }
            Node::Dataset => dataset::dataset(program),
            Node::Writers => {
                let all = dataset::writers_count(&program.table);
                let asked = page(0..all, arguments);
                let mut entries = dataset::writers(&program.table, asked.clone());
                entries.extend(more(asked.end, all, arguments));
                entries
            }
            _ => children(&program.table, node, (self.clock)())?,
        };
        let prefix = match node {
            Node::Ulid(_) | Node::Row(_) | Node::Neighbours(_) => Some(""),
            Node::Dataset => Some("dataset."),
            // deeper names go by their whole path, which is not kept
            _ => None,
        };
        let variables: Vec<Value> = entries
            .into_iter()
            .map(|entry| {
                let location = entry.row.and_then(locations::reference);
                let mut variable = Body::spelled(&self.variable(parent, prefix, entry));
                if let (Some(fields), Some(location)) = (variable.as_object_mut(), location) {
                    fields.insert("valueLocationReference".to_owned(), location.into());
                }
                variable
            })
            .collect();
        Ok(Reply::Spelled(json!({ "variables": variables })))
    }

    fn variable(&mut self, parent: i64, prefix: Option<&str>, entry: Entry) -> Variable {
        let reference = entry
            .below
            .map(|node| self.handles.number(parent, &entry.name, node));
        let shows_types = self.client.supports_variable_type == Some(true);
        let named = prefix.map(|prefix| format!("{prefix}{}", entry.name));
        let evaluate_name = entry.evaluate_name.or(named);
        Variable {
            name: visible(&entry.name).into_owned(),
            value: visible(&entry.value).into_owned(),
            type_field: shows_types.then(|| entry.kind.to_owned()),
            variables_reference: reference.unwrap_or(0),
            memory_reference: entry.offset.map(memory::reference),
            evaluate_name,
            indexed_variables: i64::try_from(entry.indexed).ok().filter(|&count| count > 0),
            ..Variable::default()
        }
    }
}

/// True if a request wants children of a kind: those of lists are numbered, all others have names.
fn is_wanted(are_numbered: bool, filter: Option<&VariablesArgumentsFilter>) -> bool {
    match filter {
        Some(VariablesArgumentsFilter::Indexed) => are_numbered,
        Some(VariablesArgumentsFilter::Named) => !are_numbered,
        _ => true,
    }
}

/// The part of a list that a request asks for; a page where it asks for no end.
fn page(all: Range<usize>, arguments: &VariablesArguments) -> Range<usize> {
    let start = (all.start + count(arguments.start)).min(all.end);
    let len = match count(arguments.count) {
        0 => PAGE,
        count => count.min(PAGE_MAX),
    };
    start..all.end.min(start.saturating_add(len))
}

/// A sign that a list goes on, for a client that wanted all of it.
fn more(shown: usize, end: usize, arguments: &VariablesArguments) -> Option<Entry> {
    let wants_all = count(arguments.count) == 0 || count(arguments.count) > PAGE_MAX;
    let left = end.saturating_sub(shown);
    let words = format!("{left} more, too many for one answer; a client that pages shows them");
    (wants_all && left > 0).then(|| Entry::new("…", "text", words))
}
