//! Parquet files as tables, where the plugin is built with the feature: types are those of the file.
#![cfg(feature = "parquet")]

use std::path::Path;

use nu_plugin_test_support::PluginTest;
use nu_protocol::{Span, Value};
use ulid_nu::UlidPlugin;

/// The first row that two programs wrote, as their tables have it.
#[test]
fn columns_of_parquet_keep_their_types() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/gallery");
    let mut test = PluginTest::new("ulid", UlidPlugin::new().into()).unwrap();
    for name in ["polars", "duckdb"] {
        let file = gallery.join(format!("{name}.parquet"));
        let rows = test
            .eval(&format!("ulid open '{}'", file.display()))
            .unwrap();
        let rows = rows.into_value(Span::test_data()).unwrap();
        let rows = rows.into_list().unwrap();
        assert_eq!(rows.len(), 6, "{name}");
        let row = rows[0].as_record().unwrap();
        let id = Value::test_string("01JGFJJZ0085N3QK2V7R4M9XCT");
        assert_eq!(row.get("ulid"), Some(&id), "{name}");
        assert_eq!(row.get("id"), Some(&id), "{name}");
        let title = Value::test_string("Nut, the first");
        assert_eq!(row.get("name"), Some(&title), "{name}");
        assert_eq!(row.get("amount"), Some(&Value::test_float(1.5)), "{name}");
        assert_eq!(row.get("note"), Some(&Value::test_nothing()), "{name}");
    }
}
