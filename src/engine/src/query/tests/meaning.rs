//! Conditions as people type them, and what they have to mean.

use super::*;

fn lines(csv: &str, text: &str) -> Result<Vec<u64>, String> {
    let bytes = csv.as_bytes().to_vec();
    let dataset = Dataset::from_bytes("rows.csv", bytes, &OpenOptions::default()).unwrap();
    selected(&dataset, text)
}

#[test]
fn a_computed_number_is_no_time() {
    // 2022-06-01 and 2025-03-01
    let csv = "id,n\n01G4EFSK00000000000000000A,5\n01JN7P1T00000000000000000A,6\n";
    let refused = Err("a computed number is no time");
    let check = |text: &str, expected: Result<&[u64], &str>| {
        let found = lines(csv, text);
        match expected {
            Ok(lines) => assert_eq!(found.as_deref(), Ok(lines), "{text}"),
            Err(part) => assert!(found.as_ref().unwrap_err().contains(part), "{found:?}"),
        }
    };
    // A day with one digit can mean nothing else.
    check("time > 2024-3-1", Ok(&[2]));
    check("time in 2022-6-1..2022-6-2", Ok(&[1]));
    check("time >= 2025-3-1", Ok(&[2]));
    check("time > 2024", Ok(&[2]));
    check("time in [2022, 2025-3]", refused);
    check("time > 99999-01-01", refused);
    check("time > 2000 + 24", refused);
    check("time > -5", refused);
    check("time > (2024)", Ok(&[2]));
    check("n > 2010-3-2 + 0", Err("cannot be"));
    check("n > 10-3-2", Ok(&[2]));
}

#[test]
fn durations_are_multiplied_and_divided_by_fractions() {
    // 0, 24 and 54 minutes after midnight of 2025-01-01
    let id = |minute: u64| {
        let ms = 1_735_689_600_000 + minute * 60_000;
        codec::print(Ulid::from_parts(ms, 1).unwrap())
    };
    let rows = [id(0), id(24), id(54)].map(|id| format!("{id},1\n"));
    let csv = format!("id,n\n{}", rows.concat());
    let check = |text: &str, expected: &[u64]| {
        assert_eq!(lines(&csv, text).as_deref(), Ok(expected), "{text}");
    };
    check("gap == 1h * 0.4", &[2]);
    check("gap == 0.4 * 1h", &[2]);
    check("gap > 1h * 0.4", &[3]);
    check("gap * 1.5 > 40m", &[3]);
    check("gap / 0.5 == 1h", &[3]);
    check("gap / 0.0 == 1h", &[]);
    check("gap * 0.000001 == 1ms", &[2]);
}

#[test]
fn backquotes_name_the_column_of_a_neighbour_too() {
    let csv = "id,time,n\n01JGFJJZ00000000000000000A,7,1\n01JGFJJZ00000000000000000B,8,2\n";
    let check = |text: &str, expected: &[u64]| {
        assert_eq!(lines(csv, text).as_deref(), Ok(expected), "{text}");
    };
    check("`time` > prev.`time`", &[2]);
    check("prev.`time` == 7", &[2]);
    check("next.`time` == `time` + 1", &[1]);
    check("prev.time == time", &[2]);
}

/// A thread of the pool has a stack of 2 MiB.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(test);
    thread.unwrap().join().unwrap();
}

#[test]
fn no_condition_is_too_deep_for_the_stack_of_a_thread() {
    on_a_small_stack(|| {
        let csv = "id,n\n01JGFJJZ00000000000000000A,317\n01JGFJJZ00000000000000000B,x\n";
        let values = |count: usize| (0..count).map(|n| format!("'{n}'")).collect::<Vec<_>>();
        let list = |count: usize| format!("n in [{}]", values(count).join(", "));
        let chain = |part: &str, word: &str, count: usize| vec![part; count].join(word);
        assert_eq!(lines(csv, &list(318)).as_deref(), Ok(&[1][..]));
        assert_eq!(lines(csv, &list(490)).as_deref(), Ok(&[1][..]));
        assert_eq!(
            lines(csv, &format!("not ({})", list(490))).as_deref(),
            Ok(&[2][..])
        );
        assert_eq!(
            lines(csv, &chain("n == 317", " or ", 250)).as_deref(),
            Ok(&[1][..])
        );
        assert_eq!(
            lines(csv, &chain("n == 317", " and ", 250)).as_deref(),
            Ok(&[1][..])
        );
        assert_eq!(
            lines(csv, &chain("prev.n == 317", " and ", 160)).as_deref(),
            Ok(&[2][..])
        );
        let sum = |terms: usize| format!("time < now{}", " + 1s".repeat(terms));
        assert_eq!(lines(csv, &sum(50)).as_deref(), Ok(&[1, 2][..]));
        let nested = format!("{}n == 317{}", "(".repeat(40), ")".repeat(40));
        assert_eq!(lines(csv, &nested).as_deref(), Ok(&[1][..]));
        let refused = [
            list(100_000),
            chain("n == 317", " or ", 100_000),
            sum(283),
            sum(100_000),
            format!("{}valid", "not ".repeat(900)),
            format!("n == {}1", "-".repeat(900)),
            format!("{}valid{}", "(".repeat(50_000), ")".repeat(50_000)),
            "(not ".repeat(500_000),
        ];
        for text in refused {
            let error = lines(csv, &text).unwrap_err();
            assert!(
                error.contains("too long") || error.contains("too deeply"),
                "{error:.200}"
            );
        }
    });
}

