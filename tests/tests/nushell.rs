//! The plugin in the official Nushell: what a person at the prompt sees.

mod nushell {
    mod errors;
    mod harness;
    mod lifecycle;
    mod shapes;
    mod streams;
}
