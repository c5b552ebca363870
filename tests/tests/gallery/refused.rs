//! Files in which nothing is found, and those that are not read.

/// Files in which nothing is found, with the sentence that says so.
pub(crate) const NOTHING: &[(&str, &str, &str)] = &[
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
pub(crate) const REFUSED: &[(&str, &str, &str)] = &[
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
