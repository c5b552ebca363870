//! Exports as other programs write them: rows of one table, written by each of them. What each file is taken for, and which rows
//! and IDs it has, or the sentence that is said of it. `…` stands for what does not matter in a command.

use std::process::Command;

use ulid_engine::{
    Timestamp, codec,
    dataset::{Dataset, OpenError, OpenOptions},
    progress::Progress,
    stats::Limits,
};
use ulid_tests::{binary, root};

/// The IDs of the table, in the order in which every program wrote them.
const IDS: [&str; 6] = [
    "01JGFJJZ0085N3QK2V7R4M9XCT",
    "01JGFJK2HR7Y0C8S5D1W6E3ZBN",
    "01JGFJP0TE4G9H2J6K8M1N5QRS",
    "01JGFN50M0VWXYZ0123456789A",
    "01JGHZ3B7CDEFGHJKMNPQRSTVW",
    "01JGJ6QZK1SPARE7TARGETZ9X2",
];

/// Files that have these rows and no other: their name, what wrote them, and what they are taken for.
const WHOLE: &[(&str, &str, &str)] = &[
    ("bom.txt", "Notepad", "lines"),
    (
        "bq.json",
        "bq query --format=json",
        "json, ID in field \"id\"",
    ),
    (
        "bunyan.json",
        "bunyan of npm",
        "jsonl, ID in field \"orderId\"",
    ),
    (
        "clickhouse-CSV.txt",
        "FORMAT CSV of ClickHouse",
        "csv, ID in column 1 of 4",
    ),
    (
        "clickhouse-CSVWithNames.txt",
        "FORMAT CSVWithNames of ClickHouse",
        "csv, ID in column 1 \"id\" of 4",
    ),
    (
        "clickhouse-CustomSeparated.txt",
        "FORMAT CustomSeparated of ClickHouse",
        "tsv, ID in column 1 of 4",
    ),
    (
        "clickhouse-JSON.txt",
        "FORMAT JSON of ClickHouse",
        "json, elements of \"data\", ID in field \"id\"",
    ),
    (
        "clickhouse-JSONColumns.txt",
        "FORMAT JSONColumns of ClickHouse",
        "json, elements of \"id\"",
    ),
    (
        "clickhouse-JSONCompactEachRow.txt",
        "FORMAT JSONCompactEachRow of ClickHouse",
        "text",
    ),
    (
        "clickhouse-JSONEachRow.txt",
        "FORMAT JSONEachRow of ClickHouse",
        "jsonl, ID in field \"id\"",
    ),
    (
        "clickhouse-JSONStrings.txt",
        "FORMAT JSONStrings of ClickHouse",
        "json, elements of \"data\", ID in field \"id\"",
    ),
    ("clickhouse-TSKV.txt", "FORMAT TSKV of ClickHouse", "text"),
    (
        "clickhouse-TabSeparated.txt",
        "FORMAT TabSeparated of ClickHouse",
        "tsv, ID in column 1 of 4",
    ),
    (
        "clickhouse-TabSeparatedWithNames.txt",
        "FORMAT TabSeparatedWithNames of ClickHouse",
        "tsv, ID in column 1 \"id\" of 4",
    ),
    (
        "cloudwatch-filter.json",
        "aws logs filter-log-events",
        "json, elements of \"events\", ID within field \"message\"",
    ),
    (
        "cloudwatch-insights.csv",
        "CloudWatch Logs Insights, as CSV",
        "csv, ID within column 2 \"@message\" of 2",
    ),
    ("cloudwatch-text.txt", "aws logs tail", "text"),
    (
        "csv-all.csv",
        "csv of Python, QUOTE_ALL",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "csv-excel-tab.txt",
        "csv of Python, excel-tab",
        "tsv, ID in column 1 \"id\" of 5",
    ),
    (
        "csv-excel.csv",
        "csv of Python, excel",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "csv-in-comment.csv",
        "comments above a table",
        "csv, ID in column 1 \"id\" of 2",
    ),
    (
        "csv-unix.csv",
        "csv of Python, unix",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "docker-json-file.log",
        "json-file of Docker, of a program that logs JSON",
        "jsonl, ID within field \"log\"",
    ),
    (
        "docker-json-plain.log",
        "json-file of Docker",
        "jsonl, ID within field \"log\"",
    ),
    (
        "duckdb-array.json",
        "copy … (array true) of DuckDB",
        "json, ID in field \"id\"",
    ),
    (
        "duckdb-pipe.csv",
        "copy … (delimiter '|', quote '''') of DuckDB",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "duckdb.csv",
        "copy … to of DuckDB",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "duckdb.csv.zst",
        "copy … (compression zstd) of DuckDB",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "duckdb.json",
        "copy … to of DuckDB",
        "jsonl, ID in field \"id\"",
    ),
    (
        "dynamodb-export.json",
        "export of DynamoDB to S3",
        "jsonl, ID in field \"Item.id.S\"",
    ),
    (
        "dynamodb-js.json",
        "marshall of @aws-sdk/util-dynamodb",
        "json, ID in field \"id.S\"",
    ),
    (
        "dynamodb-scan.json",
        "aws dynamodb scan",
        "json, elements of \"Items\", ID in field \"id.S\"",
    ),
    (
        "dynamodb-stream.json",
        "event of a DynamoDB stream",
        "json, elements of \"Records\", ID in field \"dynamodb.Keys.id.S\"",
    ),
    (
        "elastic-hits.json",
        "_search of Elasticsearch",
        "json, elements of \"hits.hits\", ID in field \"_id\"",
    ),
    (
        "elasticdump.json",
        "elasticdump",
        "jsonl, ID in field \"_source.trace.id\"",
    ),
    (
        "excel-de-latin1.csv",
        "Excel in German, CSV",
        "csv, ID in column 1 \"ID\" of 3",
    ),
    (
        "excel-de-sep.csv",
        "Excel in German, CSV with sep=",
        "csv, ID in column 1 \"ID\" of 3",
    ),
    (
        "excel-de.csv",
        "Excel in German, CSV UTF-8",
        "csv, ID in column 1 \"ID\" of 3",
    ),
    (
        "excel-unicode.txt",
        "Excel, Unicode text",
        "tsv, ID in column 1 \"id\" of 5",
    ),
    (
        "filebeat.json",
        "Filebeat, output.file",
        "jsonl, ID within field \"message\"",
    ),
    (
        "geojson.json",
        "GeoJSON",
        "json, elements of \"features\", ID in field \"id\"",
    ),
    (
        "graphql.json",
        "connection of GraphQL",
        "json, elements of \"data.orders.edges\", ID in field \"node.id\"",
    ),
    (
        "journal.json",
        "journalctl -o json",
        "jsonl, ID within field \"MESSAGE\"",
    ),
    ("jq-raw.txt", "jq -r .id", "lines"),
    ("jq-strings.txt", "jq .id", "text"),
    ("json-lines-of-arrays.txt", "jq -c", "text"),
    ("json-seq.json", "jq --seq", "text"),
    (
        "jsonapi.json",
        "JSON:API",
        "json, elements of \"data\", ID in field \"id\"",
    ),
    (
        "kafka-console.txt",
        "kafka-console-consumer, print.key",
        "tsv, ID in column 1 of 2",
    ),
    ("kcat.json", "kcat -J", "jsonl, ID in field \"key\""),
    (
        "kubectl-get.json",
        "kubectl get -o json",
        "json, elements of \"items\", ID in field \"metadata.labels.order-id\"",
    ),
    ("kubectl-logs-prefix.txt", "kubectl logs --prefix", "text"),
    ("kubectl-logs.txt", "kubectl logs --timestamps", "text"),
    (
        "logcli-jsonl.txt",
        "logcli -o jsonl",
        "jsonl, ID within field \"line\"",
    ),
    ("logcli.txt", "logcli query", "text"),
    ("logfmt.txt", "logfmt", "text"),
    (
        "mariadb-batch-bare.txt",
        "mariadb -B -N",
        "tsv, ID in column 1 of 5",
    ),
    (
        "mariadb-batch.txt",
        "mariadb -B",
        "tsv, ID in column 1 \"id\" of 5",
    ),
    (
        "mariadb-one-column.txt",
        "mariadb -B, one column",
        "csv, ID in column 1 \"id\" of 1",
    ),
    (
        "mariadb-outfile.csv",
        "into outfile … fields terminated by of MariaDB",
        "csv, ID in column 1 of 5",
    ),
    (
        "mariadb-outfile.txt",
        "into outfile of MariaDB",
        "tsv, ID in column 1 of 5",
    ),
    (
        "mariadb-raw.txt",
        "mariadb -B -r",
        "tsv, ID in column 1 \"id\" of 5",
    ),
    (
        "mongoexport-array.json",
        "mongoexport --jsonArray",
        "json, ID in field \"orderId\"",
    ),
    (
        "mongoexport.json",
        "mongoexport",
        "jsonl, ID in field \"orderId\"",
    ),
    (
        "mongosh-binary.json",
        "mongoexport, IDs as binary",
        "jsonl, ID in field \"_id.$binary.base64\", spelled as base64",
    ),
    ("nginx.log", "nginx, combined", "text"),
    ("node-console.txt", "console.log of Node.js", "text"),
    (
        "pandas-de.csv",
        "to_csv(sep=';', decimal=',') of pandas, Latin-1",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "pandas-lines.json",
        "to_json(lines=True) of pandas",
        "jsonl, ID in field \"id\"",
    ),
    (
        "pandas-noindex.csv",
        "to_csv(index=False) of pandas",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "pandas-records.json",
        "to_json(orient='records') of pandas",
        "json, ID in field \"id\"",
    ),
    (
        "pandas-table.json",
        "to_json(orient='table') of pandas",
        "json, elements of \"data\", ID in field \"id\"",
    ),
    (
        "pandas.csv",
        "to_csv of pandas",
        "csv, ID in column 2 \"id\" of 6",
    ),
    (
        "pg-copy.csv",
        "copy … csv header of PostgreSQL",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "pg-copy.tsv",
        "copy … to stdout of PostgreSQL",
        "tsv, ID in column 1 of 5",
    ),
    (
        "pg-json_agg.json",
        "psql -At, json_agg",
        "json, ID in field \"id\"",
    ),
    (
        "pg-jsonb_pretty.json",
        "psql -At, jsonb_pretty",
        "json, ID in field \"id\"",
    ),
    (
        "pg-row_to_json.jsonl",
        "psql -At, row_to_json",
        "jsonl, ID in field \"id\"",
    ),
    (
        "pino.json",
        "pino of npm",
        "jsonl, ID in field \"order.id\"",
    ),
    (
        "polars.csv",
        "write_csv of Polars",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "polars.json",
        "write_json of Polars",
        "json, ID in field \"id\"",
    ),
    (
        "polars.ndjson",
        "write_ndjson of Polars",
        "jsonl, ID in field \"id\"",
    ),
    ("properties.txt", "properties of Java", "text"),
    (
        "psql-bytea.csv",
        "psql --csv, a bytea",
        "csv, ID in column 1 \"id\" of 2, spelled as UUIDs",
    ),
    ("psql-ids-bare.txt", "psql -At, one column", "lines"),
    (
        "psql-tuples.csv",
        "psql --csv -t",
        "csv, ID in column 1 of 5",
    ),
    (
        "psql-uuid.csv",
        "psql --csv, a uuid",
        "csv, ID in column 1 \"id\" of 2, spelled as UUIDs",
    ),
    ("psql.csv", "psql --csv", "csv, ID in column 1 \"id\" of 5"),
    ("redis-raw.txt", "redis-cli lrange", "lines"),
    ("redis-tty.txt", "redis-cli lrange on a terminal", "text"),
    ("redis.json", "redis-cli --json", "json"),
    (
        "sqlite-csv-bare.txt",
        "sqlite3 -csv",
        "csv, ID in column 1 of 5",
    ),
    (
        "sqlite-csv.txt",
        ".mode csv of sqlite3",
        "csv, ID in column 1 \"id\" of 5",
    ),
    ("sqlite-insert.txt", ".mode insert of sqlite3", "text"),
    (
        "sqlite-json.txt",
        ".mode json of sqlite3",
        "json, ID in field \"id\"",
    ),
    (
        "sqlite-json_object.txt",
        "sqlite3, json_object",
        "jsonl, ID in field \"id\"",
    ),
    (
        "sqlite-list-bare.txt",
        "sqlite3",
        "csv, ID in column 1 of 5",
    ),
    (
        "sqlite-list.txt",
        ".mode list of sqlite3",
        "csv, ID in column 1 \"id\" of 5",
    ),
    (
        "sqlite-tabs.txt",
        ".mode tabs of sqlite3",
        "tsv, ID in column 1 \"id\" of 5",
    ),
    (
        "sqs.json",
        "aws sqs receive-message",
        "json, elements of \"Messages\", ID within field \"Body\"",
    ),
    ("syslog.txt", "syslog", "text"),
    (
        "winston.json",
        "winston of npm",
        "jsonl, ID within field \"message\"",
    ),
    ("yaml-list.yaml", "safe_dump of PyYAML, a list", "text"),
];

