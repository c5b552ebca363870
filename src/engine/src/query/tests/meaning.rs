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
