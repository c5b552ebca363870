//! In front of any debug adapter: what passes through is untouched, but rows that show a ULID say what it means.
//!
//! [`recognise`] reads the texts in which debuggers show values, [`session`] is one debug session as pure state, and
//! [`run`] puts it between a client and an adapter.
//!
//! ```
//! use ulid_dap::wrap::recognise::{Rendering, Rules, recognise};
//!
//! let row = Rendering { value: "{__0:1777027686520646174104517696511196507}", ..Rendering::default() };
//! let found = recognise(&row, &Rules::anything()).expect("a ULID");
//! let id = found.id.ulid().expect("a ULID");
//! assert_eq!(id.timestamp_ms(), 1_469_922_850_259);
//! ```

pub mod recognise;
pub mod session;

pub mod family;
pub mod kind;
pub mod settings;

mod arguments;
mod relay;
mod upstream;
mod wire;

mod assign;
mod children;
mod console;
mod json;

mod preset;
mod record;

pub use arguments::{Arguments, WrapError, run};
pub(crate) use json::with_number;
pub use preset::Preset;