#[test]
fn a_long_name_or_text_is_refused_or_works() {
    let csv = "id,n\n01JGFJJZ00000000000000000A,317\n";
    let long = "x".repeat(1 << 20);
    assert_eq!(
        lines(csv, &format!("n contains '{long}'")).as_deref(),
        Ok(&[][..])
    );
    let error = lines(csv, &format!("{long} == 1")).unwrap_err();
    assert!(
        error.contains("there is no field or column"),
        "{error:.100}"
    );
    assert!(error.len() < 1_000, "{} bytes", error.len());
}

/// Rows as other people's programs write them.
const FOREIGN: &str = "\
id,service,n,ok,epoch,other,day
01JGFJJZ00000000000000000A,api,1e3,true,1735689600,01JGFJJZ00000000000000000A,2025-01-01
01JGFN9ZG0000000000000000B,web,.5,false,1735689600123,01ARZ3NDEKTSV4RRFFQ69G5FAV,1969-07-20
01JGFQ0TW0000000000000000C,a%b,+5,,1735689600.5,,
01234567890123456789012345,db,7,TRUE,,,1970-01-02
";

fn check_foreign(text: &str, expected: &[u64]) {
    assert_eq!(lines(FOREIGN, text).as_deref(), Ok(expected), "{text}");
}

#[test]
fn what_sql_and_shells_taught_is_understood() {
    check_foreign("service == \"api\" AND valid", &[1]);
    check_foreign("service = 'api' || service <> 'web' && valid", &[1, 3, 4]);
    check_foreign("!(service == 'api') && NOT service == 'web'", &[3, 4]);
    check_foreign("service in (\"api\", \"db\")", &[1, 4]);
    check_foreign("service NOT IN (\"api\", \"db\")", &[2, 3]);
    check_foreign("row in (2)..4", &[2, 3]);
    check_foreign("row in (1 + 1) * 1..=3", &[2, 3]);
    check_foreign("other is null", &[3, 4]);
    check_foreign("other IS NOT NULL", &[1, 2]);
    check_foreign("n between .4 and 10", &[2, 3, 4]);
    check_foreign("n not between .4 and 10", &[1]);
    check_foreign("time between 2025-01-01 and 2025", &[1, 2, 3]);
    check_foreign("service like \"a%\"", &[1, 3]);
    check_foreign("service like \"a\\%b\"", &[]);
    check_foreign("service not like \"_p_\"", &[2, 3, 4]);
    check_foreign("service ends with \"b\"", &[2, 3, 4]);
    check_foreign("time > 20241231", &[1, 2, 3]);
    check_foreign("time == 20250101", &[1, 2, 3]);
    check_foreign("gap > 25min", &[2, 3]);
    check_foreign("gap > 1hour", &[]);
    for (text, part) in [
        ("gap > 1mo", "a month has no length"),
        // three letters are not much like three others: "api" is no "age"
        (
            "service == api",
            "there is no field or column \"api\"; a text stands in quotes",
        ),
        ("n == null", "where a value is missing, `is null` holds"),
        ("future", "the rows of this flaw meet `time > now`"),
        (
            "not Overflow",
            "the rows of this flaw meet `fault == \"overflow\"`",
        ),
        ("service in [api]", "there is no field or column \"api\""),
        ("service like n", "like needs a text in quotes"),
    ] {
        let found = lines(FOREIGN, text).unwrap_err();
        assert!(found.contains(part), "{text}: {found}");
    }
}