/// Files with lines around the rows, or with several IDs in one: also how many rows there are, how many of them have an ID, and
/// how many IDs stand behind the first of their row.
const AROUND: &[(&str, &str, &str, usize, usize, u64)] = &[
    (
        "clickhouse-JSONCompact.txt",
        "FORMAT JSONCompact of ClickHouse",
        "text",
        40,
        6,
        0,
    ),
    (
        "clickhouse-JSONCompactEachRowWithNames.txt",
        "FORMAT JSONCompactEachRowWithNames of ClickHouse",
        "text",
        7,
        6,
        0,
    ),
    (
        "clickhouse-JSONObjectEachRow.txt",
        "FORMAT JSONObjectEachRow of ClickHouse",
        "text",
        8,
        6,
        0,
    ),
    (
        "clickhouse-Markdown.txt",
        "FORMAT Markdown of ClickHouse",
        "text",
        8,
        6,
        0,
    ),
    (
        "clickhouse-Pretty.txt",
        "FORMAT Pretty of ClickHouse",
        "text",
        15,
        6,
        0,
    ),
    (
        "clickhouse-PrettyCompact.txt",
        "FORMAT PrettyCompact of ClickHouse",
        "text",
        8,
        6,
        0,
    ),
    (
        "clickhouse-PrettySpace.txt",
        "FORMAT PrettySpace of ClickHouse",
        "text",
        8,
        6,
        0,
    ),
    (
        "clickhouse-SQLInsert.txt",
        "FORMAT SQLInsert of ClickHouse",
        "text",
        1,
        1,
        5,
    ),
    (
        "clickhouse-TabSeparatedWithNamesAndTypes.txt",
        "FORMAT TabSeparatedWithNamesAndTypes of ClickHouse",
        "tsv, ID in column 1 \"id\" of 4",
        7,
        6,
        0,
    ),
    (
        "clickhouse-Values.txt",
        "FORMAT Values of ClickHouse",
        "text",
        1,
        1,
        5,
    ),
    (
        "clickhouse-Vertical.txt",
        "FORMAT Vertical of ClickHouse",
        "text",
        41,
        6,
        0,
    ),
    (
        "clickhouse-XML.txt",
        "FORMAT XML of ClickHouse",
        "text",
        67,
        6,
        0,
    ),
    ("duckdb-box.txt", "show() of DuckDB", "text", 12, 6, 0),
    (
        "elastic-bulk.ndjson",
        "bulk request of Elasticsearch",
        "jsonl, ID in field \"index._id\"",
        12,
        6,
        0,
    ),
    ("ini.txt", "INI", "text", 7, 6, 0),
    (
        "java.log",
        "Spring Boot, with a stack trace",
        "text",
        11,
        6,
        0,
    ),
    (
        "journal-export.txt",
        "journalctl -o export",
        "text",
        30,
        6,
        0,
    ),
    ("jq-pretty.json", "jq .", "text", 42, 6, 0),
    (
        "kafka-console-meta.txt",
        "kafka-console-consumer, all of print.*",
        "tsv, ID in column 4 of 5",
        7,
        6,
        0,
    ),
    ("kubectl-get.txt", "kubectl get", "text", 7, 6, 0),
    ("kubectl-get.yaml", "kubectl get -o yaml", "text", 39, 6, 0),
    ("list-comma.txt", "a list by commas", "text", 1, 1, 5),
    (
        "loki-query_range.json",
        "query_range of Loki",
        "text",
        1,
        1,
        5,
    ),
    (
        "mariadb-arrayagg.txt",
        "mariadb -B, json_arrayagg",
        "text",
        2,
        1,
        5,
    ),
    (
        "mariadb-dump-rows.sql",
        "mariadb-dump --skip-extended-insert",
        "text",
        18,
        6,
        0,
    ),
    ("mariadb-dump.sql", "mariadb-dump", "text", 61, 6, 0),
    ("mariadb-dump.xml", "mariadb-dump --xml", "text", 58, 6, 0),
    (
        "mariadb-json.txt",
        "mariadb -B, json_object",
        "text",
        7,
        6,
        0,
    ),
    (
        "mariadb-one-column-table.txt",
        "mariadb -t, one column",
        "text",
        10,
        6,
        0,
    ),
    ("mariadb-table.txt", "mariadb -t", "text", 10, 6, 0),
    ("mariadb-vertical.txt", "\\G of mariadb", "text", 36, 6, 0),
    ("mariadb.html", "mariadb -H", "text", 1, 1, 5),
    ("mariadb.xml", "mariadb -X", "text", 52, 6, 0),
    (
        "mongoexport-pretty.json",
        "mongoexport --pretty",
        "text",
        144,
        6,
        0,
    ),
    (
        "node-table.txt",
        "console.table of Node.js",
        "text",
        10,
        6,
        0,
    ),
    ("otel.json", "OTLP as JSON", "text", 1, 1, 5),
    ("pandas-columns.json", "to_json of pandas", "text", 1, 1, 5),
    (
        "pandas-index.json",
        "to_json(orient='index') of pandas",
        "text",
        1,
        1,
        5,
    ),
    (
        "pandas-markdown.txt",
        "to_markdown of pandas",
        "text",
        8,
        6,
        0,
    ),
    (
        "pandas-split.json",
        "to_json(orient='split') of pandas",
        "text",
        1,
        1,
        5,
    ),
    ("pandas-string.txt", "to_string of pandas", "text", 7, 6, 0),
    (
        "pandas-values.json",
        "to_json(orient='values') of pandas",
        "text",
        1,
        1,
        5,
    ),
    ("pandas.html", "to_html of pandas", "text", 62, 6, 0),
    ("pandas.xml", "to_xml of pandas", "text", 51, 6, 0),
    ("pg_dump-inserts.sql", "pg_dump --inserts", "text", 65, 6, 0),
    ("pg_dump.sql", "pg_dump", "text", 67, 6, 0),
    ("polars-print.txt", "print of Polars", "text", 13, 6, 0),
    ("prometheus.txt", "metrics of Prometheus", "text", 8, 6, 0),
    ("psql-aligned.txt", "psql", "text", 10, 6, 0),
    (
        "psql-comma.txt",
        "psql -A -F ,",
        "csv, ID in column 1 \"id\" of 5",
        7,
        6,
        0,
    ),
    (
        "psql-expanded-unaligned.txt",
        "psql -A -x",
        "text",
        35,
        6,
        0,
    ),
    ("psql-expanded.txt", "psql -x", "text", 37, 6, 0),
    ("psql-ids.txt", "psql -t, one column", "text", 7, 6, 0),
    ("psql-one-column.txt", "psql, one column", "text", 10, 6, 0),
    ("psql-tuples.txt", "psql -t", "text", 7, 6, 0),
    (
        "psql-unaligned.txt",
        "psql -A",
        "csv, ID in column 1 \"id\" of 5",
        7,
        6,
        0,
    ),
    (
        "psql-unicode.txt",
        "psql -P border=2 -P linestyle=unicode",
        "text",
        12,
        6,
        0,
    ),
    ("psql.adoc", "psql -P format=asciidoc", "text", 15, 6, 0),
    ("psql.html", "psql -H", "text", 53, 6, 0),
    ("psql.tex", "psql -P format=latex", "text", 13, 6, 0),
    (
        "python-list.txt",
        "print of a list in Python",
        "text",
        1,
        1,
        5,
    ),
    (
        "python-logging.txt",
        "logging of Python, with a traceback",
        "text",
        12,
        7,
        0,
    ),
    ("redis-csv.txt", "redis-cli --csv", "text", 1, 1, 5),
    (
        "redis-scan.txt",
        "redis-cli --scan | sort",
        "lines, prefixed",
        7,
        6,
        0,
    ),
    ("sql-in.txt", "a list for in (…) of SQL", "text", 1, 1, 5),
    (
        "sqlcmd-W.csv",
        "sqlcmd -W -s ,",
        "csv, ID in column 1 \"id\" of 3",
        8,
        6,
        0,
    ),
    ("sqlcmd.txt", "sqlcmd", "text", 10, 6, 0),
    (
        "sqlite-ascii.txt",
        ".mode ascii of sqlite3",
        "text",
        1,
        1,
        5,
    ),
    ("sqlite-box.txt", ".mode box of sqlite3", "text", 10, 6, 0),
    (
        "sqlite-column.txt",
        ".mode column of sqlite3",
        "text",
        8,
        6,
        0,
    ),
    ("sqlite-dump.sql", ".dump of sqlite3", "text", 10, 6, 0),
    ("sqlite-html.txt", ".mode html of sqlite3", "text", 42, 6, 0),
    ("sqlite-line.txt", ".mode line of sqlite3", "text", 35, 6, 0),
    (
        "sqlite-markdown.txt",
        ".mode markdown of sqlite3",
        "text",
        8,
        6,
        0,
    ),
    (
        "sqlite-quote.txt",
        ".mode quote of sqlite3",
        "text",
        7,
        6,
        0,
    ),
    (
        "sqlite-table.txt",
        ".mode table of sqlite3",
        "text",
        10,
        6,
        0,
    ),
    ("sqlite-tcl.txt", ".mode tcl of sqlite3", "text", 7, 6, 0),
    (
        "sqlplus.csv",
        "set markup csv on of SQL*Plus",
        "csv, ID in column 1 \"ID\" of 3",
        7,
        6,
        0,
    ),
    ("toml.txt", "TOML", "text", 24, 6, 0),
    ("yaml-maps.yaml", "safe_dump of PyYAML", "text", 30, 6, 0),
];

