//! By `sqlx`, on both databases.

use sqlx::{
    ConnectOptions, Connection, PgConnection, SqliteConnection, postgres::PgConnectOptions,
};
use tokio::runtime::{Builder, Runtime};
use ulid_core::{
    Ulid,
    sql::{AsBytes, AsUuid},
};
use ulid_database_tests::Postgres;

use super::IDS;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn connected(server: &Postgres) -> PgConnection {
    PgConnectOptions::new_without_pgpass()
        .socket(server.socket())
        .username("tester")
        .database("postgres")
        .connect()
        .await
        .unwrap()
}

#[test]
fn postgres_keeps_text_bytes_and_uuids_in_the_order_of_ulids() {
    let Some(server) = Postgres::start() else {
        return;
    };
    runtime().block_on(async {
        let mut connection = connected(&server).await;
        sqlx::query("create temporary table t (text text, bytes bytea, uuid uuid)")
            .execute(&mut connection)
            .await
            .unwrap();
        for id in IDS.into_iter().rev() {
            sqlx::query("insert into t values ($1, $2, $3)")
                .bind(id)
                .bind(AsBytes(id))
                .bind(AsUuid(id))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        for query in [
            "select text, bytes, uuid, uuid::text as spelled from t order by text",
            "select text, bytes, uuid, uuid::text as spelled from t order by bytes",
            "select text, bytes, uuid, uuid::text as spelled from t order by uuid",
        ] {
            let rows: Vec<(Ulid, AsBytes, AsUuid, String)> = sqlx::query_as(query)
                .fetch_all(&mut connection)
                .await
                .unwrap();
            let expected = IDS.map(|id| {
                let hex = format!("{:032x}", id.to_u128());
                let groups = [
                    &hex[..8],
                    &hex[8..12],
                    &hex[12..16],
                    &hex[16..20],
                    &hex[20..],
                ];
                (id, AsBytes(id), AsUuid(id), groups.join("-"))
            });
            assert_eq!(rows, expected, "{query}");
        }
    });
}

#[test]
fn sqlite_keeps_text_and_bytes_in_the_order_of_ulids() {
    runtime().block_on(async {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::query("create table t (text text, bytes blob)")
            .execute(&mut connection)
            .await
            .unwrap();
        for id in IDS.into_iter().rev() {
            sqlx::query("insert into t values (?, ?)")
                .bind(id)
                .bind(AsBytes(id))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let query = "select text, bytes, hex(bytes) from t order by bytes";
        let rows: Vec<(Ulid, AsBytes, String)> = sqlx::query_as(query)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert_eq!(
            rows,
            IDS.map(|id| (id, AsBytes(id), format!("{:032X}", id.to_u128())))
        );
    });
}

#[test]
fn what_is_no_ulid_is_an_error_of_its_column() {
    runtime().block_on(async {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        for query in [
            "select '8ZZZZZZZZZZZZZZZZZZZZZZZZZ'",
            "select 7",
            "select x'00'",
        ] {
            let read: Result<Ulid, _> = sqlx::query_scalar(query).fetch_one(&mut connection).await;
            assert!(read.is_err(), "{query}");
        }
        let read: Result<AsBytes, _> = sqlx::query_scalar("select x'00'")
            .fetch_one(&mut connection)
            .await;
        assert!(read.is_err());
    });
}