#[test]
fn numbers_and_conditions_are_read_as_programs_write_them() {
    check_foreign("n > 1e2", &[1]);
    check_foreign("n == 1E3", &[1]);
    check_foreign("n == +5", &[3]);
    check_foreign("n > .4 and n < 0.6e0", &[2]);
    check_foreign("ok", &[1, 4]);
    check_foreign("not ok", &[2, 3]);
    check_foreign("ok == true", &[1, 4]);
    check_foreign("ok == false", &[2]);
    check_foreign("ok != true", &[2]);
    check_foreign("ok is null", &[3]);
    check_foreign("id == 01234567890123456789012345", &[4]);
    check_foreign(
        "id in [01234567890123456789012345, 01JGFJJZ00000000000000000A]",
        &[1, 4],
    );
}

#[test]
fn seconds_milliseconds_ids_and_times_before_1970_are_times() {
    check_foreign("epoch > 2024-01-01", &[1, 2, 3]);
    check_foreign("epoch == 2025-01-01T00:00:00.123", &[2]);
    check_foreign("epoch == 2025-01-01T00:00:00.5", &[3]);
    check_foreign("time > 1735689600", &[2, 3]);
    check_foreign("time == 1735689600", &[1]);
    check_foreign("time == 1735689600000", &[1]);
    check_foreign("time > 1735689600000000", &[2, 3]);
    check_foreign("time(other) < 2020", &[2]);
    check_foreign("other > 2020-01-01", &[1]);
    check_foreign("day < 1970-01-01", &[2]);
    check_foreign("day == 1969", &[]);
    check_foreign("day == 1969-07", &[2]);
    check_foreign("time > 1969-12-31", &[1, 2, 3, 4]);
    check_foreign("time > \"+10000\"", &[]);
}

#[test]
fn a_fault_that_there_is_not_is_refused() {
    let found = lines(FOREIGN, "fault == \"lenght\"").unwrap_err();
    assert!(
        found.contains("there is no fault \"lenght\"; did you mean \"length\"?"),
        "{found}"
    );
    assert!(lines(FOREIGN, "\"nothing\" != fault").is_err());
    check_foreign("fault in [\"length\", \"absent\"]", &[]);
}

fn in_zone(rows: &[(&str, &str)], name: &str, text: &str) -> Vec<u64> {
    let id = |time: &str| {
        let time: Timestamp = time.parse().unwrap();
        codec::print(time.first_id())
    };
    let rows: String = rows
        .iter()
        .map(|(time, n)| format!("{},{n}\n", id(time)))
        .collect();
    let csv = format!("id,n\n{rows}");
    let options = OpenOptions::default();
    let dataset = Dataset::from_bytes("rows.csv", csv.into_bytes(), &options).unwrap();
    let zone = TimeZone::get(name).unwrap();
    let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
    let query = Query::parse(text, &scope).unwrap();
    let rows = select(&dataset, &query, &Progress::new()).unwrap();
    rows.iter().map(|row| row + 1).collect()
}

/// On 26 October 2025 the clocks of Berlin went back from 03:00 to 02:00, on 30 March on from 02:00 to 03:00.
#[test]
fn a_wall_clock_shows_an_hour_twice_in_autumn_and_none_in_spring() {
    let autumn = [
        ("2025-10-25T23:59:59Z", "1"),
        ("2025-10-26T00:00:00Z", "2"),
        ("2025-10-26T00:30:00Z", "3"),
        ("2025-10-26T01:00:00Z", "4"),
        ("2025-10-26T01:30:00Z", "5"),
        ("2025-10-26T02:00:00Z", "6"),
    ];
    let check = |text: &str, expected: &[u64]| {
        assert_eq!(in_zone(&autumn, "Europe/Berlin", text), expected, "{text}");
    };
    check("time == 2025-10-26T02", &[2, 3, 4, 5]);
    check("time < 2025-10-26T02", &[1]);
    check("time > 2025-10-26T02", &[6]);
    check("time == 2025-10-26T02:30", &[3]);
    check("time == 2025-10-26T02:30+01:00", &[5]);
    check("time == 2025-10-26", &[1, 2, 3, 4, 5, 6]);
    let spring = [
        ("2025-03-30T00:30:00Z", "1"),
        ("2025-03-30T01:00:00Z", "2"),
        ("2025-03-30T01:30:00Z", "3"),
    ];
    for (text, expected) in [
        ("time == 2025-03-30T02", &[][..]),
        ("time == 2025-03-30T02:30", &[]),
        ("time == 2025-03-30T03", &[2, 3]),
        ("time > 2025-03-30T01", &[2, 3]),
    ] {
        assert_eq!(in_zone(&spring, "Europe/Berlin", text), expected, "{text}");
    }
}

