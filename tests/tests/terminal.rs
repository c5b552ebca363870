//! The real `ulid-tui` in a pseudo-terminal: what a person would see and do.

mod terminal {
    mod session;

    mod browsing;
    mod comparing;
    mod exploring;
    mod hygiene;
    mod limits;
    mod mouse;
    mod opening;
    mod picking;
    mod reports;
    mod sorting;
    mod sources;
    mod timeline;
}
