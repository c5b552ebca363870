//! Work whose instructions are counted: the same each time, by a kernel of choice.

use std::hint::black_box;

use ulid_engine::{
    Reading, Timestamp, Ulid,
    codec::{Kernel, Sequence, Shape},
    generate::{AesRng, Monotonic, Stride, fill_random},
};

use crate::subject::codec::{keys, lines};

/// One operation whose instructions are counted.
pub struct Workload {
    /// Its name in the file of thresholds.
    pub name: &'static str,
    /// Operations of one run.
    pub operations: u64,
    /// Makes the data, and returns what does the work once.
    pub prepare: fn(Kernel) -> Box<dyn FnMut()>,
}

const MANY: usize = 1000;

/// Everything that is counted.
pub const ALL: &[Workload] = &[
    Workload::new("print one", 1, print_one),
    Workload::new("parse one", 1, parse_one),
    Workload::new("validate one", 1, validate_one),
    Workload::new("print lines", MANY, print_lines),
    Workload::new("parse lines", MANY, parse_lines),
    Workload::new("validate lines", MANY, validate_lines),
    Workload::new("order lines", MANY, order_lines),
    Workload::new("random in bulk", MANY, random_in_bulk),
    Workload::new("monotonic in bulk", MANY, monotonic_in_bulk),
];

impl Workload {
    const fn new(
        name: &'static str,
        operations: usize,
        prepare: fn(Kernel) -> Box<dyn FnMut()>,
    ) -> Workload {
        Workload {
            name,
            operations: operations as u64,
            prepare,
        }
    }
}

fn print_one(kernel: Kernel) -> Box<dyn FnMut()> {
    let id = Ulid::from_u128(keys(1)[0]);
    Box::new(move || {
        black_box(kernel.print(black_box(id)).as_str());
    })
}

fn parse_one(kernel: Kernel) -> Box<dyn FnMut()> {
    let text = Ulid::from_u128(keys(1)[0]).to_string();
    Box::new(move || {
        assert!(black_box(kernel.parse(black_box(&text), Reading::Strict)).is_ok());
    })
}

fn validate_one(kernel: Kernel) -> Box<dyn FnMut()> {
    let text = Ulid::from_u128(keys(1)[0]).to_string();
    Box::new(move || {
        assert!(kernel.is_valid(black_box(&text), Reading::Strict));
    })
}

fn print_lines(kernel: Kernel) -> Box<dyn FnMut()> {
    let keys = keys(MANY);
    let mut out = lines(&keys);
    Box::new(move || {
        let printed = kernel.print_records(black_box(&keys), Shape::Lines, &mut out);
        assert_eq!(printed, MANY);
    })
}

fn parse_lines(kernel: Kernel) -> Box<dyn FnMut()> {
    let mut keys = keys(MANY);
    let text = lines(&keys);
    Box::new(move || {
        let text = black_box(&text);
        let right = kernel.parse_records(text, Shape::Lines, Reading::Strict, &mut keys);
        assert_eq!(right, MANY);
    })
}

fn validate_lines(kernel: Kernel) -> Box<dyn FnMut()> {
    let text = lines(&keys(MANY));
    Box::new(move || {
        let right = kernel.valid_records(black_box(&text), Shape::Lines, Reading::Strict);
        assert_eq!(right, MANY);
    })
}

fn order_lines(kernel: Kernel) -> Box<dyn FnMut()> {
    let text = lines(&keys(MANY));
    Box::new(move || {
        let mut order = Sequence::new(1000);
        let text = black_box(&text);
        let right = kernel.follow_records(text, Shape::Lines, Reading::Strict, &mut order);
        assert_eq!(right, MANY);
    })
}

fn random_in_bulk(_: Kernel) -> Box<dyn FnMut()> {
    let (mut keys, mut rng) = (vec![0; MANY], AesRng::from_seed([1; 32]));
    Box::new(move || {
        fill_random(black_box(&mut keys), || Timestamp::MAX, &mut rng);
        black_box(&keys);
    })
}

fn monotonic_in_bulk(_: Kernel) -> Box<dyn FnMut()> {
    let (mut keys, mut rng) = (vec![0; MANY], AesRng::from_seed([1; 32]));
    let mut generator = Monotonic::after(Ulid::from_u128(1 << 80));
    Box::new(move || {
        let keys = black_box(&mut keys);
        let filled = generator.fill(keys, Stride::One, Timestamp::MIN, &mut rng);
        assert_eq!(filled, Ok(()));
    })
}
