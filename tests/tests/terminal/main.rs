//! The real `ulid-tui` in a pseudo-terminal: what a person would see and do.

mod session;

mod browsing;
mod colours;
mod columns;
mod comparing;
mod counts;
mod exploring;
mod exports;
mod facts;
mod hygiene;
mod joining;
mod kept;
mod limits;
mod mouse;
mod opening;
mod oracle;
mod pauses;
mod picking;
mod prompts;
mod records;
mod repairing;
mod reports;
mod sorting;
mod sources;
mod timeline;
mod typed;
mod values;
