//! Bodies to typed messages and back.
//!
//! The types are those of the `dap` crate where they are right. Its published version loses or misspells some fields
//! on the wire, so `incoming` and `outgoing` put the JSON right on its way in and out.

mod incoming;
mod outgoing;

pub(crate) use incoming::{Incoming, Request, read};
pub(crate) use outgoing::{Body, Failure, Outgoing, Response, is_asked_by_hand};
