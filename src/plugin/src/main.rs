//! `nu_plugin_ulid`: started by Nushell, speaks MsgPack.

use nu_plugin::{MsgPackSerializer, serve_plugin};
use ulid_nu::UlidPlugin;

fn main() {
    serve_plugin(&UlidPlugin::new(), MsgPackSerializer);
}
