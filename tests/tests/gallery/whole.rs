//! Exports that have the rows of the table and no other.

/// Files that have these rows and no other: their name, what wrote them, and what they are taken for.
pub(crate) const WHOLE: &[(&str, &str, &str)] = &[
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
    ("grep-coloured.txt", "grep --color=always", "text"),
    ("jq-raw.txt", "jq -r .id", "lines"),
    ("jq-strings.txt", "jq .id", "text"),
    ("json-lines-of-arrays.txt", "jq -c", "text"),
    (
        "json-seq.json",
        "jq --seq",
        "json, one object behind another, ID in field \"id\"",
    ),
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
        "jq-pretty.json",
        "jq .",
        "json, one object behind another, ID in field \"id\"",
    ),
    (
        "python-nan.jsonl",
        "json of Python, with numbers that are none",
        "jsonl, ID in field \"id\"",
    ),
    (
        "python-mac.csv",
        "csv of Python, lines ended by returns",
        "csv, ID in column 1 \"id\" of 2",
    ),
    (
        "python-windows.csv",
        "csv of Python on Windows, without newline=''",
        "csv, ID in column 1 \"id\" of 2",
    ),
    (
        "mongoexport-pretty.json",
        "mongoexport --pretty",
        "json, one object behind another, ID in field \"orderId\"",
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
        "sqlite-quote.txt",
        ".mode quote of sqlite3",
        "csv, quoted by ', ID in column 1 \"id\" of 5",
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
