//! By `postgres-types`: the server says what the column is.

use postgres::{Client, Config, NoTls};
use ulid_core::Ulid;
use ulid_database_tests::Postgres;

use super::IDS;

fn client(server: &Postgres) -> Client {
    Config::new()
        .host_path(server.socket())
        .user("tester")
        .dbname("postgres")
        .connect(NoTls)
        .unwrap()
}

#[test]
fn columns_of_every_type_give_back_what_they_were_given_in_the_order_of_ulids() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let mut client = client(&server);
    for (column, as_text) in [
        ("text", "id"),
        ("varchar(26)", "id"),
        ("char(26)", "id"),
        ("char(30)", "rtrim(id)"),
        ("bytea", "encode(id, 'hex')"),
        ("uuid", "replace(id::text, '-', '')"),
    ] {
        client
            .batch_execute(&format!(
                "create temporary table t (id {column} primary key)"
            ))
            .unwrap();
        for id in IDS.iter().rev() {
            client.execute("insert into t values ($1)", &[id]).unwrap();
        }
        let rows = client
            .query(&format!("select id, {as_text} from t order by id"), &[])
            .unwrap();
        let ids: Vec<Ulid> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(ids, IDS, "{column}");
        for (row, id) in rows.iter().zip(IDS) {
            let stored: String = row.get(1);
            let expected = match column {
                "bytea" | "uuid" => format!("{:032x}", id.to_u128()),
                _ => id.to_string(),
            };
            assert_eq!(stored, expected, "{column}");
        }
        let found = client
            .query_one("select count(*) from t where id = $1", &[&IDS[2]])
            .unwrap();
        assert_eq!(found.get::<_, i64>(0), 1, "{column}");
        client.batch_execute("drop table t").unwrap();
    }
}

#[test]
fn what_is_no_ulid_is_an_error_of_its_column() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let mut client = client(&server);
    for value in [
        "'8ZZZZZZZZZZZZZZZZZZZZZZZZZ'::text",
        "'01ARZ3NDEKTSV4RRFFQ69G5FAU'::varchar",
        "'\\x00'::bytea",
        "7::int",
    ] {
        let row = client.query_one(&format!("select {value}"), &[]).unwrap();
        assert!(row.try_get::<_, Ulid>(0).is_err(), "{value}");
    }
    let row = client.query_one("select null::uuid", &[]).unwrap();
    assert_eq!(row.get::<_, Option<Ulid>>(0), None);
}
