//! By `rusqlite`.

use rusqlite::{Connection, types::Type};
use ulid_core::{Ulid, sql::AsBytes};

use super::IDS;

#[test]
fn text_and_bytes_give_back_what_they_were_given_in_the_order_of_ulids() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("create table t (text text primary key, bytes blob unique) strict")
        .unwrap();
    for id in IDS.iter().rev() {
        connection
            .execute("insert into t values (?1, ?2)", (id, AsBytes(*id)))
            .unwrap();
    }
    for order in ["text", "bytes"] {
        let query = format!("select text, bytes, hex(bytes) from t order by {order}");
        let mut statement = connection.prepare(&query).unwrap();
        let rows = statement.query_map([], |row| {
            let AsBytes(bytes) = row.get(1)?;
            Ok((row.get(0)?, bytes, row.get(2)?))
        });
        let rows: Vec<(Ulid, Ulid, String)> = rows.unwrap().map(Result::unwrap).collect();
        let expected = IDS.map(|id| (id, id, format!("{:032X}", id.to_u128())));
        assert_eq!(rows, expected, "{order}");
    }
}

#[test]
fn what_is_no_ulid_is_an_error_of_its_column() {
    let connection = Connection::open_in_memory().unwrap();
    for value in ["'8ZZZZZZZZZZZZZZZZZZZZZZZZZ'", "x'00'", "7", "1.5"] {
        let query = format!("select {value}");
        let read: rusqlite::Result<Ulid> = connection.query_row(&query, [], |row| row.get(0));
        assert!(read.is_err(), "{value}");
    }
    let null = connection.query_row("select null", [], |row| row.get::<_, Option<Ulid>>(0));
    assert_eq!(null, Ok(None));
    let number = connection.query_row("select 7", [], |row| row.get::<_, Ulid>(0));
    let Err(rusqlite::Error::InvalidColumnType(0, _, Type::Integer)) = number else {
        panic!("{number:?}");
    };
}
