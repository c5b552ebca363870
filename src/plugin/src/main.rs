//! `nu_plugin_ulid`: started by Nushell, speaks MsgPack.

use nu_plugin::serve_plugin;
use ulid_nu::{UlidPlugin, Wire};

fn main() {
    serve_plugin(&UlidPlugin::new(), Wire::default());
}