#[test]
fn a_date_is_all_of_what_it_names_in_every_year() {
    let rows = [
        ("+10000-12-31T23:00:00Z", "1"),
        ("1970-01-01T00:00:00Z", "2"),
    ];
    for (text, expected) in [
        ("time == \"+10000\"", &[1][..]),
        ("time == \"+10000-12\"", &[1]),
        ("time == \"+10000-12-31\"", &[1]),
        ("time == \"+10000-05\"", &[]),
        ("time == 1970", &[2]),
        ("time > 1970-01-01", &[1]),
        ("time > 1969-12-31", &[1, 2]),
    ] {
        assert_eq!(in_zone(&rows, "UTC", text), expected, "{text}");
    }
    // the first moment of 1970 lies in the last day of 1969 to the west, and an hour into the first to the east
    assert_eq!(in_zone(&rows, "Europe/Berlin", "time == 1970-01-01"), [2]);
    assert_eq!(
        in_zone(&rows, "America/New_York", "time == 1969-12-31"),
        [2]
    );
    assert_eq!(in_zone(&rows, "America/New_York", "time == 1970"), [0; 0]);
}

/// A day, a month or a year with `Z` behind it, as XML Schema writes them, is one of UTC in any zone.
#[test]
fn a_date_with_its_own_zone_is_not_one_of_the_zone_shown() {
    let rows = [("2025-01-01T00:30:00Z", "1"), ("2024-12-31T23:30:00Z", "2")];
    for (text, expected) in [
        ("time == 2025-01-01", &[1, 2][..]),
        ("time == 2025-01-01Z", &[1]),
        ("time == \"2025-01-01Z\"", &[1]),
        ("time == 2025-01Z", &[1]),
        ("time == \"2024Z\"", &[2]),
        ("time < 2025-01-01z", &[2]),
        ("time in 2024-12-31Z .. 2025-01-01Z", &[2]),
    ] {
        assert_eq!(in_zone(&rows, "Europe/Berlin", text), expected, "{text}");
    }
}

#[test]
fn values_of_a_file_are_a_set() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("names.txt", "api\r\ndb\n");
    write("two.csv", "x,service\n1,web\n2,db\n");
    write(
        "ids.txt",
        "01jgfjjz00000000000000000a\n01234567890123456789012345\nno ID\n",
    );
    write("numbers.txt", "7\n1000\n");
    write("gaps.csv", "x,service\n1,\n2,db\n");
    let find_in = |rows: &str, text: &str| {
        let bytes = rows.as_bytes().to_vec();
        let dataset = Dataset::from_bytes("rows.csv", bytes, &OpenOptions::default()).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope {
            files: Some(folder.path()),
            ..Scope::of(&dataset, Timestamp::MAX, &zone)
        };
        let query = Query::parse(text, &scope).map_err(|error| error.to_string())?;
        let rows = select(&dataset, &query, &Progress::new()).unwrap();
        Ok::<Vec<u64>, String>(rows.iter().map(|row| row + 1).collect())
    };
    let find = |text: &str| find_in(FOREIGN, text);
    let rows = "id,service\n01JGFJJZ00000000000000000A,\n01JGFJJZ00000000000000000B,db\n";
    let found = find_in(rows, "service in file(\"gaps.csv\")");
    assert_eq!(found, Ok(vec![2]), "what is missing is in no file");
    for (text, expected) in [
        ("id in file(\"ids.txt\")", &[1, 4][..]),
        ("id not in file(\"ids.txt\")", &[2, 3]),
        ("service in file(\"names.txt\")", &[1, 4]),
        ("service in file(\"two.csv\")", &[2, 4]),
        (
            "service not in file(\"two.csv:service\") and valid",
            &[1, 3],
        ),
        ("n + 0 in file(\"numbers.txt\")", &[1, 4]),
        ("prev.id in file(\"ids.txt\")", &[2]),
    ] {
        assert_eq!(find(text).as_deref(), Ok(expected), "{text}");
    }
    for (text, part) in [
        ("id in file(\"names.txt\")", "there is no ID in it"),
        ("id in file(\"nosuch.txt\")", "no such file"),
        ("n in file(\"two.csv\")", "several columns"),
        ("n in file(\"two.csv:y\")", "there is no column \"y\" in it"),
        (
            "time in file(\"ids.txt\")",
            "expected an ID, this is a time",
        ),
        ("id in file(ids)", "file takes the name of a file in quotes"),
    ] {
        let found = find(text).unwrap_err();
        assert!(found.contains(part), "{text}: {found}");
    }
    let zone = TimeZone::UTC;
    let sample = Dataset::sample();
    let scope = Scope {
        files: None,
        ..Scope::of(&sample, Timestamp::MAX, &zone)
    };
    let refused = Query::parse("id in file(\"ids.txt\")", &scope).unwrap_err();
    assert!(
        refused.to_string().contains("a file cannot be read here"),
        "{refused}"
    );
}

