//! The real `ulid-tui` in a pseudo-terminal: what a person would see and do.

mod terminal {
    mod session;

    mod browsing;
    mod hygiene;
    mod opening;
    mod picking;
    mod reports;
    mod sources;
}