/// Files in which nothing is found, with the sentence that says so.
const NOTHING: &[(&str, &str, &str)] = &[
    ("psql-bytea.txt", "psql, a bytea", "no row has an ID"),
    (
        "psql-uuid.txt",
        "psql, a uuid",
        "no row has an ID; 6 have a UUID, which is looked for in columns only: write the table as CSV",
    ),
    (
        "psql-wrapped.txt",
        "psql -P format=wrapped",
        "no row has an ID",
    ),
];

/// Files that are refused, with the begin of what is said.
const REFUSED: &[(&str, &str, &str)] = &[
    ("duckdb.parquet", "copy … to of DuckDB", "is a Parquet file"),
    ("pandas.pkl", "to_pickle of pandas", "is a binary file"),
    ("pandas.xlsx", "to_excel of pandas", "is a zip archive"),
    (
        "pg-copy.bin",
        "copy … (format binary) of PostgreSQL",
        "is a binary copy of PostgreSQL; write it as text",
    ),
    (
        "pg_dump.custom",
        "pg_dump -Fc",
        "is an archive of pg_dump; write it as SQL: pg_restore",
    ),
    ("polars.arrow", "write_ipc of Polars", "is an Arrow file"),
    ("polars.avro", "write_avro of Polars", "is an Avro file"),
    (
        "polars.parquet",
        "write_parquet of Polars",
        "is a Parquet file",
    ),
    ("sqlite.db", "SQLite", "is a database of SQLite"),
];

