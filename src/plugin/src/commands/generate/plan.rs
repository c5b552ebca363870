//! The flags of `ulid generate` as a plan: what is made, in which order and how many. It makes nothing itself.

use std::sync::Arc;

use nu_plugin::EvaluatedCall;
use nu_protocol::{LabeledError, Record, Span, Value};
use ulid_engine::{
    Timestamp, Ulid,
    generate::{Monotonic, Order, Series, SharedGenerator},
};

use crate::{label, value};

/// The plan that the flags of one call ask for.
#[derive(Debug)]
pub(super) struct Plan {
    /// IDs still to give; nothing where no count was asked for.
    pub(super) count: Option<u64>,
    pub(super) head: Span,
    time: Option<Timestamp>,
    series: Series,
}

impl Plan {
    /// A plan whose times are now, or one that a flag gives.
    pub(super) fn of(
        call: &EvaluatedCall,
        shared: &Arc<SharedGenerator>,
    ) -> Result<Plan, LabeledError> {
        let time = call
            .get_flag_value("timestamp")
            .map(|at| value::time(&at))
            .transpose()?;
        let order = match (order(call)?, time, call.get_flag_span("seed")) {
            (Some(order), ..) => order,
            (None, Some(_), _) => Order::Exact(Monotonic::new()),
            (None, None, Some(_)) => Order::Ascending(Monotonic::new()),
            (None, None, None) => Order::Shared(Arc::clone(shared)),
        };
        Ok(Plan {
            count: count(call)?,
            head: call.head,
            time,
            series: series(call, order)?,
        })
    }

    /// A plan for input that brings its own times.
    pub(super) fn for_input(call: &EvaluatedCall) -> Result<Plan, LabeledError> {
        for flag in ["count", "timestamp", "after", "lines"] {
            if let Some(span) = call.get_flag_span(flag) {
                return Err(label::flag_beside_input(flag, span));
            }
        }
        let order = order(call)?.unwrap_or(Order::Exact(Monotonic::new()));
        Ok(Plan {
            count: None,
            head: call.head,
            time: None,
            series: series(call, order)?,
        })
    }

    /// True if one more is to be given; counts it.
    pub(super) fn take_one(&mut self) -> bool {
        self.take(1) == 1
    }

    /// How many more are to be given, at most as many as are wanted; counts them. Without a count all that are wanted.
    fn take(&mut self, wanted: usize) -> usize {
        let Some(left) = &mut self.count else {
            return wanted;
        };
        let given = usize::try_from(*left).map_or(wanted, |left| left.min(wanted));
        *left -= given as u64;
        given
    }

    /// The next ID.
    pub(super) fn id(&mut self) -> Result<Ulid, LabeledError> {
        let time = self.time.unwrap_or_else(Timestamp::now);
        self.at(time, self.head)
    }

    /// The 128 bits of the next IDs, as many as fit into `room` and are still to be given.
    pub(super) fn fill<'a>(&mut self, room: &'a mut [u128]) -> Result<&'a [u128], LabeledError> {
        let count = self.take(room.len());
        let keys = room.get_mut(..count).unwrap_or_default();
        let time = self.time;
        self.series
            .fill(keys, || time.unwrap_or_else(Timestamp::now))
            .map_err(|exhausted| label::exhausted(&exhausted, self.head))?;
        Ok(keys)
    }

    /// The ID for a value of the input: a datetime, or a record of the parts.
    pub(super) fn id_for(&mut self, item: &Value) -> Result<Value, LabeledError> {
        let span = item.span();
        let id = match item {
            Value::Record { val, .. } => self.id_of_parts(val, item)?,
            Value::Date { .. } => self.at(value::time(item)?, span)?,
            _ => return Err(label::no_time(item)),
        };
        Ok(value::id(id, span))
    }

    fn id_of_parts(&mut self, parts: &Record, item: &Value) -> Result<Ulid, LabeledError> {
        let time = match ["timestamp", "unix_ms", "ms"]
            .iter()
            .find_map(|name| parts.get(name))
        {
            Some(time) => value::time(time)?,
            None => return Err(label::no_timestamp(item.span())),
        };
        match parts.get("random") {
            Some(random) => value::id_of_parts(time, random),
            None => self.at(time, item.span()),
        }
    }

    fn at(&mut self, time: Timestamp, span: Span) -> Result<Ulid, LabeledError> {
        self.series
            .generate(time)
            .map_err(|exhausted| label::exhausted(&exhausted, span))
    }
}

/// `--zeroed` and its likes each decide the randomness alone.
fn refuse_conflicts(call: &EvaluatedCall) -> Result<(), LabeledError> {
    const CONFLICTS: [(&str, &[&str]); 3] = [
        ("zeroed", &["oned", "random", "after", "seed", "count"]),
        ("oned", &["random", "after", "seed", "count"]),
        ("random", &["after"]),
    ];
    for (one, others) in CONFLICTS {
        for &other in others {
            if let (Some(at), Some(with)) = (call.get_flag_span(one), call.get_flag_span(other)) {
                return Err(label::conflict((one, at), (other, with)));
            }
        }
    }
    Ok(())
}

/// The order that a flag asks for.
fn order(call: &EvaluatedCall) -> Result<Option<Order>, LabeledError> {
    refuse_conflicts(call)?;
    let order = if call.has_flag("zeroed")? {
        Order::Zeros
    } else if call.has_flag("oned")? {
        Order::Ones
    } else if call.has_flag("random")? {
        Order::Independent
    } else if let Some(after) = call.get_flag_value("after") {
        Order::Ascending(Monotonic::after(value::strict_id(&after)?))
    } else {
        return Ok(None);
    };
    Ok(Some(order))
}

fn series(call: &EvaluatedCall, order: Order) -> Result<Series, LabeledError> {
    Ok(match call.get_flag_value("seed") {
        Some(seed) => Series::seeded(order, seed.as_int()?.cast_unsigned()),
        None => Series::new(order),
    })
}

fn count(call: &EvaluatedCall) -> Result<Option<u64>, LabeledError> {
    let Some(count) = call.get_flag_value("count") else {
        return Ok(None);
    };
    match u64::try_from(count.as_int()?) {
        Ok(count) => Ok(Some(count)),
        Err(_) => Err(label::bad_number(
            "a count is 0 or more",
            "--count 10",
            count.span(),
        )),
    }
}
