//! Tables of good and bad values in the files of `tests/slt`, in the format of sqllogictest.

use std::{fs, path::Path};

use datafusion::{error::DataFusionError, prelude::SessionContext};
use sqllogictest::{DB, DBOutput, DefaultColumnType, Runner};
use tokio::runtime::Runtime;

use crate::common::{query, session};

struct Session {
    context: SessionContext,
    runtime: Runtime,
}

impl DB for Session {
    type Error = DataFusionError;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, DataFusionError> {
        let rows = self.runtime.block_on(query(&self.context, sql))?;
        if rows.is_empty() {
            return Ok(DBOutput::StatementComplete(0));
        }
        let value = |text: &str| {
            if text.is_empty() {
                "NULL".to_owned()
            } else {
                text.to_owned()
            }
        };
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.split('|').map(value).collect())
            .collect();
        let types = vec![DefaultColumnType::Text; rows[0].len()];
        Ok(DBOutput::Rows { types, rows })
    }
}

#[test]
fn every_file_of_values_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slt");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let connect = || async {
            let runtime = Runtime::new().unwrap();
            Ok(Session {
                context: session(2),
                runtime,
            })
        };
        Runner::new(connect).run_file(&file).unwrap();
    }
}
