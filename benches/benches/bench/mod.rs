//! Groups under criterion.

use std::time::Duration;

use criterion::{Criterion, Throughput};
use ulid_benches::{clock::Clock, subject::Work};

/// Measures every case of every group, one after the other.
pub(crate) fn run(works: &[&[Work]]) {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(20)
        .configure_from_args();
    for work in works.iter().copied().flatten() {
        let group = work.group();
        let mut bench = criterion.benchmark_group(group.name);
        bench.throughput(Throughput::Elements(group.operations));
        for mut case in group.cases {
            let name = case.name.clone();
            bench.bench_function(name, |bencher| {
                bencher.iter_custom(|repeats| case.time(Clock::Wall, repeats));
            });
        }
        bench.finish();
    }
    criterion.final_summary();
}
