//! Files that the scheduler has to see. DataFusion takes a path where nothing lies for a table without rows, so a
//! scheduler that lacks a drive would count none, without a word.

use std::path::{Path, PathBuf};

use datafusion::{
    catalog::default_table_source::source_as_provider,
    common::{Result, config::ConfigOptions, plan_err, tree_node::TreeNodeRecursion},
    datasource::listing::ListingTable,
    logical_expr::LogicalPlan,
    optimizer::AnalyzerRule,
};
use url::Url;

use crate::shell::tables::files_below;

/// Refuses plans whose tables have no file on this machine.
#[derive(Debug)]
pub(super) struct FilesAreThere;

impl AnalyzerRule for FilesAreThere {
    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        let mut absent = None;
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node
                && let Ok(provider) = source_as_provider(&scan.source)
                && let Some(table) = provider.downcast_ref::<ListingTable>()
            {
                absent = absent.take().or(absent_path(table));
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        match absent {
            Some(path) => plan_err!(
                "the scheduler finds no file at {}; the files of a table have to be at the same path on every machine, also on that of the scheduler",
                path.display()
            ),
            None => Ok(plan),
        }
    }

    fn name(&self) -> &str {
        "ulid_files_are_there"
    }
}

/// A path of a table at which there is no file of its kind. Of other places than this machine the store itself tells.
fn absent_path(table: &ListingTable) -> Option<PathBuf> {
    let ending = &table.options().file_extension;
    let has_files = |path: &Path| match path.is_dir() {
        true => files_below(path).is_ok_and(|files| {
            files
                .iter()
                .any(|file| file.to_string_lossy().ends_with(ending))
        }),
        false => path.exists(),
    };
    let urls = table.table_paths().iter();
    let urls = urls.filter_map(|path| Url::parse(path.as_str()).ok());
    let mut paths = urls.filter_map(|url| url.to_file_path().ok());
    paths.find(|path| !has_files(path))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use datafusion::prelude::{ParquetReadOptions, SessionContext};

    use super::*;

    #[tokio::test]
    async fn a_table_without_files_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let context = SessionContext::new();
        let folder = place.path().join("ids");
        let file = folder.join("some.parquet");
        fs::create_dir(&folder).unwrap();
        let write = format!("COPY (SELECT 1 AS n) TO '{}'", file.display());
        context.sql(&write).await.unwrap().collect().await.unwrap();
        for (name, path) in [("one", &file), ("all", &folder)] {
            let path = match path.is_dir() {
                true => format!("{}/", path.display()),
                false => path.display().to_string(),
            };
            context
                .register_parquet(name, path, ParquetReadOptions::default())
                .await
                .unwrap();
        }
        let queries = [
            "SELECT * FROM one",
            "SELECT 1 WHERE 1 IN (SELECT n FROM all)",
        ];
        for (is_there, words) in [(true, ""), (false, "the scheduler finds no file at ")] {
            for sql in queries {
                let plan = context
                    .state()
                    .create_logical_plan(&sql.replace("all", "\"all\""))
                    .await
                    .unwrap();
                let told = FilesAreThere.analyze(plan, &ConfigOptions::default());
                assert_eq!(told.is_ok(), is_there, "{sql}");
                let told = told
                    .map(|_| String::new())
                    .unwrap_or_else(|error| error.to_string());
                assert!(told.contains(words), "{told}");
            }
            // The folder stays, as that of a drive which is not there does.
            fs::remove_file(&file).unwrap_or_default();
        }
    }
}