fn open(name: &str) -> Result<Dataset, OpenError> {
    let path = root().join("tests/fixtures/gallery").join(name);
    Dataset::open_paths(&[path], &OpenOptions::default())
}

/// The IDs of a dataset, in its order.
fn ids(dataset: &Dataset) -> Vec<String> {
    let ids = dataset.ids().expect("the rows are read");
    let texts = ids.iter().flatten().map(|&id| codec::print(id).to_string());
    texts.collect()
}

#[test]
fn exports_are_read_as_they_were_written() {
    for (name, made_by, layout) in WHOLE {
        let dataset = open(name).expect(name);
        assert_eq!(dataset.layout().to_string(), *layout, "{name} by {made_by}");
        assert_eq!(ids(&dataset), IDS, "{name} by {made_by}");
        assert_eq!(dataset.len(), IDS.len(), "{name} by {made_by}");
        assert_eq!(dataset.layout().hint, None, "{name} by {made_by}");
    }
}

#[test]
fn the_names_of_an_export_are_read_in_any_encoding() {
    for name in [
        "excel-de.csv",
        "excel-de-latin1.csv",
        "pandas-de.csv",
        "excel-unicode.txt",
        "mariadb-batch.txt",
        "duckdb.json",
        "pandas-records.json",
    ] {
        let dataset = open(name).expect(name);
        let row = dataset.row(2).expect(name).expect(name);
        let cells = row.cells().join(" ");
        assert!(cells.contains("Öl für Türen"), "{name}: {cells}");
    }
}