#[test]
fn functions_give_what_calendars_and_texts_have() {
    let csv = "id,name,n,other\n\
        01JGFJJZ00000000000000000A,Ünit ÄÖ,,01ARZ3NDEKTSV4RRFFQ69G5FAV\n\
        01K8FXX9G0000000000000000B,a-b-c,7,\n";
    let dataset = Dataset::from_bytes("x.csv", csv.into(), &OpenOptions::default()).unwrap();
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
    let value = |text: &str, row: usize| {
        let expression = Expression::of_row(text, &scope).map_err(|error| error.to_string())?;
        let row = dataset.row(row).unwrap().unwrap();
        Ok::<String, String>(expression.value(&Around::of_row(row.borrow())).to_string())
    };
    // 2025-01-01T01:00:00+01:00, a Wednesday in the first week, and 2025-10-26T10:34:36+01:00, a Sunday
    for (text, first, second) in [
        ("hour(time)", "1", "10"),
        ("weekday(time)", "3", "7"),
        ("date(time)", "2025-01-01", "2025-10-26"),
        ("week(id)", "1", "43"),
        ("month(time)", "1", "10"),
        ("year(time)", "2025", "2025"),
        ("year(other)", "2016", "missing"),
        (
            "text(id)",
            "01JGFJJZ00000000000000000A",
            "01K8FXX9G0000000000000000B",
        ),
        ("lower(name)", "ünit äö", "a-b-c"),
        ("replace(name, \"-\", \"::\")", "Ünit ÄÖ", "a::b::c"),
        ("split(name, \"-\", 2)", "missing", "b"),
        ("split(name, \"-\", -1)", "Ünit ÄÖ", "c"),
        ("coalesce(n, name)", "Ünit ÄÖ", "7"),
        ("coalesce(n + 0, 3)", "3", "7"),
        ("if(n is null, \"none\", name)", "none", "a-b-c"),
        ("if(hour(time) < 6, 1, 2) * 10", "10", "20"),
    ] {
        assert_eq!(value(text, 0).as_deref(), Ok(first), "{text}");
        assert_eq!(value(text, 1).as_deref(), Ok(second), "{text}");
    }
    for (text, part) in [
        (
            "if(n, 1, \"a\")",
            "if takes a condition and two values of one type",
        ),
        ("split(name, \"-\", 0)", "a number from 1, or from the end"),
        ("coalesce(1, time)", "coalesce takes values of one type"),
        ("hour(valid)", "expected a time, this is a condition"),
        ("replace(name, \"a\")", "replace takes a text"),
    ] {
        let found = value(text, 0).unwrap_err();
        assert!(found.contains(part), "{text}: {found}");
    }
    assert_eq!(
        value("hour(time) == 1 and weekday(time) in 1..=5", 0).as_deref(),
        Ok("true")
    );
}

#[test]
fn an_empty_cell_beside_another_column_is_missing() {
    let id = "01JGFJJZ00000000000000000A";
    let rows = [("", ""), ("5", ""), ("-3", ""), ("", "4"), ("7", "4")];
    let rows = rows.map(|(t, u)| format!("{id},{t},{u}\n"));
    let csv = format!("id,t,u\n{}", rows.concat());
    let check = |text: &str, expected: &[u64]| {
        assert_eq!(lines(&csv, text).as_deref(), Ok(expected), "{text}");
    };
    check("t > prev.t", &[]);
    check("t > u", &[5]);
    check("t == u", &[]);
    check("t != u", &[5]);
    check("t in [u, 5]", &[2]);
    check("t > prev.t by id", &[]);
    check("-t > 0", &[3]);
    check("t is null", &[1, 4]);
}

#[test]
fn days_of_eight_digits_and_years_are_times_wherever_they_stand() {
    let csv = "id,day\n01JGFJJZ00000000000000000A,20250101\n01JGFJJZ00000000000000000B,20261231\n01JGFJJZ00000000000000000C,2025\n";
    let check = |text: &str, expected: &[u64]| {
        assert_eq!(lines(csv, text).as_deref(), Ok(expected), "{text}");
    };
    check("day == 2025-01-01", &[1, 3]);
    check("day > 2026-01-01", &[2]);
    check("day in 2026-12", &[2]);
    check(
        "id >= ulid(\"2024\") and id < ulid(\"20260101\")",
        &[1, 2, 3],
    );
    check("id < ulid(\"2024\")", &[]);
    check("1e400 == 1e308 * 10", &[1, 2, 3]);
}
