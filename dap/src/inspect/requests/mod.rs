//! Requests of a client, a family a file: each reads its arguments, asks the program, and answers.
//! This room must not know how messages come and go, nor on which thread work is done.

mod completions;
mod data;
mod evaluate;
mod exceptions;
mod frames;
mod functions;
mod goto;
mod launch;
mod lines;
mod locations;
mod memory;
mod motion;
mod overlay;
mod sources;
mod variables;

/// A number of a request that counts something; 0 where it is missing or makes no sense.
fn count(number: Option<i64>) -> usize {
    number
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(0)
}