#[test]
fn exports_with_more_around_their_rows_lose_no_id() {
    for &(name, made_by, layout, rows, valid, further) in AROUND {
        let dataset = open(name).expect(name);
        assert_eq!(dataset.layout().to_string(), layout, "{name} by {made_by}");
        let found = ids(&dataset);
        let audit = dataset
            .audit(Limits::at(Timestamp::MAX), &Progress::new())
            .expect("the rows are read");
        let further_ids = audit.summary().further;
        assert_eq!(
            (dataset.len(), found.len(), further_ids),
            (rows, valid, further),
            "{name} by {made_by}"
        );
        let mut at = found.iter();
        let is_there = |id: &&&str| at.any(|found| found == *id);
        let in_order = IDS.iter().take_while(is_there).count() as u64;
        assert_eq!(in_order + further, 6, "{name} by {made_by}");
    }
}

#[test]
fn exports_in_which_nothing_is_found_say_so() {
    for (name, made_by, sentence) in NOTHING {
        let dataset = open(name).expect(name);
        assert_eq!(ids(&dataset), [""; 0], "{name} by {made_by}");
        let hint = dataset.layout().hint.as_deref();
        assert_eq!(hint, Some(*sentence), "{name} by {made_by}");
    }
}

#[test]
fn files_that_are_not_read_are_named() {
    for (name, made_by, sentence) in REFUSED {
        let said = open(name).expect_err(name).to_string();
        assert!(said.contains(sentence), "{name} by {made_by}: {said}");
    }
}

#[test]
fn every_id_of_an_export_is_printed_by_the_browser() {
    let folder = root().join("tests/fixtures/gallery");
    for (name, made_by, ..) in AROUND.iter().filter(|(.., further)| *further > 0) {
        let printed = Command::new(binary("ulid-tui"))
            .args(["--every", "--print", "lines"])
            .arg(folder.join(name))
            .output()
            .expect("the browser runs");
        let text = String::from_utf8_lossy(&printed.stdout).into_owned();
        assert_eq!(text.lines().collect::<Vec<_>>(), IDS, "{name} by {made_by}");
    }
}

/// The code within a cell of Markdown.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_guide_says_what_exports_are_read_as() {
    let guide = std::fs::read_to_string(root().join("docs/formats.md")).expect("the guide");
    let section = guide.split("## Exports of other programs").nth(1);
    let section = section.and_then(|rest| rest.split("\n## ").next());
    let section = section.expect("the guide has a section on exports");
    let around = AROUND
        .iter()
        .map(|&(_, made_by, layout, ..)| (made_by, layout));
    let read: Vec<(&str, &str)> = WHOLE
        .iter()
        .map(|&(_, made_by, layout)| (made_by, layout))
        .chain(around)
        .collect();
    let mut told = 0;
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let (&[format], is_within) = (
            code(cells[1]).first_chunk().expect("a format"),
            cells[2].contains("within"),
        );
        for export in code(cells[0]) {
            let mut layouts = read.iter().filter(|(made_by, _)| *made_by == export);
            assert!(
                layouts.any(|(_, layout)| layout.split(',').next() == Some(format)
                    && layout.contains("within") == is_within),
                "{export} is no {format}"
            );
            told += 1;
        }
    }
    assert!(told > 50, "{told}");
}

#[test]
fn each_file_of_the_gallery_is_told_of() {
    let files = std::fs::read_dir(root().join("tests/fixtures/gallery")).expect("the gallery");
    let mut files: Vec<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    files.sort_unstable();
    let whole = [WHOLE, NOTHING, REFUSED].concat();
    let mut told: Vec<&str> = whole.iter().map(|(name, ..)| *name).collect();
    told.extend(AROUND.iter().map(|(name, ..)| *name));
    told.sort_unstable();
    assert_eq!(files, told);
}
